#include "sim/platform/watchdog_module.hpp"

#include <algorithm>

#include "hw/arch/errors.hpp"

namespace mmu {

WatchdogModule::WatchdogModule(const sc_core::sc_module_name& name, Cycle cycles,
                               const CoreModule& core, std::function<std::string()> explain,
                               TimelineModule& timeline)
    : sc_module(name),
      cycles_(cycles),
      core_(core),
      explain_(std::move(explain)),
      timeline_(timeline) {
  timeline.enrol(Rank::kWatchdog, *this);
}

void WatchdogModule::start_of_simulation() {
  if (cycles_ != 0) timeline_.post(cycles_, Rank::kWatchdog);
}

void WatchdogModule::wake() {
  if (core_.done()) return;
  const Cycle now = timeline_.now();
  if (core_.progress() == seen_ && core_.busy_until() < now) {
    throw ModelError("nothing has retired for " + std::to_string(cycles_) + " cycles (cycle " +
                     std::to_string(now) + ")\n" + explain_());
  }
  seen_ = core_.progress();
  timeline_.post(std::max(now, core_.busy_until()) + cycles_, Rank::kWatchdog);
}

}  // namespace mmu
