// mmusim sweep: every combination of what an experiment varies, each in a process and a directory
// of its own.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>

#include "hw/arch/errors.hpp"
#include "sim/command/commands.hpp"
#include "sim/command/exit_status.hpp"
#include "sim/command/process_pool.hpp"
#include "sim/command/progress.hpp"
#include "sim/command/stop_signal.hpp"
#include "sim/command/submit_job.hpp"
#include "sim/command/sweep_display.hpp"
#include "sim/command/sweep_inspection.hpp"
#include "sim/command/sweep_lock.hpp"
#include "sim/command/sweep_subject.hpp"
#include "sim/experiment/sweep_table.hpp"

namespace mmu {
namespace {

class SweepRun {
 public:
  SweepRun(const SweepCommand& command, SweepDirectory& sweep);
  int run();

 private:
  using Clock = std::chrono::steady_clock;
  Job job(std::size_t point) const { return {point, sweep_.command(point), sweep_.output(point)}; }
  void ended(const JobEnd& end);
  void give_up(const JobEnd& end);
  bool is_mine(std::size_t point) const {
    return point % command_.shard.of == command_.shard.index;
  }
  SweepProgress progress() const;
  void show() const;
  void report();
  int status() const;

  const SweepCommand& command_;
  SweepDirectory& sweep_;
  ProcessPool pool_;
  SweepProgress progress_;
  std::vector<std::string> words_;  // state of each point, as the table shows it
  std::map<std::size_t, unsigned> attempts_;
  int worst_ = kExitDone;
  Clock::time_point start_ = Clock::now();
  mutable SweepDisplay display_;
};

SweepRun::SweepRun(const SweepCommand& command, SweepDirectory& sweep)
    : command_(command),
      sweep_(sweep),
      pool_(at_once(command), command.timeout_seconds),
      words_(sweep.plan().points.size(), "not run") {}

SweepProgress SweepRun::progress() const {
  SweepProgress now = progress_;
  now.seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  const std::size_t ended = now.done + now.failed;
  const auto left = static_cast<double>(now.points - now.kept - ended);
  now.seconds_left = ended == 0 ? -1 : now.seconds * left / static_cast<double>(ended);
  return now;
}

void SweepRun::show() const {
  std::vector<std::string> running;
  for (const RunningJob& job : pool_.running()) {
    running.push_back(duration_text(job.seconds) + "  " + sweep_.plan().points[job.id].name);
  }
  display_.show(progress(), running);
}

/// What one more attempt may change is tried again: a kill and a time-out, but no verdict.
void SweepRun::ended(const JobEnd& end) {
  const bool killed = end.status >= 128 || end.timed_out;
  const unsigned attempt = ++attempts_[end.id];
  if (end.status == kExitDone) {
    sweep_.forget_failure(end.id);
    words_[end.id] = "done";
    ++progress_.done;
    display_.say(sweep_progress_text(progress()) + ": " + sweep_.plan().points[end.id].name);
  } else if (killed && attempt <= command_.retries && !StopSignal::asked()) {
    display_.say(sweep_.plan().points[end.id].name + " is tried again");
    sweep_.clear_debris({end.id});
    pool_.add(job(end.id));
  } else if (!StopSignal::asked() || end.timed_out) {
    give_up(end);
  }
}

void SweepRun::give_up(const JobEnd& end) {
  sweep_.clear_debris({end.id});
  sweep_.record(end.id,
                {end.status, attempts_[end.id], end.timed_out,
                 end.timed_out ? fmt::format("took longer than {} s", command_.timeout_seconds)
                               : last_line_of(sweep_.output(end.id))});
  words_[end.id] = end.timed_out ? "timed out" : "failed";
  ++progress_.failed;
  worst_ = std::max(worst_, end.timed_out ? kExitSimulated : end.status);
  display_.say(sweep_progress_text(progress()) + ": " + sweep_.plan().points[end.id].name +
               (end.timed_out ? " timed out" : fmt::format(" ended with status {}", end.status)) +
               "; see " + sweep_.output(end.id));
}

void SweepRun::report() {
  const SweepPlan& plan = sweep_.plan();
  const std::vector<PointState> states = sweep_.states();
  const std::vector<PointFigures> figures = figures_of(sweep_, states);
  if (command_.shard.of == 1) write_csv(sweep_, figures, words_);
  std::cout << sweep_table(plan, figures, words_);
  const std::string best = ranking(plan, figures);
  if (!best.empty() && command_.shard.of == 1) std::cout << '\n' << best;
  std::cout.flush();
  for (const std::string& text : map_warnings(plan, figures)) display_.say("warning: " + text);
}

int SweepRun::status() const {
  if (StopSignal::asked()) return kExitSimulated;
  return worst_ > kExitInternal ? kExitInternal : worst_;  // killed: nobody checked anything
}

int SweepRun::run() {
  const StopSignal stop;
  const std::vector<PointState> states = sweep_.states();
  std::vector<std::size_t> to_run;
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (!is_mine(i)) continue;
    ++progress_.points;
    if (states[i] == PointState::kDone) {
      words_[i] = "kept";
      ++progress_.kept;
    } else {
      to_run.push_back(i);
      pool_.add(job(i));
    }
  }
  sweep_.clear_debris(to_run);
  pool_.run([this](const JobEnd& end) { ended(end); }, [this] { show(); });
  report();
  if (StopSignal::asked()) {
    display_.say("interrupted; the same command goes on with what is missing");
  }
  return status();
}

}  // namespace

int execute(const SweepCommand& command) {
  SweepDirectory sweep = sweep_subject(command);
  switch (command.mode) {
    case SweepMode::kDryRun:
      return dry_run(command, sweep);
    case SweepMode::kStatus:
    case SweepMode::kCollect:
      return inspect(command, sweep);
    case SweepMode::kSlurm:
      sweep.write_plan();
      return submit_job(command, sweep);
    case SweepMode::kRun:
      break;
  }
  const bool whole = command.shard.of == 1;
  sweep.write_plan();
  const SweepLock lock(sweep.path(),
                       whole ? "" : fmt::format("{}-of-{}", command.shard.index, command.shard.of));
  return SweepRun(command, sweep).run();
}

}  // namespace mmu
