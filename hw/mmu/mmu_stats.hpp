// The counters of translation.
#pragma once

#include <array>
#include <cstdint>
#include <tuple>

#include "hw/common/fields.hpp"
#include "hw/common/histogram.hpp"
#include "hw/link/story.hpp"

namespace mmu {

struct TlbStats {
  std::uint64_t accesses = 0, hits = 0, misses = 0, merged = 0, sent = 0, replays = 0;
  std::uint64_t replays_sent = 0, faults = 0, fills = 0, evictions = 0, fenced = 0, refused = 0;
  std::uint64_t victims = 0, moved = 0, back_invalidated = 0;

  /// One look-up and what it came to. Replays are counted apart.
  void count_hit(bool replay) {
    ++(replay ? replays : accesses);
    hits += replay ? 0 : 1;
  }
  void count_merged(bool replay) {
    ++(replay ? replays : accesses);
    misses += replay ? 0 : 1;
    merged += replay ? 0 : 1;
  }
  void count_sent(bool replay) {
    ++(replay ? replays : accesses);
    misses += replay ? 0 : 1;
    ++(replay ? replays_sent : sent);
  }

  static constexpr auto fields() {
    return std::make_tuple(
        field("accesses", "requests", "looked up for the first time", &TlbStats::accesses),
        field("hits", "requests", "of accesses: answered here", &TlbStats::hits),
        field("misses", "requests", "of accesses: not answered here at once", &TlbStats::misses),
        field("merged", "requests", "of misses: joined an outstanding one", &TlbStats::merged),
        field("sent", "requests", "of misses: sent to the next level", &TlbStats::sent),
        field("replays", "requests", "looked up again: after a trap, or to set a bit",
              &TlbStats::replays),
        field("replays_sent", "requests", "of replays: sent to the next level",
              &TlbStats::replays_sent),
        field("faults", "requests", "answered with a fault", &TlbStats::faults),
        field("fills", "entries", "entered", &TlbStats::fills),
        field("evictions", "entries", "live ones displaced", &TlbStats::evictions),
        field("fenced", "entries", "removed by fences", &TlbStats::fenced),
        field("refused", "requests",
              "times one was sent away for want of a miss slot, or during another's miss",
              &TlbStats::refused),
        field("victims", "entries", "of fills: displaced from the level before (exclusive)",
              &TlbStats::victims),
        field("moved", "entries", "left for the level before (exclusive)", &TlbStats::moved),
        field("back_invalidated", "entries", "removed since an inclusive level behind has",
              &TlbStats::back_invalidated));
  }
};
static_assert(lists_every_counter<TlbStats>());

struct WalkerStats {
  std::uint64_t walks = 0, reads = 0, updates = 0, update_retries = 0, faults = 0;
  std::uint64_t cache_hits_level1 = 0, cache_hits_level2 = 0, cache_hits_level3 = 0,
                cache_hits_level4 = 0, cache_misses = 0, cache_fenced = 0, reads_cached = 0,
                reads_shared = 0;
  std::uint64_t walk_cycles = 0, queue_cycles = 0, reads_refused = 0;

  static constexpr auto fields() {
    return std::make_tuple(
        field("walks", "walks", "done, faulting ones included", &WalkerStats::walks),
        field("reads", "reads", "page-table entries read", &WalkerStats::reads),
        field("updates", "writes", "atomic updates of accessed and dirty bits",
              &WalkerStats::updates),
        field("update_retries", "writes", "of updates: the entry had changed meanwhile",
              &WalkerStats::update_retries),
        field("faults", "walks", "of walks: ended in a fault", &WalkerStats::faults),
        field("cache_hits_level1", "walks",
              "whose first read was below a level-1 entry of the walk cache",
              &WalkerStats::cache_hits_level1),
        field("cache_hits_level2", "walks", "below a level-2 entry",
              &WalkerStats::cache_hits_level2),
        field("cache_hits_level3", "walks", "below a level-3 entry",
              &WalkerStats::cache_hits_level3),
        field("cache_hits_level4", "walks", "below a level-4 entry",
              &WalkerStats::cache_hits_level4),
        field("cache_misses", "walks", "whose first read was at the root",
              &WalkerStats::cache_misses),
        field("cache_fenced", "entries", "of the walk cache, removed by fences",
              &WalkerStats::cache_fenced),
        field("reads_cached", "reads", "served by a PTE-tagged walk cache instead of memory",
              &WalkerStats::reads_cached),
        field("reads_shared", "reads", "served by the line that another walker's read brought",
              &WalkerStats::reads_shared),
        field("walk_cycles", "cycles", "acceptance to result, summed", &WalkerStats::walk_cycles),
        field("queue_cycles", "cycles", "arrival to acceptance, summed",
              &WalkerStats::queue_cycles),
        field("reads_refused", "reads", "times memory sent a read or update away",
              &WalkerStats::reads_refused));
  }
};
static_assert(lists_every_counter<WalkerStats>());

/// What does not fit a list of counters.
struct WalkerDetail {
  /// Page-table reads by level and by the place that served them.
  std::array<std::array<std::uint64_t, kServedPlaces>, kMaxLevels> reads{};
  Histogram latency;  ///< of walks, cycles from acceptance to result
};

}  // namespace mmu
