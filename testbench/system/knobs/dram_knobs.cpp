// Main memory. A read arrives 1 + 4 + 5 + 7 cycles after its access issues.
#include "testbench/system/knobs/knob_case.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t kThere = 1 + 4 + 5 + 7;
constexpr std::uint64_t kHit = 10 + 4, kClosed = 10 + kHit, kConflict = 10 + kClosed;

/// Line n of page X, which lies in row 0, and of the next page touched, in row 1.
constexpr std::uint64_t x(std::uint64_t n) { return kX + n * kLine; }
constexpr std::uint64_t y(std::uint64_t n) { return kY + n * kLine; }

}  // namespace

std::vector<KnobCase> dram_knobs() {
  const std::string one_bank = "dram.banks=1";
  const Program open_row = chain({x(0), x(1)});
  // The first touch of a fourth page: it walks (all entries' lines are in the L2), faults, and
  // walks again; then its row, the first of bank 2, in which nothing was opened before.
  const Program new_row = chain({x(0), x(64), x(128), x(192)});
  constexpr std::uint64_t kTwoWalks = 2 * (1 + 3 + 3 * (5 + 2) + 1);
  // Row 0, row 1, row 0 again.
  const Program other_row = chain({x(0), y(0), x(1)});
  const Program two = chain({x(0), x(1)}).step({x(2), x(3)});
  // Row 0 is open; asked for at once: row 0, row 1, row 0.
  const Program mixed = chain({y(0), x(0)}).step({x(1), y(1), x(2)});
  return {
      // Clocks of half the core's cycle: 14 of them are 7.
      {"dram.clock_ps", "", open_row, last_step, "1000", kThere + kHit, "500", kThere + kHit / 2},
      {"dram.t_cl", "", open_row, last_step, "10", kThere + kHit, "25", kThere + kHit + 15},
      {"dram.burst_clocks", "", open_row, last_step, "4", kThere + kHit, "8", kThere + kHit + 4},
      {"dram.t_rcd", "", new_row, last_step, "10", kTwoWalks + 4 + 5 + 7 + kClosed, "30",
       kTwoWalks + 4 + 5 + 7 + kClosed + 20},
      {"dram.t_rp", one_bank, other_row, last_step, "10", kThere + kConflict, "22",
       kThere + kConflict + 12},
      // Row 1 was opened 24 before the step began, and may be closed tRAS later.
      {"dram.t_ras", one_bank, other_row, last_step, "20", kThere + kConflict, "100",
       (100 - 24) + kConflict},
      {"dram.banks", "", other_row, last_step, "1", kThere + kConflict, "16", kThere + kHit},
      {"dram.ranks", one_bank, other_row, last_step, "1", kThere + kConflict, "2", kThere + kHit},
      {"dram.row_bytes", one_bank, other_row, last_step, "8192", kThere + kConflict, "16384",
       kThere + kHit},
      // One bus: the second line follows the first.
      {"dram.channels", "", two, last_step, "1", kThere + kHit + 4, "2", kThere + kHit},
      // The first touch of X: walk to the missing root entry, of which the read is 5 + 7 + 24 from
      // the L2: 5 + (1 + 36 + 2) = 44. Again: DTLB, STLB 48; root entry in the L2: 56; the next, in
      // the open row: 56 + 12 + 14 + 2 = 84; the leaf, in another bank: 84 + 12 + 24 + 2 = 122. The
      // data comes from the root's bank: 122 + 16 + 34 = 172. So the next line's read arrives in
      // 189. No refresh; or one at 184, over by then, that has closed the row; or one until 209.
      {"dram.t_refi", "", open_row, last_step, "0", kThere + kHit, "184", kThere + kClosed},
      {"dram.t_rfc", "dram.t_refi=184", open_row, last_step, "1", kThere + kClosed, "25",
       kThere + (184 + 25 - 189) + kClosed},
      // A queue of two sees the second read of row 0 and prefers it: served with the column command
      // after the first's burst. A queue of one serves row 1 first, at 4: closed at once, opened at
      // 14, its bank free at 28; then row 1 is closed at tRAS, 34.
      {"dram.queue_entries", one_bank, mixed, last_step, "2", kThere + 4 + kHit, "1",
       kThere + 34 + kConflict},
      {"dram.model", "dram.fixed_ps=50000", open_row, last_step, "banks", kThere + kHit, "fixed",
       kThere + 50},
      {"dram.fixed_ps", "dram.model=fixed", open_row, last_step, "30000", kThere + 30, "70000",
       kThere + 70},
      {"dram.fixed_line_ps", "dram.model=fixed dram.fixed_ps=30000", two, last_step, "0",
       kThere + 30, "5000", kThere + 5 + 30},
      // An open row: 2 clocks in the controller, CL, 4 of burst.
      {"dram.controller", "dram.model=commands", open_row, last_step,
       "ddr4-3200:clock_ps=1000,refi=0", kThere + 2 + 22 + 4,
       "ddr4-3200:clock_ps=1000,refi=0,cl=32", kThere + 2 + 32 + 4},
  };
}

}  // namespace mmu::test
