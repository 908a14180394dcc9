// The counters of TLB prefetching.
#pragma once

#include <cstdint>
#include <tuple>

#include "hw/common/fields.hpp"

namespace mmu {

struct PrefetchStats {
  std::uint64_t triggers = 0, proposed = 0, filtered = 0, refused = 0, withdrawn = 0, walks = 0;
  std::uint64_t dropped = 0, late = 0, filled = 0, hits = 0, displaced = 0, fenced = 0,
                walk_cycles = 0;

  static constexpr auto fields() {
    return std::make_tuple(
        field("triggers", "requests", "of the STLB, shown to the prefetcher",
              &PrefetchStats::triggers),
        field("proposed", "pages", "wanted by the prefetcher", &PrefetchStats::proposed),
        field("filtered", "pages", "of proposed: known already, or not canonical",
              &PrefetchStats::filtered),
        field("refused", "pages", "of proposed: the queue was full", &PrefetchStats::refused),
        field("withdrawn", "pages",
              "of proposed: walked for on demand before a walker was free, or of another ASID then",
              &PrefetchStats::withdrawn),
        field("walks", "walks", "of proposed: given to a walker", &PrefetchStats::walks),
        field("dropped", "walks",
              "of walks: would have faulted or set A, met a fence, or known by then",
              &PrefetchStats::dropped),
        field("late", "walks", "of walks: joined by a request under way; useful",
              &PrefetchStats::late),
        field("filled", "entries", "of walks: entered in buffer or STLB", &PrefetchStats::filled),
        field("hits", "entries", "of filled: asked for; useful", &PrefetchStats::hits),
        field("displaced", "entries", "of filled: left the buffer unused",
              &PrefetchStats::displaced),
        field("fenced", "entries", "of filled: removed from the buffer by fences",
              &PrefetchStats::fenced),
        field("walk_cycles", "cycles", "of dropped and filled walks: acceptance to result, summed",
              &PrefetchStats::walk_cycles));
  }
};
static_assert(lists_every_counter<PrefetchStats>());

}  // namespace mmu
