// The entries of a TLB, and its miss slots with the fences that they remember: sections 3 and 6 of
// docs/timing.md.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "hw/arch/software_interface.hpp"
#include "hw/common/set_assoc.hpp"
#include "hw/mmu/mmu_params.hpp"
#include "hw/mmu/mmu_stats.hpp"
#include "testbench/reference/translation.hpp"

namespace mmu::reference {

/// Identifies 2^shift bytes of one address space. `number` distinguishes sizes or levels.
inline std::uint64_t key_of(Asid asid, VirtAddr va, unsigned shift, unsigned number) {
  // 45 bits of page number (57-bit addresses), 3 of level, 16 of ASID.
  const VirtAddr page = va.aligned_down(shift);
  return page.bits(kBasePageShift, 45) << 19 | std::uint64_t{number} << 16 | asid;
}

struct TlbEntry {
  Asid asid = 0;
  VirtAddr va;  ///< any address of the page
  Translation to;
  Cycle ready_at = 0;
};

class TlbArray {
 public:
  TlbArray(const std::string& name, const TlbParams& params, const PageTableFormat& format,
           std::uint64_t seed)
      : format_(format), entries_(name, params.entries, params.ways, params.replacement, seed) {}

  /// The smallest page that matches; marked as used only if wanted.
  TlbEntry* find(Asid asid, VirtAddr va, bool mark) {
    for (unsigned level = 0; level < format_.depth; ++level) {
      if (!format_.levels[level].may_map) continue;
      const unsigned shift = format_.levels[level].lsb;
      const std::uint64_t index = va.value() >> shift;
      const std::uint64_t key = key_of(asid, va, shift, level);
      TlbEntry* entry = mark ? entries_.find(index, key) : entries_.peek(index, key);
      if (entry != nullptr) return entry;
    }
    return nullptr;
  }

  void enter(const TlbEntry& entry, TlbStats& stats) {
    if (off()) return;
    unsigned level = 0;
    while (format_.levels[level].lsb != entry.to.page_shift) ++level;
    const unsigned shift = entry.to.page_shift;
    ++stats.fills;
    if (entries_.insert(entry.va.value() >> shift, key_of(entry.asid, entry.va, shift, level),
                        entry)) {
      ++stats.evictions;
    }
  }

  void fence(const FenceScope& scope, TlbStats& stats) {
    entries_.erase_if([&](std::uint64_t, const TlbEntry& entry) {
      const bool gone = scope.covers(entry.asid, entry.va, entry.to.page_shift, entry.to.global);
      if (gone) ++stats.fenced;
      return gone;
    });
  }

  bool off() const { return entries_.sets() == 0; }

 private:
  const PageTableFormat& format_;
  SetAssoc<TlbEntry> entries_;
};

/// An outstanding miss of one 4 KiB page. `Waiter` has a member `joined`.
template <class Waiter>
struct MissSlot {
  bool waits = false;  ///< its answer is unknown
  Cycle until = 0;     ///< in use up to here, once it is known
  TranslateRequest taker;
  std::vector<FenceScope> fences;  ///< that took effect while it waited
  std::vector<Waiter> waiters;     ///< the first is the one that took it

  bool same_page(const TranslateRequest& request) const {
    return request.asid == taker.asid &&
           request.va.aligned_down(kBasePageShift) == taker.va.aligned_down(kBasePageShift);
  }
  bool closed() const {
    return std::any_of(fences.begin(), fences.end(), [&](const FenceScope& fence) {
      return fence.covers(taker.asid, taker.va, kBasePageShift, false);
    });
  }
  /// True if one of the first `count` fences covers the page that `to` maps.
  bool dropped(const Translation& to, std::size_t count) const {
    return std::any_of(fences.begin(), fences.begin() + static_cast<std::ptrdiff_t>(count),
                       [&](const FenceScope& fence) {
                         return fence.covers(taker.asid, taker.va, to.page_shift, to.global);
                       });
  }
  void take(const TranslateRequest& request) { *this = {true, 0, request, {}, {}}; }
  void join(Waiter waiter) {
    waiter.joined = fences.size();
    waiters.push_back(waiter);
  }
};

template <class Waiter>
MissSlot<Waiter>* open_slot(std::vector<MissSlot<Waiter>>& slots, const TranslateRequest& request) {
  for (auto& slot : slots) {
    if (slot.waits && slot.same_page(request) && !slot.closed()) return &slot;
  }
  return nullptr;
}

/// One that can be taken in cycle `t`.
template <class Waiter>
MissSlot<Waiter>* free_slot(std::vector<MissSlot<Waiter>>& slots, Cycle t) {
  for (auto& slot : slots) {
    if (!slot.waits && slot.until < t) return &slot;
  }
  return nullptr;
}

/// True if the answer `to` may be entered: section 3, last paragraph.
template <class Waiter>
bool may_enter(const MissSlot<Waiter>& slot, const Translation& to, AdUpdate ad) {
  const Verdict verdict = judge(to, slot.taker.kind, ad, slot.taker.may_set_dirty);
  return to.accessed && verdict != Verdict::kFault && verdict != Verdict::kNeedsWalk &&
         !slot.dropped(to, slot.fences.size());
}

}  // namespace mmu::reference
