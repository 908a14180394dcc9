// The traffic generator, the clock, and the seed.
#include "testbench/system/knobs/knob_case.hpp"

namespace mmu::test {
namespace {

std::uint64_t fetches(const KnobRun& run) { return run.result.cpu.fetches; }

}  // namespace

std::vector<KnobCase> core_knobs() {
  const Program two = Program().step({kX}).step({kX, kX + 8});
  const Program dependent = Program().step({kX}).step({kX, kX + 8}, 0, 1);
  const Program four = Program().step({kX}).step({kX, kX + 8, kX + 16, kX + 24}, 1);
  return {
      // Four instructions issue in 4 cycles or 1; the last has its data 1 + 4 later.
      {"cpu.issue_width", "", four, last_step, "1", 3 + 1 + 4, "4", 1 + 4},
      {"cpu.issue_width", "", four, last_step, "2", 1 + 1 + 4, "3", 1 + 1 + 4},
      // Blocking: the second issues when the first has its data.
      {"cpu.window", "", two, last_step, "1", (1 + 4) + (1 + 4), "2", 1 + 4},
      {"cpu.dependence", "", two, last_step, "none", 1 + 4, "serial", (1 + 4) + (1 + 4)},
      {"cpu.dependence", "", dependent, last_step, "none", 1 + 4, "trace", (1 + 4) + (1 + 4)},
      // Two fetches in one block, or in two.
      {"cpu.fetch_block_bytes", "", Program(AccessKind::kFetch).step({kX, kX + 32}), fetches, "64",
       1, "32", 2},
      // A read of an open row takes 10 + 4 DRAM clocks of 1000 ps: twice as many cycles of 500 ps.
      // The step before ended with data from memory, so in an even cycle; 17 later, in an odd one,
      // the read waits 1 for the next DRAM clock.
      {"clock.period_ps", "", chain({kX, kX + kLine}), last_step, "1000", 1 + 4 + 5 + 7 + 14, "500",
       1 + 4 + 5 + 7 + 1 + 2 * 14},
      // Two entries, three pages: the third drives out way 0, X, or way 1. By the parity of the
      // first number that xorshift64 (13, 7, 17) makes of 2 seed + 1, which is bit 0 XOR bit 7 of
      // it: 1 for 3, 0 for 129.
      {"seed", "mmu.dtlb.entries=2 mmu.dtlb.replacement=random", chain({kX, kY, kZ, kX}), last_step,
       "1", 1 + 4, "64", 1 + 3 + 4},
  };
}

}  // namespace mmu::test
