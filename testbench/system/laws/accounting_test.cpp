// Everything adds up: over random machines, random programs and fences from outside.
#include <gtest/gtest.h>

#include <vector>

#include "testbench/support/checked_run.hpp"
#include "testbench/support/random_machine.hpp"
#include "testbench/support/random_program.hpp"
#include "testbench/system/laws/accounting_laws.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t kRuns = 80;
constexpr std::uint64_t kRecords = 2000;

RunResult run(std::uint64_t seed) {
  RunOptions options;
  RandomSource random(seed);
  for (std::uint64_t cycle = 1; seed % 2 == 0 && options.fences.size() < 100;) {
    cycle += random.between(1, 500);
    options.fences.push_back({cycle, random_fence(random, seed)});
  }
  RandomProgram program(seed, kRecords);
  return simulate_checked(random_machine(seed), program, options);
}

TEST(Accounting, EveryIdentityHoldsAtEveryLevelOfRandomMachines) {
  std::uint64_t faults = 0, replays_sent = 0, writebacks = 0, squashed = 0, fenced = 0;
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
    const RunResult result = run(seed);
    ASSERT_EQ(result.outcome, Outcome::kDone) << result.message;
    EXPECT_EQ(broken_laws(random_machine(seed), result), "") << "machine " << seed;
    faults += result.cpu.page_faults;
    replays_sent += result.stlb.replays_sent;
    writebacks += result.dram.writes;
    squashed += result.cpu.squashed;
    fenced += result.dtlb.fenced;
  }
  // What the identities are about has happened.
  for (const std::uint64_t count : {faults, replays_sent, writebacks, squashed, fenced}) {
    EXPECT_GT(count, kRuns);
  }
}

TEST(Accounting, WithoutTrapsEveryAccessHasItsDataOnce) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    MachineParams machine = random_machine(seed);
    machine.cpu.window = 1;  // nothing younger is under way when an access faults
    RandomProgram program(seed, kRecords);
    const RunResult r = simulate_checked(machine, program);
    ASSERT_EQ(r.outcome, Outcome::kDone) << r.message;
    EXPECT_EQ(r.cpu.squashed, 0u);
    EXPECT_EQ(r.l1i.accesses, r.cpu.fetches);
    EXPECT_EQ(r.l1d.accesses - r.l1d.pte_accesses, r.cpu.accesses - r.cpu.fetches);
  }
}

/// Spoils one counter after the other: all but those in `free` must be part of an identity.
template <class Stats>
void expect_each_counter_bound(Stats RunResult::*part, const std::string& name,
                               const std::vector<std::string>& free) {
  const MachineParams machine = random_machine(2);
  const RunResult good = run(2);
  for_each_field(good.*part, [&](const auto& field, std::uint64_t) {
    for (const std::string& counter : free) {
      if (counter == field.name) return;
    }
    RunResult bad = good;
    (bad.*part).*(field.member) += std::uint64_t{1} << 40;
    EXPECT_NE(broken_laws(machine, bad), "") << name << "." << field.name;
  });
}

TEST(Accounting, ACounterThatIsWrongBreaksAnIdentity) {
  expect_each_counter_bound(&RunResult::itlb, "itlb", {"faults", "refused", "replays"});
  expect_each_counter_bound(&RunResult::dtlb, "dtlb", {"faults", "refused", "replays"});
  expect_each_counter_bound(&RunResult::stlb, "stlb", {"faults", "refused"});
  expect_each_counter_bound(&RunResult::walker, "walker",
                            {"cache_fenced", "queue_cycles", "reads_refused"});
  expect_each_counter_bound(&RunResult::prefetch, "prefetch", {});
  expect_each_counter_bound(&RunResult::l1d, "l1d", {"writebacks_in", "evictions", "refused"});
  expect_each_counter_bound(&RunResult::l2, "l2", {"evictions", "refused"});
  expect_each_counter_bound(&RunResult::llc, "llc", {"evictions", "refused"});
  expect_each_counter_bound(&RunResult::dram, "dram", {"queued", "refused", "refreshes"});
  expect_each_counter_bound(&RunResult::cpu, "cpu",
                            {"records", "instructions", "line_splits", "squashed"});
}

TEST(Accounting, TheSameInputGivesTheSameCounters) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const RunResult one = run(seed);
    const RunResult two = run(seed);
    const auto same = [&](auto part, const char* name) {
      for_each_field(one.*part, [&](const auto& field, std::uint64_t value) {
        EXPECT_EQ(value, (two.*part).*(field.member)) << name << "." << field.name;
      });
    };
    same(&RunResult::cpu, "cpu");
    same(&RunResult::itlb, "itlb");
    same(&RunResult::dtlb, "dtlb");
    same(&RunResult::stlb, "stlb");
    same(&RunResult::walker, "walker");
    same(&RunResult::prefetch, "prefetch");
    same(&RunResult::l1i, "l1i");
    same(&RunResult::l1d, "l1d");
    same(&RunResult::l2, "l2");
    same(&RunResult::llc, "llc");
    same(&RunResult::dram, "dram");
    EXPECT_EQ(one.walker_detail.reads, two.walker_detail.reads);
    EXPECT_EQ(one.latency_stack, two.latency_stack);
    EXPECT_EQ(one.cycle_stack, two.cycle_stack);
    EXPECT_EQ(one.map_hash, two.map_hash);
    EXPECT_EQ(one.memory_blocks, two.memory_blocks);
    EXPECT_EQ(one.timeline.wakes, two.timeline.wakes);
  }
}

}  // namespace
}  // namespace mmu::test
