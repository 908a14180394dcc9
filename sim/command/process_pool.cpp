#include "sim/command/process_pool.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <thread>

#include "hw/arch/errors.hpp"
#include "sim/command/stop_signal.hpp"

namespace mmu {
namespace {

/// In the child: only calls that are safe between fork() and exec().
[[noreturn]] void become(const Job& job, char* const* argv, pid_t parent) {
  // A process group of its own: Ctrl-C on a terminal reaches the parent alone, which passes it on
  // once. The signal holds over exec().
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // it died before that
  const int in = open("/dev/null", O_RDONLY);
  const int out = open(job.output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (in >= 0 && out >= 0) {
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    execv("/proc/self/exe", argv);
  }
  _exit(127);
}

pid_t start(const Job& job) {
  std::vector<std::string> words{"mmusim"};
  words.insert(words.end(), job.arguments.begin(), job.arguments.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) become(job, argv.data(), parent);
  if (child < 0) throw ConfigError(std::string("cannot start a process: ") + std::strerror(errno));
  return child;
}

int status_of(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

void ProcessPool::start_some() {
  while (!waiting_.empty() && running_.size() < at_once_ && !StopSignal::asked()) {
    const pid_t child = start(waiting_.front());
    running_.emplace(child, Child{waiting_.front().id, Clock::now()});
    waiting_.pop_front();
  }
}

/// Asks those to end that are to, and kills those that have not listened.
void ProcessPool::end_some() {
  constexpr double kGraceSeconds = 5;
  for (auto& [pid, child] : running_) {
    const double seconds = seconds_since(child.start);
    const bool late = timeout_ > 0 && seconds >= timeout_;
    if (!child.asked_to_end && (late || StopSignal::asked())) {
      kill(pid, SIGTERM);
      child.asked_to_end = true;
      child.timed_out = late;
    }
    if (child.timed_out && seconds >= timeout_ + kGraceSeconds) kill(pid, SIGKILL);
  }
}

/// True if one has ended.
bool ProcessPool::reap(const std::function<void(const JobEnd&)>& ended) {
  int wait_status = 0;
  const pid_t pid = waitpid(-1, &wait_status, WNOHANG);
  const auto found = running_.find(pid);
  if (found == running_.end()) return false;
  const Child child = found->second;
  running_.erase(found);
  ended({child.id, status_of(wait_status), child.timed_out, seconds_since(child.start)});
  return true;
}

void ProcessPool::run(const std::function<void(const JobEnd&)>& ended,
                      const std::function<void()>& tick) {
  constexpr std::chrono::milliseconds kPoll{10}, kTick{200};
  Clock::time_point next_tick = Clock::now();
  for (;;) {
    start_some();
    if (running_.empty()) return;
    end_some();
    if (reap(ended)) continue;
    if (Clock::now() >= next_tick) {
      tick();
      next_tick = Clock::now() + kTick;
    }
    std::this_thread::sleep_for(kPoll);
  }
}

std::vector<RunningJob> ProcessPool::running() const {
  std::vector<RunningJob> jobs;
  for (const auto& [pid, child] : running_) jobs.push_back({child.id, seconds_since(child.start)});
  return jobs;
}

}  // namespace mmu
