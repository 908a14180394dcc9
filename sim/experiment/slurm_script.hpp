// A sweep as an array job of Slurm.
#pragma once

#include <string>
#include <vector>

namespace mmu {

struct SlurmJob {
  std::string program;         ///< path of mmusim, as the nodes see it
  std::string directory;       ///< of the sweep, likewise
  std::size_t tasks = 1;       ///< each takes every tasks-th point
  double timeout_seconds = 0;  ///< for each point; 0: none
  unsigned retries = 0;
  std::vector<std::string> options;  ///< further ones of sbatch, "--partition=long"
};

/// A batch script for sbatch(1). Throws ConfigError for an option that is none.
std::string slurm_script(const SlurmJob& job);

}  // namespace mmu
