// The options of `trace info` that say how pages are used.
#pragma once

#include "sim/command/cli_app.hpp"
#include "sim/command/commands.hpp"

namespace mmu {

/// `command` is filled when the words are parsed.
void reuse_options(CLI::App& info, TraceInfoCommand& command);

}  // namespace mmu
