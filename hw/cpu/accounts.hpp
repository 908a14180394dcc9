// Both stacks, filled as accesses retire (docs/timing.md, section 10).
#pragma once

#include <algorithm>
#include <cstdint>

#include "hw/cpu/window.hpp"

namespace mmu {

class Accounts {
 public:
  const Stack& latency() const { return latency_; }  ///< sums to latency_cycles()
  const Stack& cycles() const { return cycles_; }    ///< sums to charged()
  std::uint64_t latency_cycles() const { return latency_cycles_; }
  Cycle charged() const { return charged_; }  ///< cycles up to here are in cycles()

  /// The access retires in max(charged(), its completion).
  void retire(const WindowSlot& slot) {
    if (slot.story.empty()) return retire_plain(slot);
    latency_cycles_ += slot.complete - slot.issued;
    Cycle begin = slot.issued;
    charge(begin, Part::kIssue);
    for (const Segment& segment : slot.story) {
      at(latency_, segment.part) += segment.end - begin;
      begin = segment.end;
      charge(segment.end, segment.part);
    }
  }

  /// The same for one without a story: a look-up in the first-level TLB, then data.
  void retire_plain(const WindowSlot& slot) {
    latency_cycles_ += slot.complete - slot.issued;
    at(latency_, Part::kL1Tlb) += slot.translated - slot.issued;
    at(latency_, data_part(slot.from)) += slot.complete - slot.translated;
    if (slot.complete <= charged_) return;
    charge(slot.issued, Part::kIssue);
    charge(slot.translated, Part::kL1Tlb);
    charge(slot.complete, data_part(slot.from));
  }

  /// The access never retires: its process died in the trap that its story ends with.
  void lose(const WindowSlot& slot) {
    charge(slot.issued, Part::kIssue);
    for (const Segment& segment : slot.story) charge(segment.end, segment.part);
  }

  /// The cycles from charged() to `until`, if there are any, belong to `part`.
  void charge(Cycle until, Part part) {
    if (until <= charged_) return;
    at(cycles_, part) += until - charged_;
    charged_ = until;
  }

 private:
  Stack latency_{};
  Stack cycles_{};
  std::uint64_t latency_cycles_ = 0;
  Cycle charged_ = 0;
};

}  // namespace mmu
