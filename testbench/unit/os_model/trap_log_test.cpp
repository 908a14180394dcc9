#include "os_model/trap_log.hpp"

#include <gtest/gtest.h>

namespace mmu::test {
namespace {

using os::TrapLog;

TrapWork after_stale(const char* format, unsigned pages, bool table_freed) {
  TrapLog log;
  for (unsigned i = 0; i < pages; ++i) log.stale(VirtAddr(0x10000 + i * 0x1000));
  if (table_freed) log.table_freed(VirtAddr(0x10000 + (pages - 1) * 0x1000));
  return std::move(log).finish(*find_format(format), 7);
}

TEST(TrapLog, FencesPageByPageUpToTheCeilingAndThenTheWholeAsid) {
  const TrapWork at = after_stale("sv39", 33, false);
  ASSERT_EQ(at.fences.size(), 33u);
  EXPECT_EQ(at.fences[32].va->value(), 0x10000u + 32 * 0x1000);
  EXPECT_EQ(*at.fences[32].asid, 7);
  const TrapWork above = after_stale("sv39", 34, false);
  ASSERT_EQ(above.fences.size(), 1u);
  EXPECT_FALSE(above.fences[0].va.has_value());
  EXPECT_EQ(*above.fences[0].asid, 7);
  EXPECT_FALSE(above.fences[0].leaf_only);
}

// sfence.vma with an address covers leaves only, invlpg covers the walk caches too.
TEST(TrapLog, AFenceByAddressIsAsWideAsTheInstructionOfTheFormat) {
  EXPECT_TRUE(after_stale("sv48", 1, false).fences.at(0).leaf_only);
  EXPECT_FALSE(after_stale("x86-64-4level", 1, false).fences.at(0).leaf_only);
}

TEST(TrapLog, AFreedTableNeedsAFenceThatReachesWalkCaches) {
  const TrapWork riscv = after_stale("sv39", 2, true);
  ASSERT_EQ(riscv.fences.size(), 1u);
  EXPECT_FALSE(riscv.fences[0].leaf_only);
  EXPECT_FALSE(riscv.fences[0].va.has_value());
  const TrapWork x86 = after_stale("x86-64-5level", 2, true);
  ASSERT_EQ(x86.fences.size(), 2u);
  EXPECT_FALSE(x86.fences[1].leaf_only);
  EXPECT_EQ(x86.fences[1].va->value(), 0x11000u);
}

TEST(TrapLog, NothingStaleNeedsNoFence) {
  EXPECT_TRUE(after_stale("sv39", 0, false).fences.empty());
}

}  // namespace
}  // namespace mmu::test
