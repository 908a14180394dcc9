// The common case in a loop of its own: accesses that hit in the TLB, while no trap is due and none
// waits to start. What it does is what issue_access() and what follows from it would do; it only
// leaves out the questions whose answers are known. Anything else ends it.
#include <algorithm>

#include "hw/cpu/core_module.hpp"

namespace mmu {

// Requires that all that has left the stream has issued and none of it waits to start, and that no
// trap is due or under way.
bool CoreModule::issue_hits() {
  if (context_ != AccessContext{}) return issue_next();  // the short form knows of no other
  while (stream_.peek() == AccessStream::Item::kAccess) {
    // (1) The cycle.
    const StreamAccess& access = stream_.access();
    const std::uint64_t number = issued_;
    const IssuePlace place = next_place(access.instructions);
    Cycle target = std::max(place.cycle, now_);
    if (number >= window_.size()) {
      const std::uint64_t before = number - window_.size();
      if (before >= retired_) return issue_access();
      target = std::max(target, window_[before].retired);
    }
    if (!go_to(target)) return false;

    // (2) Into the window, and translated, if the TLB has no more to say than that.
    WindowSlot& slot = window_[number];
    slot.hold(number, access);
    const std::size_t side = side_of(slot.kind);
    if (replays_[side].is_refused()) return issue_access();
    if (slot.producer != 0 && depends(number, slot)) return issue_access();
    const PlainHit to = tlbs_[side]->hit(target, slot.va, asid_, slot.kind);
    if (to.at == 0) return issue_access();
    slot.asked = true;
    slot.issued = target;
    slot.translated = to.at;
    slots_used_ = target > place.cycle ? std::min(slot.instructions, 1u) : place.used;
    slot_cycle_ = target;
    issued_ = pulled_ = number + 1;
    stream_.take();

    // (3) Data. Retired at once, if all before it have.
    const Cycle at = caches_[side]->hit(to.at, to.pa, writes(slot.kind));
    if (at == 0) {
      take_miss(number, slot, to.pa);
      continue;
    }
    if (observer_) slot.pa = to.pa;  // a hit itself is done with it
    slot.state = WindowSlot::State::kComplete;
    slot.complete = at;
    slot.from = Served::kL1;
    last_known_ = std::max(last_known_, at);
    if (number == retired_) retire_plain(slot);
  }
  return issue_next();
}

void CoreModule::take_miss(std::uint64_t number, WindowSlot& slot, PhysAddr pa) {
  slot.pa = pa;
  slot.under_way = true;
  ++in_flight_;
  ask_data(number, slot, slot.translated);
  if (slot.state == WindowSlot::State::kComplete && number == retired_) retire_known();
}

inline void CoreModule::retire_plain(WindowSlot& slot) {
  accounts_.retire_plain(slot);
  slot.retired = accounts_.charged();
  if (observer_) observer_(slot);
  ++retired_;
}

}  // namespace mmu
