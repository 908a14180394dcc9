// The commands that show what a process has of memory.
#pragma once

#include "sim/command/cli_app.hpp"
#include "sim/command/commands.hpp"

namespace mmu {

/// `command` is filled when the words are parsed.
CLI::App& os_options(CLI::App& app, OsCommand& command);

}  // namespace mmu
