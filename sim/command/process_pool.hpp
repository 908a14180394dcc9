// Runs this program again, several at a time.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace mmu {

struct Job {
  std::vector<std::string> arguments;  ///< without the program's name
  std::string output;                  ///< file for stdout and stderr
};

/// Called when a job has ended: its index and exit status (128 + signal if it was killed).
using JobEnded = std::function<void(std::size_t index, int status)>;

/// At most `at_once` jobs at a time, in order. When StopSignal::asked(), no more are started and
/// those under way are asked to end; returns when all have. Throws ConfigError if this
/// program cannot be started.
void run_jobs(const std::vector<Job>& jobs, unsigned at_once, const JobEnded& ended);

}  // namespace mmu
