// Whole runs with a DRAM controller that issues every command: the same with and without run-ahead,
// over random machines, controllers and programs.
#include <gtest/gtest.h>

#include <vector>

#include "hw/dram/dram_mapping.hpp"
#include "sim/platform/simulate.hpp"
#include "testbench/support/random_machine.hpp"
#include "testbench/support/random_program.hpp"
#include "testbench/support/random_source.hpp"
#include "testbench/system/reference/difference.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kAccesses = 2000;

/// Few banks and short queues, so that these fill; 32 GiB, more than any machine has.
DramControllerParams random_controller(std::uint64_t seed) {
  test::RandomSource random(seed);
  DramControllerParams params;
  params.clock_ps = random.one_of({417U, 625U, 1000U});
  params.channels = random.one_of({1U, 2U});
  params.bank_groups = random.one_of({1U, 4U});
  params.banks = 2;
  params.lines = random.one_of({4U, 128U});
  params.rows = 1u << 24;
  params.refi = random.one_of({0U, 2000U, 12480U});
  params.scheduler = random.one_of({DramScheduler::kFcfs, DramScheduler::kFrFcfs});
  params.row_policy = random.one_of({RowPolicy::kOpen, RowPolicy::kClosed, RowPolicy::kTimeout});
  params.bank_queue = random.number(1, 4);
  params.read_queue = random.one_of({1U, 1U, 2U, 8U});
  params.write_queue = random.number(4, 8);
  params.write_high = random.one_of({0U, 4U});
  params.write_low = random.number(0, 3);
  return params;
}

struct ModelRun {
  RunResult result;
  std::vector<std::uint64_t> completions;
};

ModelRun run(const MachineParams& machine, std::uint64_t seed, bool run_ahead) {
  ModelRun run;
  RunOptions options;
  options.run_ahead = run_ahead;
  options.check = run_ahead;
  options.observe = [&run](std::uint64_t, std::uint64_t at) { run.completions.push_back(at); };
  test::RandomProgram program(seed, kAccesses);
  run.result = simulate(machine, program, options);
  return run;
}

TEST(DramCommands, AreTheSameWithoutRunAhead) {
  unsigned machines = 0, refused = 0, later = 0;
  for (std::uint64_t seed = 1; machines < 40; ++seed) {
    MachineParams machine = test::random_machine(seed);
    if (machine.cache.llc.line_bytes != kDramLineBytes) continue;
    ++machines;
    machine.dram.model = DramParams::Model::kCommands;
    machine.dram.commands = random_controller(seed);
    const ModelRun ahead = run(machine, seed, true);
    const ModelRun with_kernel = run(machine, seed, false);
    ASSERT_EQ(ahead.result.outcome, Outcome::kDone) << seed << ": " << ahead.result.message;
    EXPECT_EQ(ahead.completions, with_kernel.completions) << seed;
    std::string text;
    test::add_differences(text, "dram", ahead.result.dram, with_kernel.result.dram);
    test::add_differences(text, "llc", ahead.result.llc, with_kernel.result.llc);
    EXPECT_EQ(text, "") << seed;
    refused += ahead.result.dram.refused != 0 ? 1 : 0;
    later += ahead.result.dram.queued != 0 ? 1 : 0;
  }
  EXPECT_GE(refused, 3u);
  EXPECT_GE(later, 10u);
}

}  // namespace
}  // namespace mmu
