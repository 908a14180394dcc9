#pragma once

#include <utility>
#include <vector>

#include "hw/link/timeline_module.hpp"
#include "hw/link/trap_if.hpp"
#include "sim/platform/simulate.hpp"

namespace mmu {

/// Brings fences from outside of the core at given cycles.
class FenceAgentModule : public sc_core::sc_module, private Wakeable {
 public:
  sc_core::sc_port<FenceIf> fences{"fences"};

  /// Requires `list` in order of its cycles, the first at least 1.
  FenceAgentModule(const sc_core::sc_module_name& name, std::vector<TimedFence> list,
                   TimelineModule& timeline)
      : sc_module(name), list_(std::move(list)), timeline_(timeline) {
    timeline.enrol(Rank::kFence, *this);
  }

 private:
  void start_of_simulation() override { post_next(); }
  void wake() override {
    while (next_ < list_.size() && list_[next_].cycle <= timeline_.now()) {
      fences->fence(list_[next_++].scope);
    }
    post_next();
  }
  void post_next() {
    if (next_ < list_.size()) timeline_.post(list_[next_].cycle, Rank::kFence);
  }

  std::vector<TimedFence> list_;
  TimelineModule& timeline_;
  std::size_t next_ = 0;
};

}  // namespace mmu
