// The knobs of fences: how exactly they are carried out, and how long that takes.
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>

#include "hw/arch/software_interface.hpp"
#include "hw/common/fields.hpp"

namespace mmu {

struct FenceParams {
  /// Removing more than a fence covers is always legal (RISC-V privileged specification,
  /// "Supervisor Memory-Management Fence Instruction"), and simple cores do so.
  enum class Precision : std::uint8_t { kExact, kAsid, kAll };
  static constexpr std::string_view kPrecisionNames[] = {"exact", "asid", "all"};

  Precision precision = Precision::kExact;
  std::uint32_t latency_cycles = 0;

  /// What hardware removes for a fence of `asked`. With its address a fence loses leaf_only too: it
  /// is carried out as the one without an address.
  FenceScope carried_out(const FenceScope& asked) const {
    if (precision == Precision::kAll) return {};
    if (precision == Precision::kExact || !asked.va) return asked;
    return {asked.asid, {}, false};
  }

  static constexpr auto fields() {
    return std::make_tuple(
        choice(
            "precision",
            "what a fence removes: what it covers; if it has an address, all of its ASID (without "
            "one, everything); or everything each time",
            &FenceParams::precision, kPrecisionNames),
        knob("latency_cycles", "cycles",
             "one fence: look-ups in the TLBs wait, fences in one cycle follow each other",
             &FenceParams::latency_cycles, 0, 100'000));
  }
};

}  // namespace mmu
