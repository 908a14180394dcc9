// Miss classes in whole machines; what each class is, case by case: testbench/unit/mmu.
#include <gtest/gtest.h>

#include "sim/platform/simulate.hpp"
#include "testbench/support/random_machine.hpp"
#include "testbench/support/random_program.hpp"
#include "testbench/system/laws/accounting_laws.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t kRecords = 1500;

RunResult run(const MachineParams& machine, std::uint64_t seed, bool classify) {
  RunOptions options;
  RandomSource random(seed);
  for (std::uint64_t cycle = 1; seed % 2 == 0 && options.fences.size() < 100;) {
    cycle += random.between(1, 500);
    options.fences.push_back({cycle, random_fence(random, seed)});
  }
  options.miss_classes = classify;
  options.check = classify;  // adds the classes up
  RandomProgram program(seed, kRecords);
  return simulate(machine, program, options);
}
RunResult classified(const MachineParams& machine, std::uint64_t seed) {
  return run(machine, seed, true);
}

TEST(MissClasses, SumToTheMissesAndChangeNothingElse) {
  MissClassStats all;
  std::array<std::uint64_t, kTlbs> of{};
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const MachineParams machine = random_machine(seed);
    const RunResult with = classified(machine, seed);
    ASSERT_EQ(with.outcome, Outcome::kDone) << with.message;
    ASSERT_TRUE(with.miss_classes);
    EXPECT_EQ(broken_laws(machine, with), "") << "machine " << seed;
    for (unsigned i = 0; i < kTlbs; ++i) {
      const MissClassStats& tlb = (*with.miss_classes)[i];
      of[i] += tlb.sum();
      all.cold += tlb.cold;
      all.capacity += tlb.capacity;
      all.conflict += tlb.conflict;
      all.fence += tlb.fence;
    }
    const RunResult without = run(machine, seed, false);
    EXPECT_FALSE(without.miss_classes);
    EXPECT_EQ(with.cpu.cycles, without.cpu.cycles) << "machine " << seed;
    EXPECT_EQ(with.dtlb.hits, without.dtlb.hits);
    EXPECT_EQ(with.cycle_stack, without.cycle_stack);
  }
  for (const std::uint64_t count : {all.cold, all.capacity, all.conflict, all.fence}) {
    EXPECT_GT(count, 1000u);
  }
  for (unsigned i = 0; i < kTlbs; ++i) EXPECT_GT(of[i], 100u) << kTlbNames[i];
}

// The twin is such an array: what it hits, this one hits.
TEST(MissClasses, AFullyAssociativeLruTlbHasNoConflicts) {
  std::uint64_t capacity = 0;
  std::uint64_t with_sectors = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    MachineParams machine = random_machine(seed);
    MmuParams& mmu = machine.mmu;
    for (TlbParams* tlb :
         {&mmu.itlb, &mmu.dtlb, &mmu.l2_itlb, &mmu.stlb, &mmu.level3, &mmu.level4}) {
      tlb->ways = tlb->large_page_ways = 0;
      tlb->replacement = Replacement::kLru;
      tlb->page_sizes = "all";
      tlb->large.entries = tlb->huge.entries = 0;
      if (tlb->entries != 0 && tlb->sector_pages > 1) ++with_sectors;
    }
    mmu.prefetch.kind = PrefetchParams::Kind::kOff;  // what it displaces is a conflict
    const RunResult result = classified(machine, seed);
    ASSERT_EQ(result.outcome, Outcome::kDone) << result.message;
    for (const MissClassStats& tlb : *result.miss_classes) {
      EXPECT_EQ(tlb.conflict, 0u) << "machine " << seed;
      capacity += tlb.capacity;
    }
  }
  EXPECT_GT(capacity, 1000u);
  EXPECT_GT(with_sectors, 50u);
}

}  // namespace
}  // namespace mmu::test
