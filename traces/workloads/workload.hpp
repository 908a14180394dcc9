// Workloads as traces: generated while they are read, the same for the same text.
#pragma once

#include <memory>
#include <string>

#include "hw/arch/trace.hpp"

namespace mmu::traces {

/// True if `name`, given where a trace may be, means a workload and no file: it begins with a
/// workload's name and a colon. Also, so that they are not taken for missing files, if there is no
/// file `name` and it begins with any word of small letters and a colon (a misspelt name), or is a
/// workload's name without colon. A file of such a name is reached by "./".
bool names_workload(const std::string& name);

/// Its header has image, break, and as command the text with all parameters, but counts and hash
/// are 0. Throws ConfigError that says what is wrong with the text.
std::unique_ptr<TraceSource> generate_workload(const std::string& text);

}  // namespace mmu::traces
