// The commands that show what a process has of memory.
#pragma once

#include "sim/command/cli_app.hpp"
#include "sim/command/commands.hpp"

namespace mmu {

/// --trace and --process: of a finished run. What is filled must outlive `app`.
void finished_trace_options(CLI::App& app, std::vector<std::string>& traces,
                            std::uint64_t& process);

/// `command` is filled when the words are parsed.
CLI::App& os_options(CLI::App& app, OsCommand& command);

}  // namespace mmu
