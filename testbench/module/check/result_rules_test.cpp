// Figures that do not add up, one after the other.
#include "sim/platform/result_rules.hpp"

#include <gtest/gtest.h>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

/// Two loads: one hits the DTLB, one walks with a single read.
RunResult sound() {
  RunResult r;
  r.cpu.accesses = r.cpu.loads = 2;
  r.dtlb.accesses = 2;
  r.dtlb.hits = r.dtlb.misses = r.dtlb.sent = 1;
  r.stlb.accesses = r.stlb.misses = r.stlb.sent = 1;
  r.walker.walks = r.walker.reads = r.walker.cache_misses = 1;
  r.walker_detail.reads[0][0] = 1;
  r.cpu.cycles = 30;
  at(r.cycle_stack, Part::kIssue) = 30;
  r.cpu.latency_cycles = 40;
  at(r.latency_stack, Part::kL1Tlb) = 40;
  r.walker.walk_cycles = 7;
  const TranslationCost cost{0, 1, 1, 1, 0, 7};
  r.miss_classes = {MissClassStats{}, MissClassStats{1, 0, 0, 0}, MissClassStats{},
                    MissClassStats{0, 1, 0, 0}};
  r.attribution.top = {{0x400, cost}};
  r.attribution.areas = {{0x1000, 0x2000, "rw-p", "", cost}};
  return r;
}

TEST(ResultRules, SoundFiguresPass) { EXPECT_NO_THROW(check_sums(sound())); }

TEST(ResultRules, EachSumIsLookedAt) {
  void (*const breaks[])(RunResult&) = {
      [](RunResult& r) { ++r.dtlb.hits; },
      [](RunResult& r) { ++r.stlb.merged; },
      [](RunResult& r) { ++r.l2_itlb.merged; },
      [](RunResult& r) { ++r.itlb.sent; },
      [](RunResult& r) { ++r.cpu.stores; },
      [](RunResult& r) { ++r.cpu.accesses, ++r.cpu.loads; },
      [](RunResult& r) { ++r.walker.walks; },
      [](RunResult& r) { ++r.walker.reads; },
      [](RunResult& r) { ++r.cpu.cycles; },
      [](RunResult& r) { ++r.cpu.latency_cycles; },
      [](RunResult& r) { ++r.walker.walk_cycles; },
      [](RunResult& r) { ++(*r.miss_classes)[0].fence; },
      [](RunResult& r) { ++(*r.miss_classes)[1].conflict; },
      [](RunResult& r) { --(*r.miss_classes)[3].capacity; },
      [](RunResult& r) { ++(*r.miss_classes)[2].cold; },
      [](RunResult& r) { ++(*r.miss_classes)[4].cold; },
      [](RunResult& r) { ++(*r.miss_classes)[5].cold; },
      [](RunResult& r) { ++r.attribution.others.itlb_misses; },
      [](RunResult& r) { ++r.attribution.others.dtlb_misses; },
      [](RunResult& r) { ++r.attribution.top[0].cost.stlb_misses; },
      [](RunResult& r) { ++r.attribution.areas[0].cost.stlb_misses; },
      [](RunResult& r) { ++r.attribution.areas[0].cost.l2_itlb_misses; },
      [](RunResult& r) { ++r.attribution.top[0].cost.level3_misses; },
      [](RunResult& r) { ++r.attribution.areas[0].cost.level4_misses; },
      [](RunResult& r) { ++r.attribution.areas[0].cost.walks; },
      [](RunResult& r) { ++r.attribution.areas[0].cost.itlb_walk_cycles; },
  };
  for (const auto& spoil : breaks) {
    RunResult r = sound();
    spoil(r);
    EXPECT_THROW(check_sums(r), ModelError) << "figure " << &spoil - breaks;
  }
}

}  // namespace
}  // namespace mmu
