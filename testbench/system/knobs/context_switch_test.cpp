// What a switch between two processes costs, by hand, on the machine of the knobs' cases.
#include <gtest/gtest.h>

#include "hw/arch/errors.hpp"
#include "sim/platform/simulate.hpp"
#include "testbench/support/vector_trace.hpp"
#include "testbench/system/knobs/knob_case.hpp"
#include "traces/interleaver.hpp"

namespace mmu::test {
namespace {

struct SharedRun {
  RunResult result;
  std::vector<std::uint64_t> completions;
  /// From the data of one access to that of the next.
  std::uint64_t between(std::size_t one, std::size_t next) const {
    return completions.at(next) - completions.at(one);
  }
};

/// Three loads of one page, of one instruction each.
std::unique_ptr<TraceSource> loads() {
  Program program;
  for (unsigned i = 0; i < 3; ++i) program.step({kX}, 1);
  TraceBlock block = program.block();
  block.events.clear();
  return std::make_unique<VectorTrace>(block, program.header());
}

/// Two processes that do the same.
SharedRun run_both(const std::string& knobs) {
  std::vector<traces::Interleaver::Trace> both(2);
  for (auto& trace : both) trace = {loads(), "loads"};
  const std::string costs =
      "os.cost.trap_cycles=100 os.cost.system_call_cycles=70 os.cost.fence_cycles=90 ";
  const MachineParams machine =
      machine_of({"seed", costs + knobs, Program(), nullptr, "", 0, "", 0}, "1");
  traces::Interleaver processes(std::move(both), machine.os.quantum_instructions);
  SharedRun run;
  RunOptions options;
  options.check = true;
  options.observe = [&run](std::uint64_t, std::uint64_t cycle) {
    run.completions.push_back(cycle);
  };
  run.result = simulate(machine, processes, options);
  return run;
}

constexpr std::uint64_t kTrap = 100 + 70;
constexpr std::uint64_t kHit = 1 + 4;
constexpr std::uint64_t kWalk = 1 + 3 + (3 * (5 + 2) + 1) + 4;

// a b a b a b: the third access is the first that finds its page.
TEST(ContextSwitch, TakesItsTrapAndThenHitsInTheTlbsOfBefore) {
  for (const std::uint64_t n : {std::uint64_t{34}, std::uint64_t{35}}) {
    const SharedRun r =
        run_both("os.quantum_instructions=1 os.cost.switch_cycles=" + std::to_string(n));
    EXPECT_EQ(r.between(1, 2), kTrap + n + kHit);
    EXPECT_EQ(r.between(2, 3), kTrap + n + kHit);
    EXPECT_EQ(r.result.switch_cycles, 5 * (kTrap + n));
    EXPECT_EQ(r.result.os.switches, 5u);
    EXPECT_EQ(r.result.os.switch_fences, 0u);
  }
}

TEST(ContextSwitch, FencesAndWalksAgainWithoutAsids) {
  const SharedRun off = run_both("os.quantum_instructions=1 os.asids=off os.cost.switch_cycles=35");
  EXPECT_EQ(off.between(1, 2), kTrap + 35 + 90 + kWalk);
  EXPECT_EQ(off.result.os.switch_fences, 5u);
  // Hardware without ASIDs forgets by itself: it takes no fence.
  const SharedRun none =
      run_both("os.quantum_instructions=1 mmu.asid_bits=0 os.cost.switch_cycles=35");
  EXPECT_EQ(none.between(1, 2), kTrap + 35 + kWalk);
  EXPECT_EQ(none.result.os.switch_fences, 0u);
}

// a a b b a b
TEST(ContextSwitch, ComesAfterAQuantum) {
  const SharedRun r = run_both("os.quantum_instructions=2 os.cost.switch_cycles=35");
  EXPECT_EQ(r.between(3, 4), kTrap + 35 + kHit);
  EXPECT_EQ(r.result.os.switches, 3u);
  ASSERT_EQ(r.result.processes.size(), 2u);
  EXPECT_EQ(r.result.processes[0].share.turns, 2u);
  EXPECT_EQ(r.result.processes[0].share.instructions, 3u);
  EXPECT_EQ(r.result.processes[1].share.accesses, 3u);
}

TEST(ContextSwitch, NeedsAQuantum) {
  EXPECT_THROW(run_both("os.quantum_instructions=0"), ConfigError);
}

}  // namespace
}  // namespace mmu::test
