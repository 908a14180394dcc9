// The reference by itself over random machines and programs: what must hold whatever the cycles.
#include <gtest/gtest.h>

#include <numeric>

#include "testbench/reference/reference.hpp"
#include "testbench/support/random_machine.hpp"
#include "testbench/support/random_program.hpp"

namespace mmu::reference {
namespace {

std::uint64_t sum(const Stack& stack) {
  return std::accumulate(stack.begin(), stack.end(), std::uint64_t{0});
}

Options random_options(std::uint64_t seed) {
  test::RandomSource random(seed);
  Options options;
  Cycle at = 0;
  for (int i = 0; i < 50; ++i) {
    at += random.between(1, 3000);
    options.fences.push_back({at, test::random_fence(random, seed)});
  }
  return options;
}

void expect_adds_up(const TlbStats& tlb) {
  EXPECT_EQ(tlb.hits + tlb.misses, tlb.accesses);
  EXPECT_EQ(tlb.merged + tlb.sent, tlb.misses);
}

void expect_adds_up(const CacheStats& cache) {
  EXPECT_EQ(cache.hits + cache.misses, cache.accesses);
}

TEST(ReferenceOnRandomMachines, CountersAndStacksAddUp) {
  std::uint64_t faults = 0, squashed = 0, retries = 0, updates = 0, fenced = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    const MachineParams machine = test::random_machine(seed);
    test::RandomProgram program(seed, 1000);
    const Result r = simulate(machine, program, random_options(seed));
    EXPECT_EQ(r.completions.size(), r.cpu.accesses);
    EXPECT_EQ(sum(r.latency_stack), r.cpu.latency_cycles);
    EXPECT_EQ(sum(r.cycle_stack), r.cycles);
    for (const TlbStats* tlb : {&r.itlb, &r.dtlb, &r.l2_itlb, &r.stlb, &r.level3, &r.level4})
      expect_adds_up(*tlb);
    for (const CacheStats* cache : {&r.l1i, &r.l1d, &r.l2, &r.llc}) expect_adds_up(*cache);
    EXPECT_EQ(r.itlb.accesses + r.dtlb.accesses, r.cpu.accesses);
    const TlbStats& last = machine.mmu.level4.entries != 0   ? r.level4
                           : machine.mmu.level3.entries != 0 ? r.level3
                                                             : r.stlb;
    // Prefetches are walks too; one that was asked for while it was under way or in the buffer has
    // spared another.
    const bool buffer = machine.mmu.prefetch.target == PrefetchParams::Target::kBuffer;
    const bool split = machine.mmu.splits_second_level() && machine.mmu.level3.entries == 0;
    const std::uint64_t of_fetches = split ? r.l2_itlb.sent + r.l2_itlb.replays_sent : 0;
    EXPECT_EQ(last.sent + last.replays_sent + of_fetches + r.prefetch.walks,
              r.walker.walks + r.prefetch.late + (buffer ? r.prefetch.hits : 0));
    EXPECT_EQ(r.os.page_faults, r.cpu.page_faults);
    EXPECT_EQ(r.os.failed_here, 0U);
    faults += r.cpu.page_faults;
    squashed += r.cpu.squashed;
    retries += r.walker.update_retries;
    updates += r.walker.updates;
    fenced += r.dtlb.fenced;
  }
  EXPECT_GT(faults, 0U);
  EXPECT_GT(squashed, 0U);
  EXPECT_GT(updates, 0U);
  EXPECT_GT(retries, 0U);
  EXPECT_GT(fenced, 0U);
}

TEST(ReferenceOnRandomMachines, TheMapDoesNotDependOnTheMachine) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    MachineParams machine = test::random_machine(seed);
    test::RandomProgram program(seed, 1000);
    const Result r = simulate(machine, program, {});
    machine.cpu.window = machine.cpu.window == 1 ? 16 : 1;
    machine.mmu.dtlb.miss_slots = 1;
    test::RandomProgram again(seed, 1000);
    const Result other = simulate(machine, again, {});
    EXPECT_EQ(r.map_hash, other.map_hash);
    EXPECT_NE(r.cycles, other.cycles);
  }
}

}  // namespace
}  // namespace mmu::reference
