#include "sim/command/process_pool.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <map>
#include <thread>

#include "hw/arch/errors.hpp"
#include "sim/command/stop_signal.hpp"

namespace mmu {
namespace {

pid_t start(const Job& job) {
  std::vector<std::string> words{"mmusim"};
  words.insert(words.end(), job.arguments.begin(), job.arguments.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, job.output.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0644);
  posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  // A process group of its own: Ctrl-C on a terminal reaches us alone, and we pass it on once.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  pid_t child = 0;
  const int error =
      posix_spawn(&child, "/proc/self/exe", &files, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) throw ConfigError(std::string("cannot start a process: ") + std::strerror(error));
  return child;
}

int status_of(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

}  // namespace

void run_jobs(const std::vector<Job>& jobs, unsigned at_once, const JobEnded& ended) {
  constexpr std::chrono::milliseconds kPoll{20};
  std::map<pid_t, std::size_t> running;
  std::size_t next = 0;
  bool told = false;
  while (next < jobs.size() || !running.empty()) {
    while (next < jobs.size() && running.size() < at_once && !StopSignal::asked()) {
      running.emplace(start(jobs[next]), next);
      ++next;
    }
    if (StopSignal::asked() && !told) {
      for (const auto& [child, index] : running) kill(child, SIGTERM);
      told = true;
    }
    if (running.empty()) break;
    int wait_status = 0;
    const pid_t child = waitpid(-1, &wait_status, WNOHANG);
    if (child == 0) std::this_thread::sleep_for(kPoll);
    const auto found = running.find(child);
    if (found == running.end()) continue;
    const std::size_t index = found->second;
    running.erase(found);
    ended(index, status_of(wait_status));
  }
}

}  // namespace mmu
