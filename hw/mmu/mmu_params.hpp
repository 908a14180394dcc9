// The knobs of translation. Ranges are checked where a machine is read (sim/presets) and shapes
// that depend on each other in the constructors.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>

#include "hw/arch/walk.hpp"
#include "hw/common/fields.hpp"
#include "hw/common/replacement.hpp"
#include "hw/mmu/fence_params.hpp"
#include "hw/mmu/prefetch_params.hpp"
#include "hw/mmu/tlb_params.hpp"
#include "hw/mmu/walk_params.hpp"

namespace mmu {

struct MmuParams {
  enum class Mode : std::uint8_t { kNormal, kPerfectTlb, kNoTranslation };
  static constexpr std::string_view kModeNames[] = {"normal", "perfect-tlb", "no-translation"};
  static constexpr std::string_view kAdNames[] = {"hardware", "fault"};
  enum class FirstLevel : std::uint8_t { kSplit, kUnified };
  static constexpr std::string_view kFirstLevelNames[] = {"split", "unified"};
  enum class SecondLevel : std::uint8_t { kUnified, kSplit };
  static constexpr std::string_view kSecondLevelNames[] = {"unified", "split"};

  std::string format = "x86-64-4level";
  AdUpdate ad_update = AdUpdate::kHardware;
  Mode mode = Mode::kNormal;
  FirstLevel first_level = FirstLevel::kSplit;
  SecondLevel second_level = SecondLevel::kUnified;
  std::uint32_t asid_bits = 16;
  TlbParams itlb;
  TlbParams dtlb;
  TlbParams l2_itlb{0, 0, 8, 0, 16, Replacement::kLru};
  TlbParams stlb{1536, 12, 8, 0, 16, Replacement::kLru};
  TlbParams level3{0, 0, 20, 0, 16, Replacement::kLru};
  TlbParams level4{0, 0, 40, 0, 16, Replacement::kLru};
  Inclusion l2_itlb_inclusion = Inclusion::kNeither;
  Inclusion stlb_inclusion = Inclusion::kNeither;
  Inclusion level3_inclusion = Inclusion::kNeither;
  Inclusion level4_inclusion = Inclusion::kNeither;
  WalkCacheParams walk_cache;
  WalkerParams walker;
  std::uint32_t line_bytes = 64;  ///< of the caches that serve the walkers; no knob of its own
  PrefetchParams prefetch;
  FenceParams fence;

  bool splits_second_level() const { return second_level == SecondLevel::kSplit; }

  static constexpr auto fields() {
    return std::make_tuple(
        knob("format", "page-table format", &MmuParams::format),
        choice("ad_update", "who sets accessed and dirty bits (x86: hardware only)",
               &MmuParams::ad_update, kAdNames),
        choice("mode",
               "what translation costs: all of it; a first-level hit each time; nothing. Page "
               "faults are taken in any case",
               &MmuParams::mode, kModeNames),
        choice("first_level",
               "one TLB each for fetches and data; or one for both, which is the dtlb",
               &MmuParams::first_level, kFirstLevelNames),
        choice(
            "second_level",
            "one TLB for fetches and data, the stlb; or one each, the l2_itlb for fetches and the "
            "stlb for data (needs a split first level)",
            &MmuParams::second_level, kSecondLevelNames),
        knob("asid_bits", "bits",
             "of the ASIDs (PCIDs) that TLBs and walk caches hold; the format has at most 16, Sv32 "
             "9, x86-64 12. 0: none, and a switch of address spaces removes what is not global",
             &MmuParams::asid_bits, 0, 16),
        group("itlb", "first level, instructions", &MmuParams::itlb),
        group("dtlb", "first level, data", &MmuParams::dtlb),
        group("l2_itlb", "second level, instructions, if it is split", &MmuParams::l2_itlb),
        choice("l2_itlb.inclusion", "of the itlb, as of the stlb", &MmuParams::l2_itlb_inclusion,
               kInclusionNames),
        group("stlb", "second level, unified; or data alone, if it is split", &MmuParams::stlb),
        choice("stlb.inclusion",
               "inclusive: what it gives up leaves the first level too. exclusive: it holds what "
               "the first level has given up, which leaves it with a hit",
               &MmuParams::stlb_inclusion, kInclusionNames),
        group("level3", "third level, behind the second; without entries there is none",
              &MmuParams::level3),
        choice("level3.inclusion", "of all levels before it; exclusive: of the second",
               &MmuParams::level3_inclusion, kInclusionNames),
        group("level4", "fourth level, behind the third", &MmuParams::level4),
        choice("level4.inclusion", "of all levels before it; exclusive: of the third",
               &MmuParams::level4_inclusion, kInclusionNames),
        group("walk_cache", "page-walk caches", &MmuParams::walk_cache),
        group("walker", "page-table walkers", &MmuParams::walker),
        group("prefetch", "translations ahead of use", &MmuParams::prefetch),
        group("fence", "how fences are carried out", &MmuParams::fence));
  }
};

}  // namespace mmu
