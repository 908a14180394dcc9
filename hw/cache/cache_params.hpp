// The knobs and counters of one cache.
#pragma once

#include <cstdint>
#include <tuple>

#include "hw/common/fields.hpp"
#include "hw/common/replacement.hpp"

namespace mmu {

struct CacheParams {
  std::uint64_t size_bytes = 48 * 1024;
  std::uint32_t ways = 12;
  std::uint32_t line_bytes = 64;
  std::uint32_t latency_cycles = 5;
  std::uint32_t lookups_per_cycle = 0;
  std::uint32_t miss_slots = 16;
  Replacement replacement = Replacement::kLru;

  static constexpr auto fields() {
    return std::make_tuple(
        knob("size_bytes", "bytes", "a multiple of ways x line_bytes", &CacheParams::size_bytes, 64,
             std::uint64_t{1} << 40),
        knob("ways", "lines", "lines a set", &CacheParams::ways, 1, 65536),
        knob("line_bytes", "bytes", "a power of two, the same in all caches",
             &CacheParams::line_bytes, 8, 4096),
        knob("latency_cycles", "cycles", "request to data on a hit, or to the next level",
             &CacheParams::latency_cycles, 1, 1000),
        knob("lookups_per_cycle", "requests", "further ones wait; 0: no limit",
             &CacheParams::lookups_per_cycle, 0, 64),
        knob("miss_slots", "lines", "outstanding, with merging; further ones are refused",
             &CacheParams::miss_slots, 1, 4096),
        choice("replacement", "which line of a set to give up", &CacheParams::replacement,
               kReplacementNames));
  }
};

struct CacheStats {
  std::uint64_t accesses = 0, hits = 0, misses = 0, merged = 0;
  std::uint64_t pte_accesses = 0, pte_hits = 0, pte_misses = 0, pte_merged = 0;
  std::uint64_t writebacks_in = 0, writebacks_out = 0, evictions = 0, refused = 0;

  static constexpr auto fields() {
    return std::make_tuple(
        field("accesses", "requests", "reads and writes, without write-backs",
              &CacheStats::accesses),
        field("hits", "requests", "answered here", &CacheStats::hits),
        field("misses", "requests", "line not here: sent on or merged", &CacheStats::misses),
        field("merged", "requests", "misses that joined an outstanding one", &CacheStats::merged),
        field("pte_accesses", "requests", "of accesses, page-table reads and updates",
              &CacheStats::pte_accesses),
        field("pte_hits", "requests", "of hits, page-table", &CacheStats::pte_hits),
        field("pte_misses", "requests", "of misses, page-table", &CacheStats::pte_misses),
        field("pte_merged", "requests", "of merged, page-table", &CacheStats::pte_merged),
        field("writebacks_in", "lines", "dirty lines from the level above",
              &CacheStats::writebacks_in),
        field("writebacks_out", "lines", "dirty lines sent to the level below",
              &CacheStats::writebacks_out),
        field("evictions", "lines", "lines displaced", &CacheStats::evictions),
        field("refused", "requests", "times a request was sent away for want of a miss slot",
              &CacheStats::refused));
  }
};
static_assert(lists_every_counter<CacheStats>());

}  // namespace mmu
