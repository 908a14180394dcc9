// What translation costs whom: misses and walks by instruction and by VM area.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "hw/common/fields.hpp"

namespace mmu {

/// Misses and walks of one instruction, or of one area. Each is counted in the moment in which the
/// TLB's or walker's own counter counts it, so sums over all rows are those counters.
struct TranslationCost {
  std::uint64_t itlb_misses = 0, dtlb_misses = 0, stlb_misses = 0, walks = 0;
  std::uint64_t itlb_walk_cycles = 0, dtlb_walk_cycles = 0;
  std::uint64_t l2_itlb_misses = 0, level3_misses = 0, level4_misses = 0;

  std::uint64_t walk_cycles() const { return itlb_walk_cycles + dtlb_walk_cycles; }
  bool is_zero() const {
    return (itlb_misses | dtlb_misses | l2_itlb_misses | stlb_misses | level3_misses |
            level4_misses | walks | walk_cycles()) == 0;
  }
  TranslationCost& operator+=(const TranslationCost& more) {
    itlb_misses += more.itlb_misses;
    dtlb_misses += more.dtlb_misses;
    stlb_misses += more.stlb_misses;
    walks += more.walks;
    itlb_walk_cycles += more.itlb_walk_cycles;
    dtlb_walk_cycles += more.dtlb_walk_cycles;
    l2_itlb_misses += more.l2_itlb_misses;
    level3_misses += more.level3_misses;
    level4_misses += more.level4_misses;
    return *this;
  }

  static constexpr auto fields() {
    using C = TranslationCost;
    return std::make_tuple(
        field("itlb_misses", "requests", "mmu.itlb.misses", &C::itlb_misses),
        field("dtlb_misses", "requests", "mmu.dtlb.misses", &C::dtlb_misses),
        field("l2_itlb_misses", "requests", "mmu.l2_itlb.misses", &C::l2_itlb_misses),
        field("stlb_misses", "requests", "mmu.stlb.misses", &C::stlb_misses),
        field("level3_misses", "requests", "mmu.level3.misses", &C::level3_misses),
        field("level4_misses", "requests", "mmu.level4.misses", &C::level4_misses),
        field("walks", "walks", "mmu.walker.walks", &C::walks),
        field("itlb_walk_cycles", "cycles", "of mmu.walker.walk_cycles, those of fetches",
              &C::itlb_walk_cycles),
        field("dtlb_walk_cycles", "cycles", "of mmu.walker.walk_cycles, those of data",
              &C::dtlb_walk_cycles));
  }
};
static_assert(lists_every_counter<TranslationCost>());

/// Costliest first: walk cycles, then misses of the last level, and so on up to the first.
inline bool costs_more(const TranslationCost& a, const TranslationCost& b) {
  const auto weight = [](const TranslationCost& cost) {
    return std::make_tuple(cost.walk_cycles(), cost.level4_misses, cost.level3_misses,
                           cost.l2_itlb_misses + cost.stlb_misses,
                           cost.itlb_misses + cost.dtlb_misses);
  };
  return weight(a) > weight(b);
}

struct InstructionCost {
  static constexpr std::uint64_t kUnknown = ~std::uint64_t{0};
  std::uint64_t pc = kUnknown;  ///< kUnknown: no fetch record stands before the access
  TranslationCost cost;
  std::size_t process = 0;  ///< number of its trace
};

/// One area while it kept its name and rights, however it grew, shrank or moved in between.
struct AreaCost {
  std::uint64_t start = 0, end = 0;  ///< all that it ever held; both 0: accesses in no area
  std::string rights;                ///< as in /proc/PID/maps: "rw-p"
  std::string name;
  TranslationCost cost;
  std::size_t process = 0;  ///< number of its trace
};

struct Attribution {
  static constexpr std::size_t kTop = 100;
  std::vector<InstructionCost> top;      ///< at most kTop with a miss or a walk, costliest first
  std::uint64_t other_instructions = 0;  ///< how many more there are
  TranslationCost others;                ///< of these, together
  std::vector<AreaCost> areas;           ///< with a miss or a walk, by process and address

  TranslationCost sum_of_instructions() const {
    TranslationCost sum = others;
    for (const InstructionCost& row : top) sum += row.cost;
    return sum;
  }
  TranslationCost sum_of_areas() const {
    TranslationCost sum;
    for (const AreaCost& row : areas) sum += row.cost;
    return sum;
  }
  /// False: the trace has no fetch records (or nothing has missed).
  bool knows_instructions() const {
    return std::any_of(top.begin(), top.end(), [](const InstructionCost& row) {
      return row.pc != InstructionCost::kUnknown;
    });
  }
};

}  // namespace mmu
