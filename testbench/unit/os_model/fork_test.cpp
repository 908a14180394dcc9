// fork, exec and exit as the traced process sees them, and copy-on-write.
#include <gtest/gtest.h>

#include "testbench/unit/os_model/os_machine.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t kAt = 0x4000'0000;
constexpr std::int64_t kChild = 4711;
constexpr std::uint64_t kInvalid = ~std::uint64_t{0} - 21, kNoMemory = ~std::uint64_t{0} - 11;

OsEvent event_of(OsEventType type, std::int64_t pid) {
  OsEvent event;
  event.type = type;
  if (type == OsEventType::kFork) {
    event.result = pid;
  } else {
    event.args[0] = static_cast<std::uint64_t>(pid);
  }
  return event;
}
OsEvent fork_event(std::int64_t child = kChild) { return event_of(OsEventType::kFork, child); }
OsEvent exit_event(std::int64_t pid = kChild) { return event_of(OsEventType::kExit, pid); }

/// With `pages` pages at kAt that have been written.
struct Written : OsMachine {
  explicit Written(std::uint64_t pages, const OsSetup& setup = {}) : OsMachine(setup) {
    mmap(kAt, pages * kPage);
    for (std::uint64_t i = 0; i < pages; ++i) access(kAt + i * kPage, AccessKind::kStore);
  }
};

TEST(Fork, TakesTheRightToWriteWithOneFenceAndCopiesNothing) {
  Written m(3);
  const auto before = m.table();
  const TrapWork& work = m.call(fork_event());
  EXPECT_EQ(work.value, static_cast<std::uint64_t>(kChild));
  EXPECT_EQ(work.frames_copied, 0u);
  EXPECT_EQ(work.tables_made, 3u) << "the child's";
  EXPECT_EQ(work.entries_written, 3u + 3 + 2) << "parent's, child's, and its pointers to tables";
  ASSERT_EQ(work.fences.size(), 1u);
  EXPECT_EQ(work.fences[0].asid, m.kernel.control().asid);
  EXPECT_FALSE(work.fences[0].va.has_value());
  for (const auto& [va, page] : m.table()) {
    EXPECT_FALSE(page.rights.write);
    EXPECT_EQ(page.pa, before.at(va).pa);
  }
  m.expect_nothing_stale();
  const os::OsStats stats = m.kernel.stats();
  EXPECT_EQ(stats.fork_calls, 1u);
  EXPECT_EQ(stats.processes, 2u);
  EXPECT_EQ(stats.frames_shared, 3u);
  EXPECT_EQ(stats.frames_in_use, 3u);
  EXPECT_EQ(stats.table_pages, 6u);
}

TEST(Fork, ReadingCostsNoFaultAndTheFirstWriteCopies) {
  Written m(2);
  const std::uint64_t first = m.pa_of(kAt);
  m.call(fork_event());
  EXPECT_EQ(m.access(kAt), 0u);
  EXPECT_EQ(m.access(kAt, AccessKind::kStore), 1u);
  EXPECT_EQ(m.last.frames_copied, 1u);
  EXPECT_EQ(m.last.frames_zeroed, 0u);
  ASSERT_EQ(m.last.fences.size(), 1u);
  EXPECT_EQ(m.last.fences[0].va, VirtAddr(kAt));
  EXPECT_NE(m.pa_of(kAt), first);
  EXPECT_EQ(m.access(kAt, AccessKind::kModify), 0u);
  EXPECT_EQ(m.kernel.stats().cow_faults, 1u);
  EXPECT_EQ(m.kernel.stats().page_faults, 3u);
  EXPECT_EQ(m.kernel.stats().frames_shared, 1u);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 3u);
  m.expect_nothing_stale();
}

TEST(Fork, TheLastOwnerUsesTheFrameOn) {
  Written m(2);
  m.call(fork_event());
  m.access(kAt, AccessKind::kStore);
  const std::uint64_t second = m.pa_of(kAt + kPage);
  EXPECT_TRUE(m.call(exit_event()).fences.empty()) << "the child has never run";
  EXPECT_EQ(m.kernel.stats().frames_in_use, 2u);
  EXPECT_EQ(m.kernel.stats().frames_shared, 0u);
  EXPECT_EQ(m.kernel.stats().processes, 1u);
  EXPECT_EQ(m.access(kAt + kPage, AccessKind::kStore), 1u);
  EXPECT_EQ(m.last.frames_copied, 0u);
  EXPECT_EQ(m.pa_of(kAt + kPage), second);
  EXPECT_EQ(m.kernel.stats().cow_reused, 1u);
  m.expect_nothing_stale();
}

TEST(Fork, AChildOutlivesThePagesOfItsParent) {
  Written m(2);
  m.call(fork_event());
  m.munmap(kAt, 2 * kPage);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 2u);
  EXPECT_EQ(m.kernel.stats().frames_shared, 0u);
  m.call(exit_event());
  EXPECT_EQ(m.kernel.stats().frames_in_use, 0u);
  EXPECT_EQ(m.kernel.stats().table_pages, 1u);
}

TEST(Fork, ThreeOwnersNeedTwoCopies) {
  Written m(1);
  m.call(fork_event(10));
  m.call(fork_event(11));
  m.access(kAt, AccessKind::kStore);
  EXPECT_EQ(m.kernel.stats().frames_shared, 1u) << "by the two children";
  m.call(exit_event(10));
  EXPECT_EQ(m.kernel.stats().frames_shared, 0u);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 2u);
}

TEST(Fork, SharedMemoryStaysSharedAndWritable) {
  OsMachine m;
  OsEvent map;
  map.type = OsEventType::kMmap;
  map.args[1] = kPage;
  map.args[2] = kReadWrite;
  map.args[3] = linux_abi::kMapAnonymous | 1;  // MAP_SHARED
  map.result = kAt;
  m.call(map);
  m.access(kAt, AccessKind::kStore);
  EXPECT_TRUE(m.call(fork_event()).fences.empty());
  EXPECT_EQ(m.access(kAt, AccessKind::kStore), 0u);
  m.mprotect(kAt, kPage, kRead);
  m.mprotect(kAt, kPage, kReadWrite);
  EXPECT_EQ(m.access(kAt, AccessKind::kStore), 0u);
  EXPECT_EQ(m.kernel.stats().frames_shared, 1u);
}

TEST(Fork, MprotectDoesNotGiveASharedFrameTheRightToWrite) {
  Written m(2);
  m.call(fork_event());
  m.mprotect(kAt, 2 * kPage, 0);
  m.mprotect(kAt, 2 * kPage, kReadWrite);
  for (const auto& [va, page] : m.table()) EXPECT_FALSE(page.rights.write) << va;
  EXPECT_EQ(m.access(kAt, AccessKind::kStore), 1u);
  EXPECT_EQ(m.kernel.stats().cow_faults, 1u);
}

TEST(Fork, PagesWithoutRightsAreSharedToo) {
  Written m(1);
  m.mprotect(kAt, kPage, 0);
  EXPECT_TRUE(m.call(fork_event()).fences.empty());
  EXPECT_EQ(m.kernel.stats().frames_shared, 1u);
  m.mprotect(kAt, kPage, kReadWrite);
  EXPECT_EQ(m.access(kAt, AccessKind::kStore), 1u);
  EXPECT_EQ(m.last.frames_copied, 1u);
}

OsSetup with_huge_pages() {
  OsSetup setup;
  setup.huge_pages = true;
  return setup;
}

void share_a_huge_page(OsMachine& m) {
  m.mmap(kAt, kHuge);
  m.access(kAt, AccessKind::kStore);
  m.call(fork_event());
}

TEST(Fork, AWriteToASharedHugePageSplitsItAndCopiesOneBasePage) {
  OsMachine m(with_huge_pages());
  share_a_huge_page(m);
  EXPECT_EQ(m.kernel.stats().frames_shared, 512u);
  m.access(kAt + 5 * kPage, AccessKind::kStore);
  EXPECT_EQ(m.last.frames_copied, 1u);
  EXPECT_EQ(m.table().size(), 512u);
  EXPECT_EQ(m.kernel.stats().frames_shared, 511u);
  m.expect_nothing_stale();
}

TEST(Fork, AHugePageThatIsNoOthersStaysWhole) {
  OsMachine m(with_huge_pages());
  share_a_huge_page(m);
  m.call(exit_event());
  EXPECT_EQ(m.access(kAt, AccessKind::kStore), 1u);
  EXPECT_EQ(m.table().size(), 1u);
  EXPECT_TRUE(m.table().at(kAt).rights.write);
  EXPECT_EQ(m.kernel.stats().cow_reused, 1u);
}

TEST(Fork, AWriteToAGroupMakesItPagesOfTheirOwn) {
  OsSetup setup;
  setup.contiguous_pages = true;
  OsMachine m(setup);
  m.mmap(kAt, 16 * kPage);
  m.access(kAt, AccessKind::kStore);
  m.call(fork_event());
  EXPECT_TRUE(m.table().at(kAt).grouped);
  m.access(kAt + 3 * kPage, AccessKind::kStore);
  for (const auto& [va, page] : m.table()) {
    EXPECT_FALSE(page.grouped);
    EXPECT_EQ(page.rights.write, va == kAt + 3 * kPage);
  }
  EXPECT_EQ(m.kernel.stats().cow_faults, 1u);
  m.expect_nothing_stale();
}

TEST(Fork, MremapTakesSharedPagesAlong) {
  Written m(1);
  m.call(fork_event());
  const std::uint64_t pa = m.pa_of(kAt);
  m.mremap(kAt, kPage, kPage, kAt + 64 * kPage);
  EXPECT_EQ(m.pa_of(kAt + 64 * kPage), pa);
  m.access(kAt + 64 * kPage, AccessKind::kStore);
  EXPECT_EQ(m.last.frames_copied, 1u);
  m.call(exit_event());
  EXPECT_EQ(m.kernel.stats().frames_in_use, 1u);
}

TEST(Fork, ThatCannotBeDoneIsCountedAndChangesNothing) {
  Written m(1);
  EXPECT_EQ(m.call(exit_event()).value, kInvalid) << "no such child";
  m.call(fork_event());
  EXPECT_EQ(m.call(fork_event()).value, kInvalid) << "the pid is in use";
  EXPECT_EQ(m.call(event_of(OsEventType::kExec, 99)).value, kInvalid);
  EXPECT_EQ(m.kernel.stats().failed_here, 3u);
  EXPECT_EQ(m.kernel.stats().processes, 2u);
  EXPECT_EQ(m.call(fork_event(-11)).value, static_cast<std::uint64_t>(-11));
  EXPECT_EQ(m.kernel.stats().failed_in_trace, 1u);
}

TEST(Fork, WithoutPageTablePagesFailsAsInLinux) {
  OsSetup setup;
  setup.memory_bytes = kMiB;  // 64 page-table pages: 3 for each process
  Written m(1, setup);
  for (int i = 1; i <= 20; ++i) EXPECT_EQ(m.call(fork_event(i)).value, std::uint64_t(i));
  EXPECT_EQ(m.call(fork_event(21)).value, kNoMemory);
  EXPECT_EQ(m.kernel.stats().failed_here, 1u);
  EXPECT_EQ(m.kernel.stats().processes, 21u);
  EXPECT_EQ(m.kernel.stats().table_pages, 63u);
  m.call(exit_event(7));
  EXPECT_EQ(m.call(fork_event(21)).value, 21u);
}

TEST(Fork, AChildWithoutAPidGetsOne) {
  Written m(1);
  EXPECT_EQ(m.call(fork_event(0)).value, 1u);
  EXPECT_EQ(m.call(fork_event(0)).value, 2u);
  EXPECT_EQ(m.kernel.stats().failed_here, 0u);
}

TEST(Exec, LeavesNothingOfTheOldImage) {
  Written m(2);
  m.brk(0x1000'0000);
  m.brk(0x1000'2000);
  m.call(event_of(OsEventType::kExec, 0));
  EXPECT_EQ(m.kernel.stats().exec_calls, 1u);
  EXPECT_EQ(m.kernel.stats().areas, 0u);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 0u);
  EXPECT_EQ(m.kernel.stats().table_pages, 1u);
  m.expect_nothing_stale();
  m.brk(0x2000'0000);  // the new break
  m.brk(0x2000'1000);
  EXPECT_EQ(m.kernel.areas().begin()->second.range.start, 0x2000'0000u);
  m.access(0x2000'0000, AccessKind::kStore);
}

TEST(Exec, OfAChildGivesItsPartBack) {
  Written m(2);
  m.call(fork_event());
  EXPECT_TRUE(m.call(event_of(OsEventType::kExec, kChild)).fences.empty());
  EXPECT_EQ(m.kernel.stats().frames_shared, 0u);
  EXPECT_EQ(m.kernel.stats().processes, 2u);
  m.access(kAt, AccessKind::kStore);
  EXPECT_EQ(m.kernel.stats().cow_reused, 1u);
}

TEST(Exit, OfTheTracedProcessGivesEverythingBackAndEndsIt) {
  Written m(2);
  const TrapWork& work = m.call(exit_event(0));
  ASSERT_EQ(work.spaces.size(), 1u);
  EXPECT_EQ(work.spaces[0].root, PhysAddr(0));
  EXPECT_EQ(m.kernel.stats().frames_in_use, 0u);
  EXPECT_EQ(m.kernel.stats().table_pages, 0u);
  EXPECT_EQ(m.kernel.stats().processes, 0u);
  EXPECT_NE(m.message_of_fault(kAt, AccessKind::kLoad).find("the process has exited"),
            std::string::npos);
  m.mmap(kAt, kPage);
  EXPECT_EQ(m.kernel.stats().failed_here, 1u);
}

}  // namespace
}  // namespace mmu::test
