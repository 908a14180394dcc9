// Warm-up against time: in a machine that does one access after the other, what is warmed up with
// leaves the same contents, in the same order of use, as what is run; so what follows counts alike.
// And what is skipped leaves the same page tables.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "testbench/support/checked_run.hpp"
#include "testbench/support/random_machine.hpp"
#include "testbench/support/random_program.hpp"
#include "testbench/support/random_software.hpp"
#include "testbench/support/vector_trace.hpp"
#include "testbench/system/knobs/knob_case.hpp"
#include "testbench/system/reference/difference.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kRecords = 4000;
constexpr std::uint64_t kMachines = 80;

/// One access at a time. Prefetches would go on beside the next one.
MachineParams serial_machine(std::uint64_t seed) {
  MachineParams machine = test::random_machine(seed);
  machine.cpu.window = 1;
  machine.mmu.prefetch.kind = PrefetchParams::Kind::kOff;
  return machine;
}

RunResult run(std::uint64_t seed, const MachineParams& machine, RunOptions options) {
  test::RandomProgram program(seed, kRecords);
  if (seed % 3 != 0) {  // switches of ASIDs and of the core's state, by number of trap
    options.around_software = [seed](TrapHandler& software, const TranslationControl& control) {
      return std::make_unique<test::RandomSoftware>(software, control, seed);
    };
  }
  RunResult result = simulate(machine, program, options);
  EXPECT_EQ(result.outcome, Outcome::kDone) << result.message;
  return result;
}

template <class Stats>
Stats difference(const Stats& of, const Stats& less) {
  Stats rest = of;
  for_each_field(of, [&](const auto& field, std::uint64_t value) {
    rest.*(field.member) = value - less.*(field.member);
  });
  return rest;
}

/// `what` of the whole less that of its first part, against that of the rest alone.
template <class Stats>
void compare(std::string& text, const char* name, const RunResult& whole, const RunResult& first,
             const RunResult& rest, Stats RunResult::*what,
             const std::set<std::string_view>& except) {
  test::add_differences(text, name, difference(whole.*what, first.*what), rest.*what, except);
}

std::string differences(const RunResult& whole, const RunResult& first, const RunResult& rest) {
  std::string text;
  const std::set<std::string_view> times = {
      "refused",  "cycles",        "latency_cycles", "queue_cycles", "walk_cycles", "reads_refused",
      "row_hits", "row_conflicts", "row_closed",     "refreshes",    "queued"};
  compare(text, "cpu", whole, first, rest, &RunResult::cpu, times);
  compare(text, "itlb", whole, first, rest, &RunResult::itlb, times);
  compare(text, "dtlb", whole, first, rest, &RunResult::dtlb, times);
  compare(text, "l2_itlb", whole, first, rest, &RunResult::l2_itlb, times);
  compare(text, "stlb", whole, first, rest, &RunResult::stlb, times);
  compare(text, "level3", whole, first, rest, &RunResult::level3, times);
  compare(text, "level4", whole, first, rest, &RunResult::level4, times);
  compare(text, "walker", whole, first, rest, &RunResult::walker, times);
  compare(text, "l1i", whole, first, rest, &RunResult::l1i, times);
  compare(text, "l1d", whole, first, rest, &RunResult::l1d, times);
  compare(text, "l2", whole, first, rest, &RunResult::l2, times);
  compare(text, "llc", whole, first, rest, &RunResult::llc, times);
  compare(text, "dram", whole, first, rest, &RunResult::dram, times);
  test::add_difference(text, "page faults", whole.os.page_faults - first.os.page_faults,
                       rest.os.page_faults);
  test::add_difference(text, "map hash", whole.map_hash, rest.map_hash);
  return text;
}

TEST(WarmUp, LeavesWhatRunningLeaves) {
  for (std::uint64_t seed = 1; seed <= kMachines; ++seed) {
    const MachineParams machine = serial_machine(seed);
    const RunResult whole = run(seed, machine, {});
    RunOptions beginning;
    beginning.instructions = whole.cpu.instructions / 2;
    const RunResult first = run(seed, machine, beginning);
    RunOptions end;
    end.warmup_instructions = beginning.instructions;
    end.check = true;
    const RunResult rest = run(seed, machine, end);
    ASSERT_EQ(rest.warmed_instructions, first.cpu.instructions);
    ASSERT_EQ(rest.records_before, first.cpu.records);
    ASSERT_EQ(differences(whole, first, rest), "") << "seed " << seed;
  }
}

/// Any machine, prefetches and all, goes on from there by the rules.
TEST(WarmUp, AnyMachineGoesOnFromIt) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    RunOptions options;
    const MachineParams machine = test::random_machine(seed);
    const RunResult whole = run(seed, machine, options);
    options.check = options.miss_classes = true;
    options.skip_instructions = whole.cpu.instructions / 3;
    options.warmup_instructions = whole.cpu.instructions / 3;
    const RunResult rest = run(seed, machine, options);
    const std::uint64_t before = rest.skipped_instructions + rest.warmed_instructions;
    ASSERT_EQ(before + rest.cpu.instructions, whole.cpu.instructions) << "seed " << seed;
    ASSERT_EQ(rest.map_hash, whole.map_hash) << "seed " << seed;
  }
}

class WarmUpOfSteps : public testing::Test {
 protected:
  /// The common machine of the knobs, with changes; the first `instructions` are warm-up.
  RunResult run(const test::Program& program, std::uint64_t instructions,
                const std::string& with = "") {
    const MachineParams machine =
        test::machine_of({"seed", with, program, {}, "1", 0, "1", 0}, "1");
    test::VectorTrace trace(program.block(), program.header());
    RunOptions options;
    options.warmup_instructions = instructions;
    options.observe = [this](std::uint64_t, std::uint64_t cycle) { completions.push_back(cycle); };
    return test::simulate_checked(machine, trace, options);
  }
  std::vector<std::uint64_t> completions;
};

TEST_F(WarmUpOfSteps, AFenceOfItHoldsNothingUp) {
  test::Program program;
  program.step({test::kX}, 1).step({test::kZ}, 1);
  program.step_after(test::unmap(test::kZ, test::kPage), {test::kX}, 1).step({test::kX}, 1);
  run(program, 3, "mmu.fence.latency_cycles=1000");
  EXPECT_EQ(completions, std::vector<std::uint64_t>{1 + 1 + 4});  // issue, DTLB, data
}

TEST_F(WarmUpOfSteps, MissesThatFollowAreThoseOfTheirInstructions) {
  test::Program program;
  for (std::uint64_t i = 0; i < 4; ++i) {
    program.now(AccessKind::kFetch).step({test::kX + 4 * i}, 1);
    program.now(AccessKind::kLoad).step({test::kX + (i + 1) * test::kPage});
  }
  const RunResult result = run(program, 2);
  std::set<std::uint64_t> instructions;
  for (const InstructionCost& row : result.attribution.top) instructions.insert(row.pc);
  // The last load of the second instruction follows the record that begins it.
  EXPECT_EQ(instructions, (std::set<std::uint64_t>{test::kX + 4, test::kX + 8, test::kX + 12}));
}

TEST_F(WarmUpOfSteps, OpenRowsStayOpen) {
  const test::Program program =
      test::Program().step({test::kX}, 1).step({test::kX + 16 * test::kLine}, 1);
  const RunResult result = run(program, 1);
  EXPECT_EQ(result.dram.reads, 1u);
  EXPECT_EQ(result.dram.row_hits, 1u);
}

}  // namespace
}  // namespace mmu
