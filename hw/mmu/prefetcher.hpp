// Which pages to translate ahead of use: one class for each kind, and a row that PrefetchUnit
// reads.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "hw/arch/access.hpp"
#include "hw/arch/address.hpp"
#include "hw/mmu/prefetch_params.hpp"

namespace mmu {

/// What a prefetcher sees: a request that the STLB has sent on.
struct PrefetchTrigger {
  VirtAddr va;
  Asid asid = 0;
  AccessKind kind = AccessKind::kLoad;
  bool was_prefetched = false;  ///< a prefetch has spared it its walk, or part of it
};

class Prefetcher {
 public:
  virtual ~Prefetcher() = default;
  /// Adds the pages wanted now, the most wanted first, by any address in each. What is known
  /// already or not canonical is left out by the caller.
  virtual void observe(const PrefetchTrigger& trigger, std::vector<VirtAddr>& pages) = 0;
};

/// `degree` pages, the first `distance` pages behind the one asked for.
class NextPagePrefetcher final : public Prefetcher {
 public:
  NextPagePrefetcher(const PrefetchParams& params, unsigned page_shift)
      : params_(params), page_shift_(page_shift) {}

  void observe(const PrefetchTrigger& trigger, std::vector<VirtAddr>& pages) override {
    for (std::uint64_t i = 0; i < params_.degree; ++i) {
      pages.emplace_back(trigger.va.value() + ((params_.distance + i) << page_shift_));
    }
  }

 private:
  PrefetchParams params_;
  unsigned page_shift_;
};

/// A stride that has been seen twice in a row goes on. One history for fetches, one for data: a
/// trace does not tell the instruction of each access.
class StridePrefetcher final : public Prefetcher {
 public:
  StridePrefetcher(const PrefetchParams& params, unsigned page_shift)
      : params_(params), page_shift_(page_shift) {}

  void observe(const PrefetchTrigger& trigger, std::vector<VirtAddr>& pages) override {
    History& history = histories_[trigger.kind == AccessKind::kFetch ? 0 : 1];
    const std::uint64_t page = trigger.va.value() >> page_shift_;
    const std::uint64_t stride = page - history.page;  // modulo 2^64: it may be negative
    const bool same_space = history.any && history.asid == trigger.asid;
    if (same_space && stride != 0 && stride == history.stride) {
      for (std::uint64_t i = 0; i < params_.degree; ++i) {
        pages.emplace_back((page + stride * (params_.distance + i)) << page_shift_);
      }
    }
    history = {true, trigger.asid, page, same_space ? stride : 0};
  }

 private:
  struct History {
    bool any = false;
    Asid asid = 0;
    std::uint64_t page = 0;
    std::uint64_t stride = 0;
  };
  PrefetchParams params_;
  unsigned page_shift_;
  std::array<History, 2> histories_;
};

/// `page_shift`: log2 of the smallest page of the format, bytes.
using MakePrefetcher = std::unique_ptr<Prefetcher> (*)(const PrefetchParams&, unsigned page_shift);

template <class Kind>
std::unique_ptr<Prefetcher> make_prefetcher(const PrefetchParams& params, unsigned page_shift) {
  return std::make_unique<Kind>(params, page_shift);
}

/// In the order of the enumeration; nullptr: off.
inline constexpr MakePrefetcher kPrefetchers[] = {
    nullptr,
    make_prefetcher<NextPagePrefetcher>,
    make_prefetcher<StridePrefetcher>,
};
static_assert(sizeof(kPrefetchers) / sizeof(kPrefetchers[0]) ==
              sizeof(PrefetchParams::kKindNames) / sizeof(PrefetchParams::kKindNames[0]));

}  // namespace mmu
