// The knobs of the traffic generator.
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>

#include "hw/common/fields.hpp"

namespace mmu {

struct CpuParams {
  enum class Dependence : std::uint8_t { kTrace, kNone, kSerial };
  static constexpr std::string_view kDependenceNames[] = {"trace", "none", "serial"};

  std::uint32_t issue_width = 4;
  std::uint32_t window = 64;
  std::uint32_t fetch_block_bytes = 64;
  Dependence dependence = Dependence::kTrace;

  static constexpr auto fields() {
    return std::make_tuple(
        knob("issue_width", "instructions", "that issue in a cycle, with their accesses",
             &CpuParams::issue_width, 1, 64),
        knob("window", "accesses", "issued and not retired; 1: blocking", &CpuParams::window, 1,
             4096),
        knob("fetch_block_bytes", "bytes",
             "fetches in one block are one access; a power of two, at most the L1I line",
             &CpuParams::fetch_block_bytes, 4, 4096),
        choice("dependence",
               "trace: as recorded; none; serial: each data access waits for the one before",
               &CpuParams::dependence, kDependenceNames));
  }
};

}  // namespace mmu
