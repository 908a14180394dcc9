// madvise, and what is left of calls that fail half-way.
#include <gtest/gtest.h>

#include "testbench/unit/os_model/os_machine.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t kAt = 0x10000000;
constexpr std::uint64_t kMadvWillneed = 3;  // madvise(2)

const TrapWork& advise(OsMachine& m, std::uint64_t at, std::uint64_t bytes, std::uint64_t advice,
                       std::int64_t result = 0) {
  OsEvent event;
  event.type = OsEventType::kMadvise;
  event.args[0] = at;
  event.args[1] = bytes;
  event.args[2] = advice;
  event.result = result;
  return m.call(event);
}

void touch_all(OsMachine& m, std::uint64_t at, std::uint64_t pages) {
  for (std::uint64_t i = 0; i < pages; ++i) m.access(at + i * kPage, AccessKind::kStore);
}

TEST(Madvise, DontneedTakesThePagesAndLeavesTheArea) {
  OsMachine m;
  m.mmap(kAt, 4 * kPage);
  touch_all(m, kAt, 4);
  advise(m, kAt + kPage, 2 * kPage, linux_abi::kMadvDontneed);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 2u);
  EXPECT_EQ(m.last.fences.size(), 2u);
  EXPECT_EQ(m.last.areas_changed, 0u);
  EXPECT_EQ(m.kernel.stats().areas, 1u);
  m.expect_nothing_stale();
  EXPECT_EQ(m.access(kAt), 0u);
  EXPECT_EQ(m.access(kAt + kPage), 1u);
  EXPECT_EQ(m.last.frames_zeroed, 1u);
  EXPECT_EQ(m.kernel.stats().madvise_calls, 1u);
}

TEST(Madvise, OtherAdviceChangesNothing) {
  OsMachine m;
  m.mmap(kAt, 4 * kPage);
  touch_all(m, kAt, 4);
  advise(m, kAt, 4 * kPage, kMadvWillneed);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 4u);
  EXPECT_EQ(m.kernel.stats().failed_here, 0u);
}

TEST(Madvise, OfAPartSplitsALargePage) {
  OsSetup setup;
  setup.huge_pages = true;
  OsMachine m(setup);
  m.mmap(kHuge * 8, kHuge);
  EXPECT_EQ(m.access(kHuge * 8), 1u);
  advise(m, kHuge * 8 + kPage, kPage, linux_abi::kMadvDontneed);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 511u);
  EXPECT_EQ(m.access(kHuge * 8 + 2 * kPage), 0u);
  EXPECT_EQ(m.access(kHuge * 8 + kPage), 1u);
}

TEST(Madvise, AtNoPageCannotBeDone) {
  OsMachine m;
  m.mmap(kAt, kPage);
  advise(m, kAt + 8, kPage, linux_abi::kMadvDontneed);
  EXPECT_EQ(m.kernel.stats().failed_here, 1u);
}

// mm/madvise.c, madvise_walk_vmas: the rest is done, and the hole told at the end.
TEST(FailedInPart, MadviseWorksAroundHoles) {
  OsMachine m;
  m.mmap(kAt, kPage);
  m.mmap(kAt + 2 * kPage, kPage);
  touch_all(m, kAt, 1);
  touch_all(m, kAt + 2 * kPage, 1);
  advise(m, kAt, 3 * kPage, linux_abi::kMadvDontneed, -linux_abi::kEnomem);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 0u);
  EXPECT_EQ(m.kernel.stats().failed_in_trace, 1u);
}

OsEvent failed_mprotect(std::uint64_t at, std::uint64_t bytes, std::int64_t error) {
  OsEvent event;
  event.type = OsEventType::kMprotect;
  event.args[0] = at;
  event.args[1] = bytes;
  event.args[2] = kRead;
  event.result = -error;
  return event;
}

// mm/mprotect.c, do_mprotect_pkey: areas are gone through up to the first hole.
TEST(FailedInPart, MprotectHasWorkedUpToTheFirstHole) {
  OsMachine m;
  m.mmap(kAt, 2 * kPage);
  m.mmap(kAt + 3 * kPage, kPage);
  m.call(failed_mprotect(kAt + kPage, 3 * kPage, linux_abi::kEnomem));
  EXPECT_EQ(m.kernel.describe_areas(),
            "10000000-10001000 rw-p 00000000 00:00 0\n"
            "10001000-10002000 r--p 00000000 00:00 0\n"
            "10003000-10004000 rw-p 00000000 00:00 0\n");
  EXPECT_EQ(m.kernel.stats().failed_in_trace, 1u);
}

TEST(FailedInPart, NothingWhereTheHoleComesFirstOrTheErrorIsAnother) {
  OsMachine m;
  m.mmap(kAt, 2 * kPage);
  m.call(failed_mprotect(kAt - kPage, 2 * kPage, linux_abi::kEnomem));
  m.call(failed_mprotect(kAt, 2 * kPage, 22));  // EINVAL
  EXPECT_EQ(m.kernel.describe_areas(), "10000000-10002000 rw-p 00000000 00:00 0\n");
}

}  // namespace
}  // namespace mmu::test
