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
#include "hw/mmu/walk_params.hpp"

namespace mmu {

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
