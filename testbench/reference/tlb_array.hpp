// The entries of a TLB, and its miss slots with the fences that they remember: sections 3 and 6 of
// docs/timing.md.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "hw/arch/software_interface.hpp"
#include "hw/common/page_sizes.hpp"
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
  bool prefetched = false;  ///< and not used yet
};

/// What has come into a level, and what has gone for it.
struct Exchange {
  std::vector<TlbEntry> entered, given_up;
};

/// All arrays of one level.
class TlbArray {
 public:
  TlbArray(const std::string& name, const TlbParams& params, const PageTableFormat& format,
           std::uint64_t seed)
      : params_(params), shifts_(page_shifts(format)) {
    add({params.entries, params.ways, params.replacement, params.page_sizes, params.sector_pages},
        name, seed);
    arrays_.front().large_ways = params.large_page_ways;
    if (params.large.entries != 0) add(params.large, name + ".large", seed);
    if (params.huge.entries != 0) add(params.huge, name + ".huge", seed);
  }

  /// The smallest page that matches; marked as used only if wanted.
  TlbEntry* find(Asid asid, VirtAddr va, bool mark) {
    for (unsigned size = 0; size < shifts_.size(); ++size) {
      Array* array = array_of(shifts_[size]);
      if (array == nullptr) continue;
      Sector* sector = sector_of(*array, asid, va, size);
      const auto page = sector == nullptr ? Sector::iterator{} : sector->find(number(va, size));
      if (sector == nullptr || page == sector->end()) continue;
      if (mark) array->entries.mark_used(sector);
      return &page->second;
    }
    return nullptr;
  }

  /// False if no array takes it.
  bool enter(const TlbEntry& entry, TlbStats& stats, Exchange& exchange) {
    const unsigned shift = entry.to.page_shift;
    Array* array = array_of(shift);
    if (off() || array == nullptr) return false;
    const unsigned size = size_of(shift);
    ++stats.fills;
    exchange.entered.push_back(entry);
    if (Sector* sector = sector_of(*array, entry.asid, entry.va, size)) {
      array->entries.mark_used(sector);
      (*sector)[number(entry.va, size)] = entry;
      return true;
    }
    const auto displaced =
        array->entries.insert(entry.va.value() >> (shift + array->sector),
                              key_of(entry.asid, entry.va, shift + array->sector, size),
                              {{number(entry.va, size), entry}}, ways_for(*array, shift));
    if (!displaced) return true;
    ++stats.evictions;
    for (const auto& [page, old] : displaced->value) exchange.given_up.push_back(old);
    return true;
  }

  bool has_page(Asid asid, VirtAddr va, unsigned shift) {
    Array* array = array_of(shift);
    if (off() || array == nullptr) return false;
    const unsigned size = size_of(shift);
    const Sector* sector = sector_of(*array, asid, va, size);
    return sector != nullptr && sector->count(number(va, size)) != 0;
  }

  /// Takes the page out; true if nothing is left of the entry that held it.
  bool remove(const TlbEntry& page) {
    const unsigned shift = page.to.page_shift;
    if (!has_page(page.asid, page.va, shift)) return false;
    Array& array = *array_of(shift);
    sector_of(array, page.asid, page.va, size_of(shift))->erase(number(page.va, size_of(shift)));
    bool emptied = false;
    array.entries.erase_if([&](std::uint64_t, const Sector& sector) {
      emptied = emptied || sector.empty();
      return sector.empty();
    });
    return emptied;
  }

  /// The page of `va` beside `entry`, which has just been entered.
  void enter_beside(const TlbEntry& entry, VirtAddr va, const Translation& to, Exchange& exchange) {
    const unsigned size = size_of(to.page_shift);
    Array* array = array_of(to.page_shift);
    if (off() || array == nullptr) return;
    const unsigned shift = to.page_shift + array->sector;
    if (va.value() >> shift != entry.va.value() >> shift) return;
    const TlbEntry beside{entry.asid, va, to, entry.ready_at};
    Sector& sector = *sector_of(*array, entry.asid, va, size);
    if (sector.try_emplace(number(va, size), beside).second) exchange.entered.push_back(beside);
  }

  /// The other pages of the sector of the page that holds `va`, there by cycle `at`.
  std::vector<std::pair<VirtAddr, Translation>> beside(Asid asid, VirtAddr va, unsigned shift,
                                                       Cycle at) {
    std::vector<std::pair<VirtAddr, Translation>> found;
    const unsigned size = size_of(shift);
    for (const auto& [page, entry] : *sector_of(*array_of(shift), asid, va, size)) {
      if (page == number(va, size) || entry.ready_at > at) continue;
      found.emplace_back(entry.va, entry.to);
    }
    return found;
  }

  void fence(const FenceScope& scope, TlbStats& stats) {
    for (Array& array : arrays_) {
      array.entries.for_each_value([&](Sector& sector) {
        for (auto page = sector.begin(); page != sector.end();) {
          const TlbEntry& entry = page->second;
          const Translation& to = entry.to;
          page = scope.covers(entry.asid, entry.va, to.page_shift, to.global) ? sector.erase(page)
                                                                              : std::next(page);
        }
      });
      array.entries.erase_if([&](std::uint64_t, const Sector& sector) {
        if (sector.empty()) ++stats.fenced;
        return sector.empty();
      });
    }
  }

  bool off() const { return params_.entries == 0; }

  /// Cycles of a look-up that finds `entry`; nullptr: nothing, which takes all probes.
  Cycle latency(const TlbEntry* entry) const {
    if (off()) return 0;
    if (entry != nullptr) return params_.latency_cycles + further_probes(entry->to.page_shift);
    Cycle most = 0;
    for (const unsigned shift : shifts_) most = std::max(most, further_probes(shift));
    return params_.latency_cycles + most;
  }

 private:
  using Sector = std::map<std::uint64_t, TlbEntry>;  // by page number
  struct Array {
    PageSizes sizes;
    SetAssoc<Sector> entries;
    unsigned sector = 0;           // log2 of the pages of one
    std::uint64_t large_ways = 0;  // of a set, for pages larger than its smallest; 0: all
  };

  std::uint64_t number(VirtAddr va, unsigned size) const { return va.value() >> shifts_[size]; }
  unsigned size_of(unsigned shift) const {
    const auto found = std::find(shifts_.begin(), shifts_.end(), shift);
    return static_cast<unsigned>(found - shifts_.begin());
  }
  Sector* sector_of(Array& array, Asid asid, VirtAddr va, unsigned size) {
    const unsigned shift = shifts_[size] + array.sector;
    return array.entries.peek(va.value() >> shift, key_of(asid, va, shift, size));
  }

  void add(const TlbArrayParams& params, const std::string& name, std::uint64_t seed) {
    arrays_.push_back({read_page_sizes(params.page_sizes).value(),
                       {name, params.entries, params.ways, params.replacement, seed},
                       0});
    for (unsigned pages = params.sector_pages; pages > 1; pages /= 2) ++arrays_.back().sector;
  }
  std::uint64_t ways_for(const Array& array, unsigned shift) const {
    if (array.large_ways == 0) return array.entries.ways();
    for (const unsigned smaller : shifts_) {
      if (smaller < shift && holds(array.sizes, smaller)) return array.large_ways;
    }
    return array.entries.ways();
  }
  Array* array_of(unsigned shift) {
    for (Array& array : arrays_) {
      if (holds(array.sizes, shift)) return &array;
    }
    return nullptr;
  }
  /// What the probes for smaller pages in the same array cost.
  Cycle further_probes(unsigned shift) const {
    if (params_.probing == TlbParams::Probing::kParallel) return 0;
    Cycle cycles = 0;
    for (const Array& array : arrays_) {
      if (!holds(array.sizes, shift)) continue;
      for (const unsigned smaller : shifts_) {
        if (smaller < shift && holds(array.sizes, smaller)) cycles += params_.probe_cycles;
      }
    }
    return cycles;
  }

  TlbParams params_;
  std::vector<unsigned> shifts_;  // of the format's pages, smallest first
  std::vector<Array> arrays_;
};

/// An outstanding miss of one page of the smallest size. `Waiter` has a member `joined`.
template <class Waiter>
struct MissSlot {
  bool waits = false;  ///< its answer is unknown
  Cycle until = 0;     ///< in use up to here, once it is known
  TranslateRequest taker;
  std::vector<FenceScope> fences;  ///< that took effect while it waited
  std::vector<Waiter> waiters;     ///< the first is the one that took it

  bool same_page(const TranslateRequest& request, unsigned smallest) const {
    return request.asid == taker.asid &&
           request.va.value() >> smallest == taker.va.value() >> smallest;
  }
  bool closed(unsigned smallest) const {
    return std::any_of(fences.begin(), fences.end(), [&](const FenceScope& fence) {
      return fence.covers(taker.asid, taker.va, smallest, false);
    });
  }
  /// True if one of the first `count` fences covers the page that `to` maps.
  bool dropped(const Translation& to, std::size_t count) const {
    return std::any_of(fences.begin(), fences.begin() + static_cast<std::ptrdiff_t>(count),
                       [&](const FenceScope& fence) {
                         return fence.covers(taker.asid, taker.va, to.page_shift, to.global);
                       });
  }
  /// The same of a page beside it, for all fences.
  bool dropped_beside(VirtAddr va, const Translation& to) const {
    return std::any_of(fences.begin(), fences.end(), [&](const FenceScope& fence) {
      return fence.covers(taker.asid, va, to.page_shift, to.global);
    });
  }
  void take(const TranslateRequest& request) { *this = {true, 0, request, {}, {}}; }
  void join(Waiter waiter) {
    waiter.joined = fences.size();
    waiters.push_back(waiter);
  }
};

/// `smallest`: log2 of the smallest page.
template <class Waiter>
MissSlot<Waiter>* open_slot(std::vector<MissSlot<Waiter>>& slots, const TranslateRequest& request,
                            unsigned smallest) {
  for (auto& slot : slots) {
    if (slot.waits && slot.same_page(request, smallest) && !slot.closed(smallest)) return &slot;
  }
  return nullptr;
}

/// True if no slot is in use in cycle `t`.
template <class Waiter>
bool all_free(const std::vector<MissSlot<Waiter>>& slots, Cycle t) {
  return std::none_of(slots.begin(), slots.end(),
                      [t](const auto& slot) { return slot.waits || slot.until >= t; });
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
  const Verdict verdict =
      judge(to, slot.taker.kind, ad, slot.taker.may_set_dirty, slot.taker.context);
  return to.accessed && verdict != Verdict::kFault && verdict != Verdict::kNeedsWalk &&
         !slot.dropped(to, slot.fences.size());
}

/// Enters what was found for a slot, and what lies beside it in its sector.
template <class Waiter>
Exchange enter_all(TlbArray& entries, const MissSlot<Waiter>& slot, const Outcome& found,
                   TlbStats& stats) {
  Exchange exchange;
  const TlbEntry entry{slot.taker.asid, slot.taker.va, found.to, found.at};
  entries.enter(entry, stats, exchange);
  for (const auto& [va, to] : found.neighbours) {
    if (!slot.dropped_beside(va, to)) entries.enter_beside(entry, va, to, exchange);
  }
  return exchange;
}

}  // namespace mmu::reference
