// What both TLB levels do with the answer to a miss (docs/timing.md, sections 3, 5 and 6).
#pragma once

#include <algorithm>
#include <vector>

#include "hw/mmu/miss_classes.hpp"
#include "hw/mmu/mmu_stats.hpp"
#include "hw/mmu/tlb.hpp"
#include "hw/mmu/translation_slots.hpp"

namespace mmu {

/// Those that no fence, of those that the slot remembers, has dropped.
inline NeighbourPages without_fenced(const NeighbourPages& neighbours,
                                     const TranslationSlots::Slot& slot, unsigned shift) {
  NeighbourPages kept = neighbours;
  for (unsigned i = 0; i < NeighbourPages::kMost; ++i) {
    const VirtAddr va = NeighbourPages::address(slot.va, shift, i);
    for (const FenceScope& fence : slot.fences) {
      if (fence.covers(slot.asid, va, shift, kept.pages[i].global)) kept.drop(i);
    }
  }
  return kept;
}

/// What came into a TLB, and what had to go for it.
struct Exchange {
  std::vector<HeldPage> entered, given_up;

  void clear() {
    entered.clear();
    given_up.clear();
  }
  /// Tells an exclusive level behind, a TranslateIf, and forgets it.
  template <class Level>
  void tell(Level& next) {
    for (const HeldPage& page : entered) next.took(page);
    for (const HeldPage& page : given_up) next.gave_up(page);
    clear();
  }
};

/// Enters what a walk has found, with ready_at = `at`: if there is something usable for the request
/// that took the slot, and no fence has dropped it. A TLB takes no pages of sizes that it does not
/// hold, and none without entries. `classes`: nullptr if misses are not classified. `exchange`:
/// nullptr if nobody asks.
inline void refill(Tlb& tlb, TlbStats& stats, const TranslationSlots::Slot& slot,
                   const TranslateResult& result, Cycle at, AdUpdate ad, MissClasses* classes,
                   Exchange* exchange) {
  if (!result.has_translation || !result.to.accessed || result.passes_by) return;
  const TranslationSlots::Waiter& first = slot.waiters.front();
  const Verdict verdict = judge(result.to, first.kind, ad, first.may_set_dirty, first.context);
  if (verdict == Verdict::kFault || verdict == Verdict::kNeedsWalk || slot.is_fenced(result.to)) {
    return;
  }
  if (classes != nullptr) classes->entered(slot.asid, slot.va, result.to);
  if (tlb.is_off()) return;
  const HeldPage page{slot.va, slot.asid, result.to, at, first.context};
  const auto entered = tlb.insert(page, ad, exchange != nullptr ? &exchange->given_up : nullptr);
  if (entered == Tlb::Entered::kNot) return;
  ++stats.fills;
  if (entered == Tlb::Entered::kDisplacedAnother) ++stats.evictions;
  if (exchange != nullptr) exchange->entered.push_back(page);
  if (result.neighbours == nullptr || !tlb.has_sectors()) return;
  const NeighbourPages beside = without_fenced(*result.neighbours, slot, result.to.page_shift);
  for (unsigned i = 0; i < NeighbourPages::kMost; ++i) {
    if (!beside.has(i)) continue;
    const VirtAddr va = NeighbourPages::address(slot.va, result.to.page_shift, i);
    if (classes != nullptr) classes->entered_beside(slot.asid, slot.va, va, beside.pages[i]);
    const HeldPage other{va, slot.asid, beside.pages[i], at, first.context};
    const bool is_new = tlb.insert_neighbour(slot.va, other, ad);
    if (is_new && exchange != nullptr) exchange->entered.push_back(other);
  }
}

/// Removes what an inclusive level behind has given up. True if it was here.
inline bool drop(Tlb& tlb, TlbStats& stats, const HeldPage& page, MissClasses* classes) {
  if (classes != nullptr) classes->left(page.asid, page.page, page.to);
  const auto removed = tlb.remove(page);
  if (removed == Tlb::Removed::kEntry) ++stats.back_invalidated;
  return removed != Tlb::Removed::kNothing;
}

/// Removes what `scope` covers; returns how many entries that were.
inline std::uint64_t fence(Tlb& tlb, const FenceScope& scope, MissClasses* classes) {
  if (classes != nullptr) {
    tlb.for_each_covered(scope, [&](const TlbEntry& entry) {
      classes->fenced(entry.asid, entry.page, entry.result.to);
    });
    classes->fence(scope);
  }
  return tlb.fence(scope);
}

/// Where the cycles of `waiter` went up to `at`: its own look-up, then, of the request that took
/// the slot, what the level below tells; the others have only waited for it.
inline void tell(Story& story, const TranslationSlots::Slot& slot,
                 const TranslationSlots::Waiter& waiter, Part look_up, Cycle at,
                 const Story* below) {
  story.assign({{std::min(waiter.looked_up, at), look_up}});
  if (&waiter == &slot.waiters.front() && below != nullptr) {
    story.insert(story.end(), below->begin(), below->end());
  } else {
    story.push_back({at, Part::kMergeWait});
  }
}

}  // namespace mmu
