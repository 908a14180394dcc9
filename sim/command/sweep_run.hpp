// Runs the points of a sweep, each in a process of its own.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "sim/command/commands.hpp"
#include "sim/command/exit_status.hpp"
#include "sim/command/process_pool.hpp"
#include "sim/command/sweep_display.hpp"
#include "sim/experiment/sweep_directory.hpp"

namespace mmu {

/// Points that are done already are kept. A failure is recorded and stops no other point. Requires
/// that the plan is written, and that nobody else runs it.
class SweepRun {
 public:
  /// Both must live as long.
  SweepRun(const PoolSettings& settings, SweepDirectory& sweep, SweepShard shard = {});

  /// Until all are done, or the user asks to stop.
  void run();

  /// State of each point, as tables show it: "done", "kept", "failed", "timed out", "not run".
  const std::vector<std::string>& words() const { return words_; }
  /// How the program is to end: the highest status of the points.
  int status() const;
  bool interrupted() const { return interrupted_; }
  /// A line on stderr.
  void say(const std::string& line) { display_.say(line); }

 private:
  using Clock = std::chrono::steady_clock;
  Job job(std::size_t point) const { return {point, sweep_.command(point), sweep_.output(point)}; }
  void ended(const JobEnd& end);
  void give_up(const JobEnd& end);
  bool is_mine(std::size_t point) const { return point % shard_.of == shard_.index; }
  SweepProgress progress() const;
  void show();

  const PoolSettings& settings_;
  SweepDirectory& sweep_;
  SweepShard shard_;
  ProcessPool pool_;
  SweepProgress progress_;
  std::vector<std::string> words_;
  std::map<std::size_t, unsigned> attempts_;
  int worst_ = kExitDone;
  bool interrupted_ = false;
  Clock::time_point start_ = Clock::now();
  SweepDisplay display_;
};

}  // namespace mmu
