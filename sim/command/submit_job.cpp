#include "sim/command/submit_job.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <iostream>

#include "hw/arch/errors.hpp"
#include "sim/command/exit_status.hpp"
#include "sim/experiment/slurm_script.hpp"
#include "sim/result/paths.hpp"
#include "sim/result/text_file.hpp"

namespace mmu {

namespace fs = std::filesystem;

int submit_job(const SweepCommand& command, const SweepDirectory& sweep) {
  constexpr std::size_t kMostTasks = 1000;  // Slurm's MaxArraySize is 1001 by default
  const std::size_t points = sweep.plan().points.size();
  SlurmJob job;
  job.program = fs::read_symlink("/proc/self/exe").string();
  job.directory = absolute_path(sweep.path());
  job.tasks = std::min(points, command.slurm_tasks != 0 ? command.slurm_tasks : kMostTasks);
  job.timeout_seconds = command.pool.timeout_seconds;
  job.retries = command.pool.retries;
  job.options = command.slurm_options;

  std::string script = job.directory + "/sweep.sbatch";
  write_text(script, slurm_script(job));

  std::string program = "sbatch";
  char* const argv[] = {program.data(), script.data(), nullptr};
  pid_t child = 0;
  const int error = posix_spawnp(&child, "sbatch", nullptr, nullptr, argv, environ);
  if (error != 0) {
    throw ConfigError(std::string("sbatch: cannot be run: ") + std::strerror(error) +
                      "; the script is " + script);
  }
  int wait_status = 0;
  waitpid(child, &wait_status, 0);
  if (wait_status != 0) throw ConfigError("sbatch has refused " + script);
  std::cout << points << " points in " << job.tasks << " tasks; \"mmusim sweep --status "
            << job.directory << "\" tells how far they are, --collect what came out\n";
  return kExitDone;
}

}  // namespace mmu
