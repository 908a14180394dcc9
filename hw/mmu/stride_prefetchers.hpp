// Prefetchers that need no table.
#pragma once

#include <array>

#include "hw/mmu/prefetch_params.hpp"
#include "hw/mmu/prefetcher.hpp"

namespace mmu {

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

/// A stride that has been seen twice in a row goes on. One history for fetches, one for data.
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

}  // namespace mmu
