// Runs this program again, several at a time.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace mmu {

struct Job {
  std::size_t id = 0;                  ///< the caller's
  std::vector<std::string> arguments;  ///< without the program's name
  std::string output;                  ///< file for stdout and stderr
};

struct JobEnd {
  std::size_t id = 0;
  int status = 0;          ///< exit status; 128 + signal if it was killed
  bool timed_out = false;  ///< by us, because its time was over
  double seconds = 0;      ///< that it took
};

struct RunningJob {
  std::size_t id = 0;
  double seconds = 0;  ///< since its start
};

/// Children do not outlive this process, however it ends.
class ProcessPool {
 public:
  /// At most `at_once` jobs at a time; each is ended after `timeout_seconds` (0: never): asked to,
  /// and killed if it is still there 5 s later.
  ProcessPool(unsigned at_once, double timeout_seconds)
      : at_once_(at_once), timeout_(timeout_seconds) {}

  /// Behind those that wait already.
  void add(Job job) { waiting_.push_back(std::move(job)); }
  /// Until none is left: starts them in order and calls `ended` for each, which may add() more, and
  /// `tick` a few times a second. When StopSignal::asked(), no more are started and those under way
  /// are asked to end. Throws ConfigError if this program cannot be started.
  void run(const std::function<void(const JobEnd&)>& ended, const std::function<void()>& tick);

  std::vector<RunningJob> running() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Child {
    std::size_t id;
    Clock::time_point start;
    bool asked_to_end = false, timed_out = false;
  };

  void start_some();
  void end_some();
  bool reap(const std::function<void(const JobEnd&)>& ended);

  unsigned at_once_;
  double timeout_;
  std::deque<Job> waiting_;
  std::map<pid_t, Child> running_;
};

}  // namespace mmu
