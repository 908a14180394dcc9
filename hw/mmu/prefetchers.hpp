// The kinds of prefetcher: one class for each, and a row here that PrefetchUnit reads.
#pragma once

#include <memory>

#include "hw/mmu/stride_prefetchers.hpp"
#include "hw/mmu/table_prefetchers.hpp"

namespace mmu {

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
    make_prefetcher<ArbitraryStridePrefetcher>,
    make_prefetcher<DistancePrefetcher>,
};
static_assert(sizeof(kPrefetchers) / sizeof(kPrefetchers[0]) ==
              sizeof(PrefetchParams::kKindNames) / sizeof(PrefetchParams::kKindNames[0]));

}  // namespace mmu
