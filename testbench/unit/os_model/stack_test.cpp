// A stack grows as it is touched. Linux: mm/mmap.c, expand_downwards.
#include <gtest/gtest.h>

#include "testbench/unit/os_model/os_machine.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t kEnd = 0x3000'0000;
constexpr std::uint64_t kGuardGap = 256 * kPage;
constexpr std::uint64_t kLimit = 8 * kMiB;

OsSetup with_stack(const std::string& format = "sv39") {
  OsSetup setup;
  setup.format = format;
  setup.trace.image = {{kEnd - 2 * kPage, 2 * kPage, true, true, false, "[stack]"}};
  return setup;
}

TEST(Stack, GrowsDownToThePageThatIsTouched) {
  OsMachine m(with_stack());
  EXPECT_EQ(m.access(kEnd - 5 * kPage - 8, AccessKind::kStore), 1u);
  EXPECT_EQ(m.kernel.describe_areas(), "2fffa000-30000000 rw-p 00000000 00:00 0  [stack]\n");
  EXPECT_EQ(m.last.areas_changed, 1u);
  EXPECT_EQ(m.kernel.stats().stack_growths, 1u);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 1u) << "only what is touched is there";
  EXPECT_EQ(m.access(kEnd - 4 * kPage), 1u);
  EXPECT_EQ(m.kernel.stats().stack_growths, 1u) << "that page is in the area already";
}

TEST(Stack, EndsAtItsLimit) {
  OsMachine m(with_stack());
  EXPECT_NE(m.message_of_fault(kEnd - kLimit - 1, AccessKind::kStore), "none");
  EXPECT_EQ(m.access(kEnd - kLimit, AccessKind::kStore), 1u);
  EXPECT_NE(m.message_of_fault(kEnd - kLimit - 1, AccessKind::kStore), "none");
}

TEST(Stack, KeepsAGapToWhatMayBeAccessedBelow) {
  OsMachine m(with_stack());
  const std::uint64_t below = kEnd - 4 * kMiB;
  m.mmap(below - kPage, kPage);
  EXPECT_NE(m.message_of_fault(below + kGuardGap - 1, AccessKind::kStore), "none");
  EXPECT_EQ(m.access(below + kGuardGap, AccessKind::kStore), 1u);
}

TEST(Stack, MayComeNearToWhatNobodyMayAccess) {
  OsMachine m(with_stack());
  const std::uint64_t below = kEnd - 4 * kMiB;
  m.mmap(below - kPage, kPage, 0);
  EXPECT_EQ(m.access(below, AccessKind::kStore), 1u);
}

TEST(Stack, AloneGrows) {
  OsMachine m(with_stack());
  m.mmap(kEnd - kMiB, kPage);
  EXPECT_NE(m.message_of_fault(kEnd - kMiB - 8, AccessKind::kStore), "none")
      << "the next area above is no stack";
  EXPECT_NE(m.message_of_fault(kEnd, AccessKind::kStore), "none") << "not upwards";
}

TEST(Stack, GrowsByPagesOf4KiBWhereThoseOfTheMachineAreLarger) {
  OsMachine m(with_stack("aarch64-64k"));
  EXPECT_EQ(m.access(kEnd - 3 * kPage, AccessKind::kStore), 1u) << "in the stack's first page";
  EXPECT_EQ(m.kernel.stats().stack_growths, 0u);
  EXPECT_EQ(m.access(kEnd - 17 * kPage, AccessKind::kStore), 1u);
  EXPECT_EQ(m.kernel.describe_areas(), "2ffef000-30000000 rw-p 00000000 00:00 0  [stack]\n");
}

}  // namespace
}  // namespace mmu::test
