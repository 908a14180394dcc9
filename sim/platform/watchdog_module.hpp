#pragma once

#include <functional>

#include "hw/cpu/core_module.hpp"

namespace mmu {

/// Ends the run with a ModelError when nothing retires for `cycles`, and says what everything
/// waits for. Looks once in `cycles`, so it may take twice that; a trap under way is no stall.
class WatchdogModule : public sc_core::sc_module, private Wakeable {
 public:
  /// `cycles` 0: off. `explain`: what each module waits for.
  WatchdogModule(const sc_core::sc_module_name& name, Cycle cycles, const CoreModule& core,
                 std::function<std::string()> explain, TimelineModule& timeline);

 private:
  void start_of_simulation() override;
  void wake() override;

  const Cycle cycles_;
  const CoreModule& core_;
  std::function<std::string()> explain_;
  TimelineModule& timeline_;
  std::uint64_t seen_ = 0;
};

}  // namespace mmu
