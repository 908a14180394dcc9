// Outstanding misses of a TLB: the first request for a page goes out, later ones wait for its
// answer, and fences that come in between are remembered (docs/timing.md, section 6).
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "hw/arch/software_interface.hpp"
#include "hw/link/cycle.hpp"
#include "hw/link/translation.hpp"

namespace mmu {

class TranslationSlots {
 public:
  static constexpr std::uint32_t kNone = ~0u;

  struct Waiter {
    std::uint32_t requester;
    std::uint32_t id;
    VirtAddr va;
    AccessKind kind;
    bool may_set_dirty;
    AccessContext context;
    Cycle looked_up;            ///< when its own look-up was over
    std::uint32_t fences_seen;  ///< of the slot's fences, those older than this waiter
  };

  struct Slot {
    VirtAddr va;
    Asid asid = 0;
    std::vector<Waiter> waiters;  ///< the first took the slot
    std::vector<FenceScope> fences;

    /// True if a fence older than the waiter, but younger than the walk, covers what was found.
    bool is_stale_for(const Waiter& waiter, const Translation& to) const {
      return std::any_of(fences.begin(), fences.begin() + waiter.fences_seen,
                         [&](const FenceScope& f) { return covers(f, to); });
    }
    /// True if what the walk has found may not be entered.
    bool is_fenced(const Translation& to) const {
      return std::any_of(fences.begin(), fences.end(),
                         [&](const FenceScope& f) { return covers(f, to); });
    }
    bool covers(const FenceScope& f, const Translation& to) const {
      return f.covers(asid, va, to.page_shift, to.global);
    }
  };

  /// `page_shift`: of the smallest page that there is.
  explicit TranslationSlots(std::uint32_t count, unsigned page_shift = kBasePageShift)
      : page_shift_(page_shift), keys_(count), until_(count), slots_(count) {}

  /// The slot that waits for the page of `va` and may be joined; kNone if there is none.
  std::uint32_t find(Asid asid, VirtAddr va) const {
    if (unanswered_ == 0) return kNone;
    const std::uint64_t wanted = key(asid, va);
    for (std::uint32_t i = 0; i < keys_.size(); ++i) {
      if (keys_[i] == wanted && until_[i] == kNever) return i;
    }
    return kNone;
  }

  /// True if a slot can be taken in `cycle`.
  bool has_free(Cycle cycle) const {
    return unanswered_ < slots_.size() &&
           std::any_of(until_.begin(), until_.end(), [&](Cycle until) { return until < cycle; });
  }

  /// Takes a slot that is free in `cycle`; kNone if all are in use.
  std::uint32_t take(Asid asid, VirtAddr va, Cycle cycle) {
    for (std::uint32_t i = 0; i < until_.size(); ++i) {
      if (until_[i] >= cycle) continue;
      keys_[i] = key(asid, va);
      until_[i] = kNever;
      slots_[i].va = va;
      slots_[i].asid = asid;
      slots_[i].waiters.clear();
      slots_[i].fences.clear();
      ++unanswered_;
      return i;
    }
    return kNone;
  }

  void join(std::uint32_t slot, std::uint32_t requester, const TranslateRequest& request,
            Cycle looked_up) {
    slots_[slot].waiters.push_back({requester, request.id, request.va, request.kind,
                                    request.may_set_dirty, request.context, looked_up,
                                    static_cast<std::uint32_t>(slots_[slot].fences.size())});
  }

  /// The answer is there in `cycle`; the slot is free from the cycle after.
  void answered(std::uint32_t slot, Cycle cycle) {
    until_[slot] = cycle;
    --unanswered_;
  }

  Slot& operator[](std::uint32_t slot) { return slots_[slot]; }

  /// First cycle in which a slot in use in `cycle` is known to be free; kNever if none is.
  Cycle first_free(Cycle cycle) const {
    Cycle first = kNever;
    if (unanswered_ == slots_.size()) return first;
    for (const Cycle until : until_) {
      if (until >= cycle && until != kNever) first = std::min(first, until + 1);
    }
    return first;
  }

  std::uint32_t unanswered() const { return unanswered_; }

  void fence(const FenceScope& scope) {
    for (std::uint32_t i = 0; i < slots_.size(); ++i) {
      if (until_[i] != kNever) continue;
      Slot& slot = slots_[i];
      slot.fences.push_back(scope);
      if (scope.covers(slot.asid, slot.va, page_shift_, false)) keys_[i] = kClosed;
    }
  }

 private:
  // Bit 59 of an address and not bit 58: no format with up to 57 bits has such a page.
  static constexpr std::uint64_t kClosed = std::uint64_t{1} << 47;
  std::uint64_t key(Asid asid, VirtAddr va) const {
    return va.aligned_down(page_shift_).bits(kBasePageShift, 48) | std::uint64_t{asid} << 48;
  }

  unsigned page_shift_;
  std::vector<std::uint64_t> keys_;  // kClosed: may not be joined
  std::vector<Cycle> until_;         // last cycle in use; kNever: not answered
  std::vector<Slot> slots_;
  std::uint32_t unanswered_ = 0;
};

}  // namespace mmu
