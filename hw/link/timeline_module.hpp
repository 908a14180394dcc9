// The one place where the model meets SystemC time.
#pragma once

#include <array>
#include <exception>
#include <systemc>
#include <utility>

#include "hw/common/fields.hpp"
#include "hw/link/timing_wheel.hpp"

namespace mmu {

/// Something that does what is due in a cycle.
class Wakeable {
 public:
  virtual ~Wakeable() = default;
  /// Called at most once in a cycle for a rank: everything due in it is to be done.
  virtual void wake() = 0;
};

struct TimelineParams {
  std::uint64_t period_ps = 250;
  /// Off: each entry is delivered when kernel time equals its cycle. Results are the same.
  bool run_ahead = true;
};

struct TimelineStats {
  std::uint64_t activations = 0, notifications = 0, wakes = 0, advances = 0;

  static constexpr auto fields() {
    return std::make_tuple(
        field("activations", "times", "processes woken by the kernel", &TimelineStats::activations),
        field("notifications", "times", "timed notifications asked of the kernel",
              &TimelineStats::notifications),
        field("wakes", "entries", "drained from the timeline", &TimelineStats::wakes),
        field("advances", "times", "the core went on without being drained",
              &TimelineStats::advances));
  }
};
static_assert(lists_every_counter<TimelineStats>());

/// What is pending, and the cycle in which the action under way takes place.
class TimelineModule : public sc_core::sc_module {
 public:
  /// Throws ConfigError if the period is zero.
  TimelineModule(const sc_core::sc_module_name& name, const TimelineParams& params);

  /// Whom to wake for `rank`. Requires that nobody else has it.
  void enrol(Rank rank, Wakeable& whom);

  /// The cycle of the action under way; may lie ahead of kernel time, never behind it.
  Cycle now() const { return now_; }

  /// Wakes the owner of `rank` in cycle `at`. Throws ModelError unless (at, rank) is later than
  /// the action under way and, from outside of the model, not behind kernel time.
  void post(Cycle at, Rank rank) {
    if (at < now_ || (at == now_ && draining_ && rank <= rank_)) in_the_past(at, rank);
    if (!draining_) require_not_behind_kernel(at, rank);
    wheel_.post(at, rank);
    if (!draining_) arm(at);
  }

  /// Wakes it in its next turn: that of this cycle, if it is still to come.
  void post_next_turn(Rank rank) { post(draining_ && rank <= rank_ ? now_ + 1 : now_, rank); }

  /// Run-ahead: true if the caller, which is the last rank of a cycle, may go on at `to` as though
  /// it had been woken then, which is so if nothing at all is pending up to and including `to`.
  bool try_advance(Cycle to) {
    if (!run_ahead_ || to >= wheel_.next() || to >= horizon_) return false;
    now_ = to;
    wheel_.turn_to(to);
    ++stats_.advances;
    return true;
  }

  /// An adapter at the edge of the model has notified something for `at`.
  void lower_horizon(Cycle at) { horizon_ = at < horizon_ ? at : horizon_; }

  /// Ends the run: drain() returns after the action under way, and nothing is armed again.
  void stop() { stopped_ = true; }

  /// Throws what an action threw, if one did; that has stopped the timeline. (The kernel would turn
  /// an exception into a report of its own and lose its type.) Called after sc_start().
  void rethrow_failure() {
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

  bool idle() const { return wheel_.next() == kNever; }
  Cycle kernel_cycle() const;
  const TimelineStats& stats() const { return stats_; }

 private:
  void drain();                  // SC_METHOD: does what is due, and what lies before the horizon
  void arm(Cycle at);            // asks the kernel to call drain() in `at`
  Cycle kernel_horizon() const;  // first cycle not before the kernel's next activity
  [[noreturn]] void in_the_past(Cycle at, Rank rank) const;
  void require_not_behind_kernel(Cycle at, Rank rank) const;

  std::uint64_t period_ps_;
  bool run_ahead_;
  TimingWheel wheel_;
  std::array<Wakeable*, kRanks> owners_{};
  Cycle now_ = 0;
  Rank rank_ = Rank::kWatchdog;
  Cycle horizon_ = kNever;
  Cycle armed_ = kNever;
  bool draining_ = false;
  bool stopped_ = false;
  std::exception_ptr failure_;
  sc_core::sc_event due_{"due"};
  TimelineStats stats_;
};

}  // namespace mmu
