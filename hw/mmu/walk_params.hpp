// The knobs of page-walk caches and page-table walkers.
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>

#include "hw/common/fields.hpp"
#include "hw/common/replacement.hpp"

namespace mmu {

struct WalkCacheParams {
  /// Split and unified: translation caches, tagged by VA and ASID, which skip levels. PTE-tagged: a
  /// page-table cache, tagged by the physical address of the entry, which serves reads instead of
  /// memory (Barr, Cox, Rixner, "Translation Caching: Skip, Don't Walk", ISCA 2010).
  enum class Organisation : std::uint8_t { kSplit, kUnified, kPteTagged };
  static constexpr std::string_view kOrganisationNames[] = {"split", "unified", "pte-tagged"};

  /// Of the walk cache of each level, 0: none. entries[1] caches entries read at level 1 (x86:
  /// PDEs, Intel's L2), which point to tables of level 0.
  struct LevelParams {
    std::uint32_t entries = 0;
    std::uint32_t ways = 0;
    static constexpr auto fields() {
      return std::make_tuple(
          knob("entries", "entries", "pointers read at this level; 0: none", &LevelParams::entries,
               0, 1u << 20),
          knob("ways", "entries", "entries a set; 0: fully associative. Must divide entries",
               &LevelParams::ways, 0, 1u << 20));
    }
  };
  LevelParams level1{32, 0}, level2{8, 0}, level3{2, 0}, level4{1, 0};
  std::uint32_t latency_cycles = 1;
  Replacement replacement = Replacement::kLru;
  Organisation organisation = Organisation::kSplit;
  LevelParams shared{32, 0};

  bool enabled() const {
    if (organisation != Organisation::kSplit) return shared.entries != 0;
    return level1.entries + level2.entries + level3.entries + level4.entries != 0;
  }
  const LevelParams& of_level(unsigned level) const {
    return level == 1 ? level1 : level == 2 ? level2 : level == 3 ? level3 : level4;
  }
  static constexpr auto fields() {
    return std::make_tuple(
        choice("organisation",
               "an array for each level; one for all; one for all that is tagged by the address of "
               "the entry and serves its read",
               &WalkCacheParams::organisation, kOrganisationNames),
        group("level1", "split: pointers to tables of leaves (Intel: PDE, L2)",
              &WalkCacheParams::level1),
        group("level2", "split: one level up (Intel: PDPTE, L3)", &WalkCacheParams::level2),
        group("level3", "split: two levels up (Intel: PML4E, L4)", &WalkCacheParams::level3),
        group("level4", "split: three levels up (Intel: PML5E, L5)", &WalkCacheParams::level4),
        group("shared", "unified, pte-tagged: pointers of all levels", &WalkCacheParams::shared),
        knob("latency_cycles", "cycles",
             "all levels searched together, before the first read; pte-tagged: at each level",
             &WalkCacheParams::latency_cycles, 0, 1000),
        choice("replacement", "which entry of a set to give up, in every array",
               &WalkCacheParams::replacement, kReplacementNames));
  }
};

struct WalkerParams {
  enum class Reads : std::uint8_t { kL1d, kL2 };
  static constexpr std::string_view kReadsNames[] = {"l1d", "l2"};

  /// Which waiting request is taken next. Shortest first: the one whose walk needs the fewest reads
  /// by what the walk cache knows (Shin et al., "Scheduling Page Table Walks for Irregular GPU
  /// Applications", ISCA 2018, without their batching and ageing).
  enum class Order : std::uint8_t { kFifo, kLifo, kShortestFirst };
  static constexpr std::string_view kOrderNames[] = {"fifo", "lifo", "shortest-first"};

  /// Lockstep: beside each walker runs one in RTL (hw/rtl), which must do the same in each cycle.
  enum class Model : std::uint8_t { kSystemc, kLockstep };
  static constexpr std::string_view kModelNames[] = {"systemc", "lockstep"};

  std::uint32_t count = 1;
  std::uint32_t queue_entries = 16;
  Reads reads_enter = Reads::kL1d;
  Order order = Order::kFifo;
  std::uint32_t shared_line_bytes = 0;
  std::uint32_t memory_slots = 0;
  std::uint32_t reads_per_cycle = 0;
  Model model = Model::kSystemc;

  static constexpr auto fields() {
    return std::make_tuple(
        knob("count", "walkers", "walks at the same time", &WalkerParams::count, 1, 64),
        knob("queue_entries", "requests", "that have no walker yet; further ones are refused",
             &WalkerParams::queue_entries, 1, 1024),
        choice("reads_enter", "the cache that page-table reads go to first",
               &WalkerParams::reads_enter, kReadsNames),
        choice("order", "which of the requests that have arrived is taken next",
               &WalkerParams::order, kOrderNames),
        knob("shared_line_bytes", "bytes",
             "a read in the same aligned block as one under way waits for that one instead; a "
             "power of two, at most a cache line. 0: off",
             &WalkerParams::shared_line_bytes, 0, 4096),
        knob("memory_slots", "accesses",
             "page-table reads and updates outstanding over all walkers; 0: no limit",
             &WalkerParams::memory_slots, 0, 64),
        knob(
            "reads_per_cycle", "accesses",
            "page-table reads and updates that all walkers together send in one cycle; 0: no limit",
            &WalkerParams::reads_per_cycle, 0, 64),
        choice("model",
               "lockstep: an RTL walker beside each, which must agree in every cycle; changes no "
               "figure (RISC-V)",
               &WalkerParams::model, kModelNames));
  }
};

}  // namespace mmu
