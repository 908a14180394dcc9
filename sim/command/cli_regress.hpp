// The options of regress, and those of every command that runs points in parallel.
#pragma once

#include "sim/command/cli_app.hpp"
#include "sim/command/commands.hpp"

namespace mmu {

/// --jobs and --timeout.
void pool_options(CLI::App& app, PoolSettings& settings);
/// --retry.
void retry_option(CLI::App& app, PoolSettings& settings);

/// Adds the command to `app` and returns it. `command` is filled when the words are parsed.
CLI::App& regress_options(CLI::App& app, RegressCommand& command);

}  // namespace mmu
