// The commands that describe the program itself: completion for shells, the manual page.
#pragma once

#include "sim/command/cli_app.hpp"
#include "sim/command/commands.hpp"

namespace mmu {

CLI::App& completion_options(CLI::App& app, CompletionCommand& command);
/// Hidden: what the completion of a shell calls.
CLI::App& complete_options(CLI::App& app, CompleteCommand& command);
CLI::App& manual_options(CLI::App& app);

}  // namespace mmu
