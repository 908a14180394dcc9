// Who is made to pay for misses and walks. That the sums over everybody are the counters is a law
// of every run (testbench/system/laws); here, that each goes to the right one.
#include <gtest/gtest.h>

#include "testbench/support/checked_run.hpp"
#include "testbench/support/vector_trace.hpp"
#include "testbench/system/knobs/knob_case.hpp"

namespace mmu::test {
namespace {

// Every access walks: nothing holds a translation but one entry for another page.
const std::string kNoTlb = "mmu.itlb.entries=1 mmu.stlb.entries=0";
constexpr std::uint64_t kWalk3 = 3 * (5 + 2) + 1;  ///< Sv39: three reads that hit the L2
constexpr std::uint64_t kCode = kX + (16ULL << 20), kMoreCode = kCode + 2 * kPage;

RunResult run_with(const std::string& with, const Program& program) {
  return run({"mmu.dtlb.entries", with, program, last_step, "1", 0, "1", 0}, "1").result;
}

TranslationCost of(const Attribution& attribution, std::uint64_t pc) {
  for (const InstructionCost& row : attribution.top) {
    if (row.pc == pc) return row.cost;
  }
  return {};
}

std::vector<std::uint64_t> numbers(const TranslationCost& cost) {
  return {cost.itlb_misses, cost.dtlb_misses,      cost.stlb_misses,
          cost.walks,       cost.itlb_walk_cycles, cost.dtlb_walk_cycles};
}

/// What `after` has more than `before`.
std::vector<std::uint64_t> more(const TranslationCost& before, const TranslationCost& after) {
  std::vector<std::uint64_t> difference = numbers(after);
  for (std::size_t i = 0; i < difference.size(); ++i) difference[i] -= numbers(before)[i];
  return difference;
}

/// An instruction at `pc` that loads from `address`.
Program& instruction(Program& program, std::uint64_t pc, std::uint64_t address) {
  program.now(AccessKind::kFetch).step({pc});
  return program.now(AccessKind::kLoad).step({address});
}

TEST(Attribution, EachMissAndWalkIsBookedOnItsInstruction) {
  Program program;
  instruction(program, kCode, kX);
  instruction(program, kMoreCode, kY);
  instruction(program, kCode, kX);
  const Attribution before = run_with(kNoTlb, program).attribution;
  const Attribution after = run_with(kNoTlb, instruction(program, kMoreCode, kY)).attribution;
  // Its own fetch and its load: each misses both levels and walks.
  EXPECT_EQ(more(of(before, kMoreCode), of(after, kMoreCode)),
            (std::vector<std::uint64_t>{1, 1, 2, 2, kWalk3, kWalk3}));
  EXPECT_EQ(numbers(of(before, kCode)), numbers(of(after, kCode)));
  EXPECT_EQ(after.top.size(), 2u);
  EXPECT_TRUE(after.knows_instructions());
}

TEST(Attribution, AllAccessesOfAnInstructionAreItsOwnAndAMergedMissIsTheOneThatMerged) {
  Program program;
  instruction(program, kCode, kX);
  instruction(program, kMoreCode, kY);
  program.now(AccessKind::kFetch).step({kCode});
  const Attribution before = run_with(kNoTlb, program).attribution;
  // Two loads of one page at once: the second waits for the walk of the first.
  program.now(AccessKind::kLoad).step({kX, kX + 8});
  const Attribution after = run_with(kNoTlb, program).attribution;
  EXPECT_EQ(more(of(before, kCode), of(after, kCode)),
            (std::vector<std::uint64_t>{0, 2, 1, 1, 0, kWalk3}));
}

TEST(Attribution, EachMissAndWalkIsBookedOnTheAreaOfItsAddress) {
  Program program;
  instruction(program, kCode, kX);
  instruction(program, kMoreCode, kY);
  const Attribution before = run_with(kNoTlb, program).attribution;
  const Attribution after = run_with(kNoTlb, instruction(program, kCode, kX)).attribution;
  ASSERT_EQ(after.areas.size(), 2u);
  const AreaCost& data = after.areas[0];
  EXPECT_TRUE(data.start <= kX && kX < data.end && data.end <= kCode);
  EXPECT_EQ(data.rights, "rwxp");
  EXPECT_EQ(data.name, "[image]");
  EXPECT_EQ(more(before.areas[0].cost, data.cost),
            (std::vector<std::uint64_t>{0, 1, 1, 1, 0, kWalk3}));
  EXPECT_EQ(more(before.areas[1].cost, after.areas[1].cost),
            (std::vector<std::uint64_t>{1, 0, 1, 1, kWalk3, 0}));
}

constexpr std::uint64_t kMapped = kX + (64ULL << 20);

OsEvent protect(std::uint64_t at, std::uint64_t bytes, std::uint64_t rights) {
  OsEvent event;
  event.type = OsEventType::kMprotect;
  event.args[0] = at;
  event.args[1] = bytes;
  event.args[2] = rights;
  return event;
}

/// As "start pages rights DTLB misses", of anonymous areas.
std::string areas_of(const Program& program, const TraceHeader& header) {
  MachineParams machine =
      machine_of({"mmu.dtlb.entries", kNoTlb, program, last_step, "1", 0, "1", 0}, "1");
  VectorTrace trace(program.block(), header);
  const RunResult result = simulate_checked(machine, trace);
  EXPECT_EQ(result.outcome, Outcome::kDone) << result.message;
  std::string text;
  for (const AreaCost& area : result.attribution.areas) {
    if (!area.name.empty()) continue;
    text += std::to_string((area.start - kMapped) / kPage) + "+" +
            std::to_string((area.end - area.start) / kPage) + " " + area.rights + " " +
            std::to_string(area.cost.dtlb_misses) + "; ";
  }
  return text;
}

/// The areas of a program that touches kX only: what else it touches it maps itself.
TraceHeader small_header() { return Program().step({kX}).header(); }

TEST(Attribution, AnAreaThatGrowsAtEitherEndIsOneRow) {
  Program program;
  program.step_after(map(kMapped + 4 * kPage, 2 * kPage), {kMapped + 4 * kPage});
  program.step_after(map(kMapped + 6 * kPage, kPage), {kMapped + 6 * kPage});
  program.step_after(map(kMapped + 2 * kPage, 2 * kPage), {kMapped + 2 * kPage});
  EXPECT_EQ(areas_of(program, small_header()), "2+5 rw-p 3; ");
}

TEST(Attribution, AnAreaIsWhatItWasAtTheAccess) {
  // Three misses while it is writable; then two on what has become read-only in its middle, and one
  // on what has stayed as it was behind it.
  Program program;
  program.step_after(map(kMapped, 6 * kPage), {kMapped});
  program.step({kMapped + kPage}).step({kMapped + 5 * kPage});
  program.step_after(protect(kMapped + kPage, 2 * kPage, linux_abi::kProtRead), {kMapped + kPage});
  program.step({kMapped + 2 * kPage}).step({kMapped + 5 * kPage});
  EXPECT_EQ(areas_of(program, small_header()), "0+6 rw-p 4; 1+2 r--p 2; ");
}

TEST(Attribution, AreasThatNeverOverlapAreRowsOfTheirOwn) {
  Program program;
  program.step_after(map(kMapped, kPage), {kMapped});
  program.step_after(map(kMapped + 4 * kPage, kPage), {kMapped + 4 * kPage});
  EXPECT_EQ(areas_of(program, small_header()), "0+1 rw-p 1; 4+1 rw-p 1; ");
}

TEST(Attribution, WhatIsTouchedBeforeThereIsAnAreaLiesInNone) {
  MachineParams machine =
      machine_of({"mmu.dtlb.entries", "", Program(), last_step, "1", 0, "1", 0}, "1");
  const Program program = chain({kX, kX + 8});
  VectorTrace trace(program.block(), {});
  RunOptions options;
  options.map_on_touch = true;
  const Attribution attribution = simulate_checked(machine, trace, options).attribution;
  // The miss, and the walk that finds nothing; then the area is there, and a second walk.
  ASSERT_EQ(attribution.areas.size(), 2u);
  EXPECT_EQ(attribution.areas[0].name, "[no area]");
  EXPECT_EQ(attribution.areas[0].cost.dtlb_misses, 1u);
  EXPECT_EQ(attribution.areas[0].cost.walks, 1u);
  EXPECT_EQ(attribution.areas[1].name, "[touched]");
  EXPECT_EQ(attribution.areas[1].cost.dtlb_misses, 0u);
  EXPECT_EQ(attribution.areas[1].cost.walks, 1u);
}

TEST(Attribution, WithoutFetchRecordsNoInstructionIsKnown) {
  const Attribution attribution = run_with(kNoTlb, chain({kX, kY})).attribution;
  EXPECT_FALSE(attribution.knows_instructions());
  ASSERT_EQ(attribution.top.size(), 1u);
  EXPECT_EQ(attribution.top[0].pc, InstructionCost::kUnknown);
  EXPECT_EQ(attribution.top[0].cost.dtlb_misses, 2u);
}

TEST(Attribution, TheHundredCostliestAreNamedAndTheOthersAreAddedUp) {
  // 120 instructions load from a page of their own; those in pages 50 to 53 do so twice.
  Program program;
  for (std::uint64_t i = 0; i < 120; ++i) {
    for (std::uint64_t times = i >= 50 && i < 54 ? 2 : 1; times-- > 0;) {
      instruction(program, kCode + 16 * i, kX + i * kPage);
      program.step({kX + 200 * kPage});
    }
  }
  const RunResult result = run_with(kNoTlb, program);
  const Attribution& all = result.attribution;
  ASSERT_EQ(all.top.size(), Attribution::kTop);
  EXPECT_EQ(all.other_instructions, 20u);
  for (std::size_t i = 1; i < all.top.size(); ++i) {
    EXPECT_FALSE(costs_more(all.top[i].cost, all.top[i - 1].cost)) << i;
  }
  for (std::uint64_t i = 50; i < 54; ++i) EXPECT_GT(of(all, kCode + 16 * i).dtlb_misses, 2u);
  EXPECT_EQ(numbers(all.sum_of_instructions()), numbers(all.sum_of_areas()));
  EXPECT_EQ(all.sum_of_areas().dtlb_misses, result.dtlb.misses);
}

TEST(Attribution, NothingMissesWhereEveryLookUpHits) {
  const Attribution attribution = run_with("mmu.mode=perfect-tlb", chain({kX, kY, kX})).attribution;
  EXPECT_TRUE(attribution.top.empty());
  EXPECT_TRUE(attribution.areas.empty());
}

}  // namespace
}  // namespace mmu::test
