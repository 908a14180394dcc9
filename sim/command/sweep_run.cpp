#include "sim/command/sweep_run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/command/progress.hpp"
#include "sim/command/stop_signal.hpp"
#include "sim/command/sweep_subject.hpp"

namespace mmu {

SweepRun::SweepRun(const PoolSettings& settings, SweepDirectory& sweep, SweepShard shard)
    : settings_(settings),
      sweep_(sweep),
      shard_(shard),
      pool_(at_once(settings), settings.timeout_seconds),
      words_(sweep.plan().points.size(), "not run") {}

SweepProgress SweepRun::progress() const {
  SweepProgress now = progress_;
  now.seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  const std::size_t ended = now.done + now.failed;
  const auto left = static_cast<double>(now.points - now.kept - ended);
  now.seconds_left = ended == 0 ? -1 : now.seconds * left / static_cast<double>(ended);
  return now;
}

void SweepRun::show() {
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
  } else if (killed && attempt <= settings_.retries && !StopSignal::asked()) {
    display_.say(sweep_.plan().points[end.id].name + " is tried again");
    sweep_.clear_debris({end.id});
    pool_.add(job(end.id));
  } else if (!StopSignal::asked() || end.timed_out) {
    give_up(end);
  }
}

void SweepRun::give_up(const JobEnd& end) {
  sweep_.clear_debris({end.id});
  const std::string message = end.timed_out
                                  ? fmt::format("took longer than {} s", settings_.timeout_seconds)
                                  : last_line_of(sweep_.output(end.id));
  sweep_.record(end.id, {end.status, attempts_[end.id], end.timed_out, message});
  words_[end.id] = end.timed_out ? "timed out" : "failed";
  ++progress_.failed;
  worst_ = std::max(worst_, end.timed_out ? kExitSimulated : end.status);
  display_.say(sweep_progress_text(progress()) + ": " + sweep_.plan().points[end.id].name +
               (end.timed_out ? " timed out" : fmt::format(" ended with status {}", end.status)) +
               ": " + message);
}

int SweepRun::status() const {
  if (interrupted_) return kExitSimulated;
  return worst_ > kExitInternal ? kExitInternal : worst_;  // killed: nobody checked anything
}

void SweepRun::run() {
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
  interrupted_ = StopSignal::asked();
}

}  // namespace mmu
