// The command that plays requests against DRAM alone.
#pragma once

#include "sim/command/cli_app.hpp"
#include "sim/command/commands.hpp"

namespace mmu {

/// `command` is filled when the words are parsed. Returns the subcommand that acts.
CLI::App& memory_options(CLI::App& app, MemoryReplayCommand& command);

}  // namespace mmu
