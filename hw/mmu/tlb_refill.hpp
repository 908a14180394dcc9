// What both TLB levels do with the answer to a miss (docs/timing.md, sections 3, 5 and 6).
#pragma once

#include <algorithm>

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

/// Enters what a walk has found, with ready_at = `at`: if there is something usable for the request
/// that took the slot, and no fence has dropped it. A TLB takes no pages of sizes that it does not
/// hold, and none without entries. `classes`: nullptr if misses are not classified.
inline void refill(Tlb& tlb, TlbStats& stats, const TranslationSlots::Slot& slot,
                   const TranslateResult& result, Cycle at, AdUpdate ad, MissClasses* classes) {
  if (!result.has_translation || !result.to.accessed) return;
  const TranslationSlots::Waiter& first = slot.waiters.front();
  const Verdict verdict = judge(result.to, first.kind, ad, first.may_set_dirty, first.context);
  if (verdict == Verdict::kFault || verdict == Verdict::kNeedsWalk || slot.is_fenced(result.to)) {
    return;
  }
  if (classes != nullptr) classes->entered(slot.asid, slot.va, result.to);
  if (tlb.is_off()) return;
  const auto entered = tlb.insert(slot.asid, slot.va, result.to, at, ad, first.context);
  if (entered != Tlb::Entered::kNot) ++stats.fills;
  if (entered == Tlb::Entered::kDisplacedAnother) ++stats.evictions;
  if (entered == Tlb::Entered::kNot || result.neighbours == nullptr || !tlb.has_sectors()) return;
  const NeighbourPages beside = without_fenced(*result.neighbours, slot, result.to.page_shift);
  for (unsigned i = 0; i < NeighbourPages::kMost; ++i) {
    if (!beside.has(i)) continue;
    const VirtAddr va = NeighbourPages::address(slot.va, result.to.page_shift, i);
    if (classes != nullptr) classes->entered_beside(slot.asid, slot.va, va, beside.pages[i]);
    tlb.insert_neighbour(slot.asid, slot.va, va, beside.pages[i], at, ad, first.context);
  }
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
