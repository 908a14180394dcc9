// Looks at a sweep and runs nothing of it.
#pragma once

#include "sim/command/commands.hpp"
#include "sim/experiment/sweep_directory.hpp"

namespace mmu {

/// What would be done, and how long that would take. Returns the exit status.
int dry_run(const SweepCommand& command, const SweepDirectory& sweep);

/// --status and --collect: what the files alone tell. Not 0 unless every point is done.
int inspect(const SweepCommand& command, const SweepDirectory& sweep);

}  // namespace mmu
