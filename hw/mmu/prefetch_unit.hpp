// What surrounds a prefetcher: the prefetches that wait for a walker, and the buffer of finished
// ones. Times and rules: docs/timing.md, section 5.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "hw/arch/software_interface.hpp"
#include "hw/link/held_translations.hpp"
#include "hw/link/translation.hpp"
#include "hw/mmu/prefetch_stats.hpp"
#include "hw/mmu/prefetchers.hpp"

namespace mmu {

class PrefetchUnit {
 public:
  PrefetchUnit(const PrefetchParams& params, const PageTableFormat& format);

  bool is_on() const { return prefetcher_ != nullptr; }
  bool fills_stlb() const { return params_.target == PrefetchParams::Target::kStlb; }

  /// The translation that the buffer has for `request`, if nothing more is needed for it (a fault
  /// for want of a right included). It is not taken out.
  const Translation* find(const TranslateRequest& request, AdUpdate ad) const;
  /// Takes out what find() has found.
  void take(const TranslateRequest& request);

  /// Shows the prefetcher `request`. What it wants waits from `request.at` on, unless `is_known`.
  void observe(const TranslateRequest& request,
               const std::function<bool(Asid, VirtAddr)>& is_known);
  /// The page is walked for on demand: what waits or lies in the buffer for it is given up.
  void give_up(Asid asid, VirtAddr va);
  /// The prefetch whose turn it is, taken out of the queue. Those of other ASIDs than `current` are
  /// given up on the way: the root is not theirs any more.
  std::optional<TranslateRequest> next(Cycle now, Asid current);

  /// Enters the translation of the page of `va`.
  void fill(Asid asid, VirtAddr va, const Translation& to);
  bool holds(Asid asid, VirtAddr va) const;
  void fence(const FenceScope& scope);
  /// In the buffer.
  std::vector<HeldPage> held() const;
  bool idle() const { return waiting_.empty(); }
  /// True if `request` is for the page of `va`.
  bool is_for(const TranslateRequest& request, Asid asid, VirtAddr va) const {
    return request.asid == asid &&
           request.va.aligned_down(page_shift_) == va.aligned_down(page_shift_);
  }

  PrefetchStats stats;

 private:
  struct Entry {
    Asid asid;
    VirtAddr va;
    Translation to;
    bool covers(Asid of, VirtAddr address) const {
      return (asid == of || to.global) &&
             va.aligned_down(to.page_shift) == address.aligned_down(to.page_shift);
    }
  };
  bool waits(Asid asid, VirtAddr va) const;
  std::deque<Entry>::const_iterator position(Asid asid, VirtAddr va) const;

  PrefetchParams params_;
  const PageTableFormat& format_;
  unsigned page_shift_;  // of the smallest page
  std::unique_ptr<Prefetcher> prefetcher_;
  std::deque<TranslateRequest> waiting_;
  std::deque<Entry> buffer_;  // the oldest first
  std::vector<VirtAddr> pages_;
};

}  // namespace mmu
