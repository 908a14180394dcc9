#include "hw/link/timeline_module.hpp"

#include <string>

#include "hw/arch/errors.hpp"

namespace mmu {

TimelineModule::TimelineModule(const sc_core::sc_module_name& name, const TimelineParams& params)
    : sc_module(name), period_ps_(params.period_ps), run_ahead_(params.run_ahead) {
  if (params.period_ps == 0) throw ConfigError("clock.period_ps must not be zero");
  SC_HAS_PROCESS(TimelineModule);
  SC_METHOD(drain);
  sensitive << due_;
  dont_initialize();
}

void TimelineModule::enrol(Rank rank, Wakeable& whom) {
  Wakeable*& owner = owners_[static_cast<unsigned>(rank)];
  if (owner != nullptr) throw ModelError(std::string(name()) + ": a rank has two owners");
  owner = &whom;
}

Cycle TimelineModule::kernel_cycle() const { return sc_core::sc_time_stamp().value() / period_ps_; }

// Does not see what lies in the wheel while it is drained, nor the end of sc_start(duration).
Cycle TimelineModule::kernel_horizon() const {
  if (!sc_core::sc_pending_activity()) return kNever;
  const auto at = (sc_core::sc_time_stamp() + sc_core::sc_time_to_pending_activity()).value();
  return (at + period_ps_ - 1) / period_ps_;
}

void TimelineModule::in_the_past(Cycle at, Rank rank) const {
  throw ModelError(std::string(name()) + ": rank " + std::to_string(static_cast<unsigned>(rank)) +
                   " posted for cycle " + std::to_string(at) + " by rank " +
                   std::to_string(static_cast<unsigned>(rank_)) + " of cycle " +
                   std::to_string(now_));
}

void TimelineModule::require_not_behind_kernel(Cycle at, Rank rank) const {
  if (at * period_ps_ >= sc_core::sc_time_stamp().value()) return;
  throw ModelError(std::string(name()) + ": rank " + std::to_string(static_cast<unsigned>(rank)) +
                   " posted for cycle " + std::to_string(at) + ", and kernel time is " +
                   sc_core::sc_time_stamp().to_string());
}

void TimelineModule::arm(Cycle at) {
  if (at >= armed_) return;
  armed_ = at;
  ++stats_.notifications;
  due_.notify(sc_core::sc_time::from_value(at * period_ps_ - sc_core::sc_time_stamp().value()));
}

void TimelineModule::drain() {
  ++stats_.activations;
  armed_ = kNever;
  draining_ = true;
  horizon_ = kernel_horizon();
  const Cycle here = kernel_cycle();
  while (!stopped_ && (wheel_.next() <= here || (run_ahead_ && wheel_.next() < horizon_))) {
    const TimingWheel::Entry entry = wheel_.pop();
    now_ = entry.at;
    rank_ = entry.rank;
    ++stats_.wakes;
    try {
      owners_[static_cast<unsigned>(entry.rank)]->wake();
    } catch (...) {
      failure_ = std::current_exception();
      stop();
    }
  }
  draining_ = false;
  if (!stopped_ && wheel_.next() != kNever) arm(wheel_.next());
}

}  // namespace mmu
