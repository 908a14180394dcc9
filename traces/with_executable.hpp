// A trace whose initial image comes from the program's file.
#pragma once

#include <memory>

#include "traces/elf_image.hpp"

namespace mmu::traces {

/// The trace's own image stays where the program has no area; its stack is the trace's, if that has
/// one. The break is the trace's, if known.
/// Requires a source whose header is complete (OpenOptions).
std::unique_ptr<TraceSource> with_executable(std::unique_ptr<TraceSource> source,
                                             const ExecutableImage& program);

}  // namespace mmu::traces
