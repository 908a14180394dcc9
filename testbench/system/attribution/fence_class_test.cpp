// Misses after fences, through a whole machine: a DTLB of two sets with one entry each, whose twin
// is one set of two (docs/results.md, "Miss classes").
#include <gtest/gtest.h>

#include "testbench/support/checked_run.hpp"
#include "testbench/support/vector_trace.hpp"
#include "testbench/system/knobs/knob_case.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t kMapped = kX + (64ULL << 20);  ///< an even page: of set 0

/// Cold, capacity, conflict and fence misses of the DTLB.
std::vector<std::uint64_t> classes_of(const Program& program, const std::string& more = "") {
  const MachineParams machine = machine_of(
      {"mmu.dtlb.entries", "mmu.dtlb.ways=1 " + more, program, last_step, "2", 0, "2", 0}, "2");
  VectorTrace trace(program.block(), Program().step({kX}).header());
  RunOptions options;
  options.miss_classes = true;
  const RunResult result = simulate_checked(machine, trace, options);
  EXPECT_EQ(result.outcome, Outcome::kDone) << result.message;
  const MissClassStats& dtlb = (*result.miss_classes)[1];
  return {dtlb.cold, dtlb.capacity, dtlb.conflict, dtlb.fence};
}

/// Unmaps `page`, with an access to `other` that hits, maps it again and touches it.
Program& remap(Program& program, std::uint64_t page, std::uint64_t other) {
  program.step_after(unmap(page, kPage), {other});
  return program.step_after(map(page, kPage), {page});
}

TEST(MissClassesOfFences, WhatOnlyTheTwinHasKeptIsFencedToo) {
  // Pages 0 and 2 lie in one set: 0 is in the twin only when it is unmapped.
  Program program;
  program.step_after(map(kMapped, 3 * kPage), {kMapped}).step({kMapped + 2 * kPage});
  remap(program, kMapped, kMapped + 2 * kPage);
  EXPECT_EQ(classes_of(program), (std::vector<std::uint64_t>{2, 0, 0, 1}));
}

TEST(MissClassesOfFences, SoIsWhatOnlyTheTlbHasKept) {
  // Page 1 is alone in its set: the twin has given it up for 0 and 2 when it is unmapped.
  Program program;
  program.step_after(map(kMapped, 3 * kPage), {kMapped + kPage});
  program.step({kMapped}).step({kMapped + 2 * kPage});
  remap(program, kMapped + kPage, kMapped + 2 * kPage);
  EXPECT_EQ(classes_of(program), (std::vector<std::uint64_t>{3, 0, 0, 1}));
}

TEST(MissClassesOfFences, OfASectorEachPageIsFencedByItself) {
  // Sectors of pages 0 and 1 (set 0), 2 and 3 (set 1), 4 and 5 (set 0): the TLB alone has kept the
  // second when page 3, which came into it after page 2, is unmapped.
  Program program;
  program.step_after(map(kMapped, 6 * kPage), {kMapped + 2 * kPage}).step({kMapped + 3 * kPage});
  program.step({kMapped}).step({kMapped + 4 * kPage});
  remap(program, kMapped + 3 * kPage, kMapped + 4 * kPage);
  EXPECT_EQ(classes_of(program, "mmu.dtlb.sector_pages=2"),
            (std::vector<std::uint64_t>{4, 0, 0, 1}));
}

TEST(MissClassesOfFences, WhatNobodyHadAnyMoreIsOneOfCapacity) {
  // Page 0 has left the TLB for 2, and the twin for 1 and 2, before it is unmapped.
  Program program;
  program.step_after(map(kMapped, 3 * kPage), {kMapped});
  program.step({kMapped + kPage}).step({kMapped + 2 * kPage});
  remap(program, kMapped, kMapped + 2 * kPage);
  EXPECT_EQ(classes_of(program), (std::vector<std::uint64_t>{3, 1, 0, 0}));
}

}  // namespace
}  // namespace mmu::test
