// The knobs of one level of TLB.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

#include "hw/common/fields.hpp"
#include "hw/common/replacement.hpp"

namespace mmu {

/// An array beside the base one, for page sizes of its own.
struct TlbArrayParams {
  std::uint32_t entries = 0;
  std::uint32_t ways = 0;
  Replacement replacement = Replacement::kLru;
  std::string page_sizes = "2M";
  std::uint32_t sector_pages = 1;

  static constexpr auto fields() {
    return std::make_tuple(
        knob("entries", "entries", "0: there is no such array", &TlbArrayParams::entries, 0,
             1u << 20),
        knob("ways", "entries", "entries a set; 0: fully associative. Must divide entries",
             &TlbArrayParams::ways, 0, 1u << 20),
        choice("replacement", "which entry of a set to give up", &TlbArrayParams::replacement,
               kReplacementNames),
        knob("page_sizes", "of pages that it holds, as page_sizes of the base array",
             &TlbArrayParams::page_sizes),
        power_of_two("sector_pages", "pages",
                     "neighbours that an entry covers, as of the base array",
                     &TlbArrayParams::sector_pages, 1, 16));
  }
};

/// What a level behind the first holds of what those before it hold.
enum class Inclusion : std::uint8_t { kNeither, kInclusive, kExclusive };
inline constexpr std::string_view kInclusionNames[] = {"neither", "inclusive", "exclusive"};

struct TlbParams {
  enum class Probing : std::uint8_t { kParallel, kSequential };
  static constexpr std::string_view kProbingNames[] = {"parallel", "sequential"};

  std::uint32_t entries = 64;
  std::uint32_t ways = 4;
  std::uint32_t latency_cycles = 1;
  std::uint32_t lookups_per_cycle = 0;
  std::uint32_t miss_slots = 8;
  Replacement replacement = Replacement::kLru;
  std::string page_sizes = "all";
  Probing probing = Probing::kParallel;
  std::uint32_t probe_cycles = 1;
  std::uint32_t sector_pages = 1;
  std::uint32_t large_page_ways = 0;
  bool hit_under_miss = true;
  TlbArrayParams large{};
  TlbArrayParams huge{0, 0, Replacement::kLru, "1G"};

  std::uint64_t all_entries() const {
    return std::uint64_t{entries} + large.entries + huge.entries;
  }
  bool has_sectors() const {
    return sector_pages > 1 || (large.entries != 0 && large.sector_pages > 1) ||
           (huge.entries != 0 && huge.sector_pages > 1);
  }

  static constexpr auto fields() {
    return std::make_tuple(
        knob("entries", "entries", "of the base array; 0 switches a level behind the first off",
             &TlbParams::entries, 0, 1u << 24),
        knob("ways", "entries", "entries a set; 0: fully associative. Must divide entries",
             &TlbParams::ways, 0, 1u << 24),
        knob("latency_cycles", "cycles", "look-up to answer on a hit, or to the next level",
             &TlbParams::latency_cycles, 1, 1000),
        knob("lookups_per_cycle", "look-ups", "further ones wait; 0: no limit",
             &TlbParams::lookups_per_cycle, 0, 64),
        knob("miss_slots", "misses", "outstanding, with merging by page; further ones are refused",
             &TlbParams::miss_slots, 1, 1024),
        knob("hit_under_miss", "false: nothing is looked up while a miss slot is in use",
             &TlbParams::hit_under_miss),
        choice("replacement", "which entry of a set to give up", &TlbParams::replacement,
               kReplacementNames),
        knob("page_sizes",
             "of pages that the base array holds: \"all\", or a list as \"4K+2M\". Pages of a size "
             "that no array of this level holds are not entered",
             &TlbParams::page_sizes),
        choice("probing",
               "an array looks for all page sizes that it holds together, or for one after the "
               "other, the smallest first",
               &TlbParams::probing, kProbingNames),
        knob("probe_cycles", "cycles", "sequential probing: each page size after the first",
             &TlbParams::probe_cycles, 1, 1000),
        power_of_two(
            "sector_pages", "pages",
            "neighbours that an entry of the base array covers, of those whose page-table entries "
            "lie in one cache line",
            &TlbParams::sector_pages, 1, 16),
        knob(
            "large_page_ways", "entries",
            "of a set of the base array, the only ones that pages larger than the smallest that it "
            "holds may take; 0: any",
            &TlbParams::large_page_ways, 0, 1u << 24),
        group("large", "a second array, for page sizes of its own", &TlbParams::large),
        group("huge", "a third array", &TlbParams::huge));
  }
};

}  // namespace mmu
