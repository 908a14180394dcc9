// What happened when, in a window of cycles: walks, traps, fences.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/link/cycle_window.hpp"
#include "hw/link/translation_observer.hpp"
#include "sim/platform/os_bridge_module.hpp"

namespace mmu {

struct RecordedWalk {
  std::uint32_t walker = 0;
  Cycle accepted = 0, ended = 0;
  VirtAddr va;
  Asid asid = 0;
  AccessKind kind = AccessKind::kLoad;
  std::uint64_t pc = TranslateRequest::kNoPc;
  bool prefetch = false, faulted = false;
  Story story;  ///< from `accepted` on
};
struct RecordedTrap {
  Cycle at = 0, cycles = 0;
  bool page_fault = false;
  Fault fault;                             ///< of a page fault
  OsEventType call = OsEventType::kOther;  ///< else
};
struct RecordedFence {
  Cycle at = 0;
  FenceScope scope;
};

/// Of what begins in the window.
struct Timeline {
  CycleWindow window;
  std::vector<RecordedWalk> walks;  ///< in the order of their ends
  std::vector<RecordedTrap> traps;
  std::vector<RecordedFence> fences;
};

/// Passes on to `next` what it is told, and remembers what belongs to the window.
class TimelineRecorder final : public TranslationObserver {
 public:
  TimelineRecorder(CycleWindow window, TranslationObserver& next) : next_(next) {
    timeline_.window = window;
  }
  void missed(TlbName tlb, const TranslateRequest& request) override { next_.missed(tlb, request); }
  void walked(const WalkTold& walk) override;
  void fenced(const FenceScope& scope, Cycle at) override;
  void trapped(const TrapTold& trap);

  const Timeline& timeline() const { return timeline_; }

 private:
  TranslationObserver& next_;
  Timeline timeline_;
};

}  // namespace mmu
