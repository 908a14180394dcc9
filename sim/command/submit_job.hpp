// Hands a sweep to Slurm.
#pragma once

#include "sim/command/commands.hpp"
#include "sim/experiment/sweep_directory.hpp"

namespace mmu {

/// Writes sweep.sbatch into the directory and submits it. Throws ConfigError if sbatch cannot be
/// run or refuses it; the script is there in any case.
int submit_job(const SweepCommand& command, const SweepDirectory& sweep);

}  // namespace mmu
