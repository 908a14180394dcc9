// Errors of time and of counting that widely used simulators have, each seen in one; and that this
// one has not. The others are in mapping_test.cpp, pte_reads_test.cpp and spaces_test.cpp.
#include <gtest/gtest.h>

#include "sim/platform/result_rules.hpp"
#include "testbench/support/checked_run.hpp"
#include "testbench/support/vector_trace.hpp"
#include "testbench/system/knobs/knob_case.hpp"
#include "testbench/system/laws/accounting_laws.hpp"

namespace mmu::test {
namespace {

// Every access walks: nothing holds a translation but one entry for another page.
const std::string kNoTlb = "mmu.itlb.entries=1 mmu.dtlb.entries=1 mmu.stlb.entries=0 ";
const std::string kManySlots =
    "mmu.dtlb.miss_slots=16 mmu.stlb.miss_slots=16 mmu.walker.queue_entries=16 ";
constexpr std::uint64_t kWalk3 = 3 * (5 + 2) + 1;  ///< Sv39: three reads that hit the L2

/// One run with `path` = value; see machine_of() for the latencies.
KnobRun run_with(const std::string& with, const Program& program, const std::string& path,
                 const std::string& value) {
  return run({path, with, program, last_step, value, 0, value, 0}, value);
}
std::uint64_t takes(const std::string& with, const Program& program, const std::string& path,
                    const std::string& value) {
  return last_step(run_with(with, program, path, value));
}

/// A burst of misses to `pages` pages that were all touched before, at once.
Program burst(std::uint64_t pages) {
  Program program;
  std::vector<std::uint64_t> all;
  for (std::uint64_t page = 0; page <= pages; ++page) {
    all.push_back(kX + page * (kPage + kLine));  // lines of different sets of the L1D
    program.step({all.back()});
  }
  all.pop_back();  // the last is the one that the TLB knows
  return program.step(all);
}

TEST(ErrorsOfOthers, TheNumberOfWalkersBindsABurstOfMissesTakesTheClosedForm) {
  constexpr std::uint64_t kMisses = 16;
  for (const std::uint64_t walkers : {1u, 2u, 4u, 8u}) {
    const std::uint64_t rounds = kMisses / walkers;
    // TLB 1; the rounds, each beginning in the cycle after the one before; data 4.
    EXPECT_EQ(
        takes(kNoTlb + kManySlots, burst(kMisses), "mmu.walker.count", std::to_string(walkers)),
        1 + rounds * kWalk3 + (rounds - 1) + 4)
        << walkers << " walkers";
  }
}

TEST(ErrorsOfOthers, TheMissSlotsAheadOfTheWalkersBind) {
  const std::string with = kNoTlb + kManySlots + "mmu.walker.count=4 ";
  EXPECT_EQ(takes(with, burst(4), "mmu.stlb.miss_slots", "4"), 1 + kWalk3 + 4);
  EXPECT_EQ(takes(with, burst(4), "mmu.stlb.miss_slots", "2"), 1 + kWalk3 + 1 + kWalk3 + 4);
}

// A run of 4 accesses touches each page once and then hits. Of the first two there is no trace.
TEST(ErrorsOfOthers, WarmUpIsExcludedExactly) {
  const Program program = Program().step({kX}, 1).step({kY}, 1).step({kX}, 1).step({kY}, 1);
  const MachineParams machine = machine_of({"seed", "", program, last_step, "1", 0, "1", 0}, "1");
  VectorTrace trace(program.block(), program.header());
  std::vector<std::uint64_t> completions;
  RunOptions options;
  options.warmup_instructions = 2;
  options.observe = [&](std::uint64_t, std::uint64_t cycle) { completions.push_back(cycle); };
  const RunResult result = simulate_checked(machine, trace, options);
  check_sums(result);
  EXPECT_EQ(result.dtlb.accesses, 2u);
  EXPECT_EQ(result.dtlb.hits, 2u);
  EXPECT_EQ(result.dtlb.fills + result.stlb.accesses + result.walker.walks, 0u);
  EXPECT_EQ(result.l1d.accesses, 2u);
  EXPECT_EQ(result.l1d.hits, 2u);
  EXPECT_EQ(result.l2.accesses + result.dram.reads, 0u);
  EXPECT_EQ(result.cpu.page_faults + result.os.page_faults, 0u);
  EXPECT_EQ(result.cpu.instructions, 2u);
  // Issued in cycle 1: DTLB 1, data 4; the second after the system call between them, which costs
  // nothing.
  EXPECT_EQ(completions, (std::vector<std::uint64_t>{1 + 1 + 4, 6 + 1 + 4}));
  EXPECT_EQ(result.cpu.cycles, 11u);
}

TEST(ErrorsOfOthers, AHitInTheSecondLevelCostsBothLevels) {
  const Program back = chain({kX, kY, kX});
  EXPECT_EQ(takes("mmu.dtlb.entries=1", back, "mmu.stlb.latency_cycles", "9"), 1 + 9 + 4);
  EXPECT_EQ(takes("mmu.dtlb.entries=1", back, "mmu.dtlb.latency_cycles", "2"), 2 + 3 + 4);
}

TEST(ErrorsOfOthers, WithoutAWalkCacheEveryLevelIsReadAndPaid) {
  const struct {
    const char* format;
    std::uint64_t levels;
  } formats[] = {{"sv39", 3}, {"sv48", 4}, {"sv57", 5}, {"x86-64-4level", 4}, {"x86-64-5level", 5}};
  for (const auto& [format, levels] : formats) {
    const KnobRun three = run_with(kNoTlb, chain({kX, kY, kX}), "mmu.format", format);
    const KnobRun four = run_with(kNoTlb, chain({kX, kY, kX, kY}), "mmu.format", format);
    EXPECT_EQ(four.result.walker.reads - three.result.walker.reads, levels) << format;
    EXPECT_EQ(last_step(four), 1 + levels * (5 + 2) + 1 + 4) << format;
  }
}

TEST(ErrorsOfOthers, TheLatencyOfTheWalkCacheIsPaid) {
  const std::string with = kNoTlb + "mmu.walk_cache.level1.entries=4";
  for (const std::uint64_t latency : {0u, 1u, 9u}) {
    EXPECT_EQ(
        takes(with, chain({kX, kY, kX}), "mmu.walk_cache.latency_cycles", std::to_string(latency)),
        1 + latency + (5 + 2) + 1 + 4);
  }
}

TEST(ErrorsOfOthers, SizesNeedNotBePowersOfTwo) {
  const auto pages = [](std::vector<std::uint64_t> numbers) {
    for (std::uint64_t& number : numbers) number = kX + number * kPage;
    return chain(numbers);
  };
  // Three sets of two: pages 0, 3 and 6 share one, 0, 1 and 2 do not.
  const std::string with = "mmu.dtlb.entries=1 mmu.stlb.entries=6";
  EXPECT_EQ(takes(with, pages({0, 1, 2, 0}), "mmu.stlb.ways", "2"), 1 + 3 + 4);
  EXPECT_EQ(takes(with, pages({0, 3, 6, 0}), "mmu.stlb.ways", "2"), 1 + 3 + kWalk3 + 4);
  EXPECT_EQ(
      takes("mmu.dtlb.entries=1 mmu.stlb.ways=12", pages({0, 1, 0}), "mmu.stlb.entries", "1536"),
      1 + 3 + 4);
}

TEST(ErrorsOfOthers, AMissIsCountedOnceAndARefillIsNoHit) {
  // X faults, is mapped, asked for again; then hits.
  const KnobCase c{"mmu.dtlb.entries", "", chain({kX, kX}), last_step, "16", 0, "16", 0};
  const RunResult result = run(c, "16").result;
  EXPECT_EQ(result.dtlb.accesses, 2u);
  EXPECT_EQ(result.dtlb.hits, 1u);
  EXPECT_EQ(result.dtlb.misses, 1u);
  EXPECT_EQ(result.dtlb.replays, 1u);
  EXPECT_EQ(result.stlb.accesses, 1u);
  EXPECT_EQ(result.walker.walks, 2u);  // one that faults, one after
  EXPECT_EQ(broken_laws(machine_of(c, "16"), result), "");
}

TEST(ErrorsOfOthers, InstructionsAndDataTakeTheSameTimeWithTheSameSettings) {
  const std::vector<std::uint64_t> addresses = {kX, kY, kX, kX + kLine, kZ + kLine, kX};
  for (const char* entries : {"1", "2", "16"}) {
    const std::string with = "mmu.itlb.entries=" + std::string(entries);
    const KnobRun data = run_with(with, chain(addresses), "mmu.dtlb.entries", entries);
    const KnobRun code =
        run_with(with, chain(addresses, AccessKind::kFetch), "mmu.dtlb.entries", entries);
    EXPECT_EQ(data.completions, code.completions) << entries;
    EXPECT_EQ(data.result.dtlb.misses, code.result.itlb.misses) << entries;
    EXPECT_EQ(data.result.cpu.cycles, code.result.cpu.cycles) << entries;
  }
}

TEST(ErrorsOfOthers, NothingIsRebuiltForAnotherConfiguration) {
  std::uint64_t before = 0;
  for (const char* format : {"sv39", "x86-64-4level", "x86-64-5level"}) {
    const std::uint64_t cycles = takes(kNoTlb, chain({kX, kY, kX}), "mmu.format", format);
    EXPECT_GT(cycles, before) << format;
    before = cycles;
  }
}

}  // namespace
}  // namespace mmu::test
