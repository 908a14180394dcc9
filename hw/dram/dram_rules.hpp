// The rule book as a table: after command `first`, `then` may follow in the same `scope` no sooner
// than `clocks` later. The window of four activates is the one rule that is no such pair.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/dram/dram_controller_params.hpp"

namespace mmu {

enum class DramCommandKind : std::uint8_t {
  kActivate,
  kPrecharge,
  kRead,
  kWrite,
  kRefresh,
  kPrechargeAll
};
inline constexpr std::size_t kDramCommandKinds = 6;
enum class DramScope : std::uint8_t { kBank, kBankGroup, kRank, kOtherRanks };

struct DramRule {
  DramCommandKind first, then;
  DramScope scope;
  std::uint32_t clocks;
};

/// DDR4, JESD79-4. DDR5 or LPDDR5 would be another such function.
std::vector<DramRule> ddr4_rules(const DramControllerParams& t);

}  // namespace mmu
