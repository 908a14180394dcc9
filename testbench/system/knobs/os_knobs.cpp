// The operating-system model and what its work costs. A load that hits takes 1 + 4.
#include "testbench/system/knobs/knob_case.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint64_t kHit = 1 + 4;

std::uint64_t minor_faults(const KnobRun& run) { return run.result.os.minor_faults; }

std::uint64_t unusable_frames(const KnobRun& run) { return run.result.os.unusable_frames; }

std::uint64_t stack_growths(const KnobRun& run) { return run.result.os.stack_growths; }

Program many_pages(std::uint64_t pages) {
  Program program;
  for (std::uint64_t page = 0; page < pages; ++page) program.step({kX + page * kPage});
  return program;
}

}  // namespace

std::vector<KnobCase> os_knobs() {
  const Program again = chain({kX, kX});
  // A new page beside a known one: walk, fault, walk; then data whose bank has the row of the last
  // page-table page open.
  const Program new_page = chain({kX, kY});
  constexpr std::uint64_t kMemory = 4 + 5 + 7 + (10 + 10 + 10 + 4);
  constexpr std::uint64_t kNewPage = 2 * (1 + 3 + 3 * (5 + 2) + 1) + kMemory;
  // A write to a page that a child has too is one as well: its frame is new, and the fork's fence
  // has made the page unknown.
  const Program shared = chain({kX}, AccessKind::kStore).step_after(fork_event(), {kX});
  // A new page that needs a table: two reads and a fault; then a third, of the new table, which
  // lies in the open row beside the last one.
  constexpr std::uint64_t kNewTable =
      (1 + 3 + 2 * (5 + 2) + 1) + (1 + 3 + 2 * (5 + 2) + (5 + 7 + 10 + 4 + 2) + 1) + kMemory;
  const Program one_each = Program().step({kX}, 1).step({kX}, 1).step({kX}, 1);
  const Program new_area = chain({kX}).step_after(map(kX + 64 * kMiB, kPage), {kX});
  const Program gone = chain({kX, kY}).step_after(unmap(kY, kPage), {kX});
  constexpr std::uint64_t kBlock = kX / (2 * kMiB) * (2 * kMiB);
  const Program big = Program().step_after(map(kBlock, 2 * kMiB), {kX}).step({kX + kPage});
  // Some of the 1,535 frames of 8 MiB, the first of which has no block of 512 to itself.
  const Program some = many_pages(300);
  Program twice = many_pages(400);
  twice.step_after(unmap(kX, 400 * kPage), {});
  twice.step_after(map(kX + 64 * kMiB, 400 * kPage), {});
  for (std::uint64_t page = 0; page < 400; ++page) twice.step({kX + 64 * kMiB + page * kPage});
  constexpr std::uint64_t kGiB = 1024 * kMiB;
  const Program vast =
      Program().step_after(map(kX / kGiB * kGiB, kGiB), {kX}).step({kX + 4 * kMiB});
  return {
      {"os.cost.trap_cycles", "", again, last_step, "0", kHit, "100", 100 + kHit},
      {"os.cost.system_call_cycles", "", again, last_step, "0", kHit, "70", 70 + kHit},
      {"os.cost.fault_cycles", "", new_page, last_step, "0", kNewPage, "50", 50 + kNewPage},
      {"os.cost.zero_frame_cycles", "", new_page, last_step, "0", kNewPage, "60", 60 + kNewPage},
      {"os.cost.copy_frame_cycles", "", shared, last_step, "0", kNewPage, "45", 45 + kNewPage},
      {"os.cost.entry_cycles", "", new_page, last_step, "0", kNewPage, "30", 30 + kNewPage},
      {"os.cost.area_cycles", "", new_area, last_step, "0", kHit, "40", 40 + kHit},
      {"os.cost.fence_cycles", "", gone, last_step, "0", kHit, "90", 90 + kHit},
      {"os.cost.switch_cycles", "", chain({kX}).step_after(switch_and_back(), {kX}), last_step, "0",
       kHit, "35", 2 * 35 + kHit},
      {"os.asids", "", chain({kX}).step_after(switch_and_back(), {kX}), last_step, "linux", kHit,
       "off", 1 + 3 + (3 * (5 + 2) + 1) + 4},
      // Loads of one instruction each: the third is the first of a slice.
      {"os.switch_instructions", "mmu.asid_bits=0", one_each, last_step, "0", kHit, "2",
       1 + 3 + (3 * (5 + 2) + 1) + 4},
      {"os.switch_instructions", "mmu.asid_bits=0", one_each, last_step, "3", kHit, "2",
       1 + 3 + (3 * (5 + 2) + 1) + 4},
      {"os.cost.table_cycles", "", chain({kX, kX + 2 * kMiB}), last_step, "0", kNewTable, "80",
       80 + kNewTable},
      // The second page is in the first's 2 MiB, or faults by itself.
      {"os.huge_pages", "", big, minor_faults, "false", 2, "true", 1},
      // Likewise in the first's GiB, and in its 64 KiB.
      {"os.gigantic_pages", "os.memory_bytes=4GiB", vast, minor_faults, "false", 2, "true", 1},
      {"os.contiguous_pages", "", big, minor_faults, "false", 2, "true", 1},
      // Packed: all in the first block. Scattered: in all blocks.
      {"os.frames.policy", "os.memory_bytes=8MiB", some, unusable_frames, "packed", 511 - 300,
       "scattered", 1535 - 300},
      {"os.frames.policy", "os.memory_bytes=8MiB", some, unusable_frames, "buddy", 511 - 300,
       "scattered", 1535 - 300},
      // 400 pages come back before 400 others are taken; sequential goes on into the second block.
      {"os.frames.policy", "os.memory_bytes=8MiB", twice, unusable_frames, "first-fit", 511 - 400,
       "sequential", 400 + (1023 - 800)},
      // The stack's 2 MiB, and 2 MiB below.
      {"os.stack_bytes", "", Program().step({kX}).step_on_stack(kBlock - 2 * kMiB), stack_growths,
       "4190208", 0, "4MiB", 1},
      // 256 frames: a quarter for page tables, and the one at address 0 is never used.
      {"os.memory_bytes", "", many_pages(300), minor_faults, "1MiB", 256 - 64 - 1, "2MiB", 300},
  };
}

}  // namespace mmu::test
