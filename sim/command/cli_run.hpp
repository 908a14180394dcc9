// Options of `mmusim run`: which part of the trace counts, and what of it is told in detail.
#pragma once

#include "sim/command/cli_app.hpp"
#include "sim/command/commands.hpp"

namespace mmu {

// What is filled must outlive `app`.

/// TRACE...; of `run`.
void trace_arguments(CLI::App& app, RunSettings& settings);
/// --skip, --warmup, --instructions; of every command that runs.
void region_options(CLI::App& app, RunSettings& settings);
/// --exe, --exe-base; --why, --timeline, --waves, and the cycles of both.
void run_only_options(CLI::App& app, RunCommand& command);

}  // namespace mmu
