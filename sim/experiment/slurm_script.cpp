#include "sim/experiment/slurm_script.hpp"

#include <fmt/format.h>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

/// One word of a shell, whatever it holds.
std::string quoted(const std::string& text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

}  // namespace

std::string slurm_script(const SlurmJob& job) {
  std::string directives;
  for (const std::string& option : job.options) {
    if (option.compare(0, 2, "--") != 0 || option.find('\n') != std::string::npos) {
      throw ConfigError("--slurm-option " + option + ": must be an option of sbatch, --name=value");
    }
    directives += "#SBATCH " + option + "\n";
  }
  std::string limits;
  if (job.timeout_seconds > 0) limits += fmt::format(" --timeout {}", job.timeout_seconds);
  if (job.retries > 0) limits += fmt::format(" --retry {}", job.retries);
  return fmt::format(
      "#!/bin/bash\n"
      "#SBATCH --job-name=mmusim\n"
      "#SBATCH --array=0-{}\n"
      "#SBATCH --output=\"{}/slurm-%a.txt\"\n"
      "{}"
      "exec {} sweep {} --shard \"$SLURM_ARRAY_TASK_ID/{}\" --jobs "
      "\"${{SLURM_CPUS_PER_TASK:-1}}\"{}\n",
      job.tasks - 1, job.directory, directives, quoted(job.program), quoted(job.directory),
      job.tasks, limits);
}

}  // namespace mmu
