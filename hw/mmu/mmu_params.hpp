// The knobs of translation. Ranges are checked where a machine is read (sim/presets) and shapes
// that depend on each other in the constructors.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>

#include "hw/arch/walk.hpp"
#include "hw/common/fields.hpp"
#include "hw/common/replacement.hpp"
#include "hw/mmu/tlb_params.hpp"

namespace mmu {

struct WalkCacheParams {
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

  bool enabled() const {
    return level1.entries + level2.entries + level3.entries + level4.entries != 0;
  }
  const LevelParams& of_level(unsigned level) const {
    return level == 1 ? level1 : level == 2 ? level2 : level == 3 ? level3 : level4;
  }
  static constexpr auto fields() {
    return std::make_tuple(
        group("level1", "pointers to tables of leaves (Intel: PDE, L2)", &WalkCacheParams::level1),
        group("level2", "one level up (Intel: PDPTE, L3)", &WalkCacheParams::level2),
        group("level3", "two levels up (Intel: PML4E, L4)", &WalkCacheParams::level3),
        group("level4", "three levels up (Intel: PML5E, L5)", &WalkCacheParams::level4),
        knob("latency_cycles", "cycles", "all levels searched together, before the first read",
             &WalkCacheParams::latency_cycles, 0, 1000),
        choice("replacement", "which entry of a set to give up, in every level",
               &WalkCacheParams::replacement, kReplacementNames));
  }
};

struct WalkerParams {
  enum class Reads : std::uint8_t { kL1d, kL2 };
  static constexpr std::string_view kReadsNames[] = {"l1d", "l2"};

  std::uint32_t count = 1;
  std::uint32_t queue_entries = 16;
  Reads reads_enter = Reads::kL1d;

  static constexpr auto fields() {
    return std::make_tuple(
        knob("count", "walkers", "walks at the same time", &WalkerParams::count, 1, 64),
        knob("queue_entries", "requests", "that have no walker yet; further ones are refused",
             &WalkerParams::queue_entries, 1, 1024),
        choice("reads_enter", "the cache that page-table reads go to first",
               &WalkerParams::reads_enter, kReadsNames));
  }
};

struct MmuParams {
  enum class Mode : std::uint8_t { kNormal, kPerfectTlb, kNoTranslation };
  static constexpr std::string_view kModeNames[] = {"normal", "perfect-tlb", "no-translation"};
  static constexpr std::string_view kAdNames[] = {"hardware", "fault"};

  std::string format = "x86-64-4level";
  AdUpdate ad_update = AdUpdate::kHardware;
  Mode mode = Mode::kNormal;
  TlbParams itlb;
  TlbParams dtlb;
  TlbParams stlb{1536, 12, 8, 0, 16, Replacement::kLru};
  WalkCacheParams walk_cache;
  WalkerParams walker;

  static constexpr auto fields() {
    return std::make_tuple(
        knob("format", "page-table format", &MmuParams::format),
        choice("ad_update", "who sets accessed and dirty bits (x86: hardware only)",
               &MmuParams::ad_update, kAdNames),
        choice("mode",
               "what translation costs: all of it; a first-level hit each time; nothing. Page "
               "faults are taken in any case",
               &MmuParams::mode, kModeNames),
        group("itlb", "first level, instructions", &MmuParams::itlb),
        group("dtlb", "first level, data", &MmuParams::dtlb),
        group("stlb", "second level, unified", &MmuParams::stlb),
        group("walk_cache", "page-walk caches", &MmuParams::walk_cache),
        group("walker", "page-table walkers", &MmuParams::walker));
  }
};

}  // namespace mmu
