// What OsStats says that virtual memory costs.
#include <gtest/gtest.h>

#include "testbench/unit/os_model/os_machine.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t kAt = 0x40000000;

/// An access, of which the kernel is told as it is by the platform.
void touch(OsMachine& m, std::uint64_t va, AccessKind kind = AccessKind::kStore) {
  m.access(va, kind);
  m.kernel.touched(VirtAddr(va));
}

OsSetup huge() {
  OsSetup setup;
  setup.huge_pages = true;
  return setup;
}

TEST(Cost, OfLargePagesIsWhatNobodyTouches) {
  OsMachine m(huge());
  m.mmap(kAt, 2 * kHuge);
  touch(m, kAt);
  touch(m, kAt + 8);
  touch(m, kAt + 5 * kPage);
  touch(m, kAt + 5 * kPage);
  touch(m, kAt + kHuge - 1);
  EXPECT_EQ(m.kernel.stats().resident_bytes, kHuge);
  EXPECT_EQ(m.kernel.stats().untouched_bytes, kHuge - 3 * kPage);
  touch(m, kAt + kHuge);
  EXPECT_EQ(m.kernel.stats().untouched_bytes, 2 * kHuge - 4 * kPage);
}

TEST(Cost, OfWhatIsUnmappedIsNone) {
  OsMachine m(huge());
  m.mmap(kAt, kHuge);
  touch(m, kAt);
  touch(m, kAt + 8 * kPage);
  m.munmap(kAt + 8 * kPage, 16 * kPage);  // one of the two that were touched
  EXPECT_EQ(m.kernel.stats().untouched_bytes, kHuge - 16 * kPage - kPage);
  m.munmap(kAt, kHuge);
  EXPECT_EQ(m.kernel.stats().untouched_bytes, 0u);
  // What comes there next has not been touched, the page last touched included.
  m.mmap(kAt, kHuge);
  touch(m, kAt + 8 * kPage);
  EXPECT_EQ(m.kernel.stats().untouched_bytes, kHuge - kPage);
}

TEST(Cost, MovesWithPages) {
  OsMachine m(huge());
  m.mmap(kAt, kHuge);
  touch(m, kAt);
  touch(m, kAt + 9 * kPage);
  m.mremap(kAt, kHuge, kHuge, 3 * kAt);
  EXPECT_EQ(m.kernel.stats().untouched_bytes, kHuge - 2 * kPage);
  touch(m, 3 * kAt + 9 * kPage);  // the same page
  EXPECT_EQ(m.kernel.stats().untouched_bytes, kHuge - 2 * kPage);
}

TEST(Cost, OfPagesAskedForIsNone) {
  OsMachine m(huge());
  OsEvent populate;
  populate.type = OsEventType::kMmap;
  populate.args[1] = kHuge + kPage;
  populate.args[2] = kReadWrite;
  populate.args[3] = linux_abi::kMapAnonymous | linux_abi::kMapPopulate;
  populate.result = kAt;
  m.call(populate);
  EXPECT_EQ(m.kernel.stats().resident_bytes, kHuge + kPage);
  EXPECT_EQ(m.kernel.stats().untouched_bytes, 0u);
  EXPECT_EQ(m.kernel.stats().zeroed_bytes, kHuge + kPage);
}

TEST(Cost, OfBasePagesLargerThan4KiB) {
  OsSetup setup;
  setup.format = "aarch64-16k";
  OsMachine m(setup);
  m.mmap(kAt, 64 * 1024);
  touch(m, kAt);
  touch(m, kAt + 20 * 1024);
  EXPECT_EQ(m.kernel.stats().resident_bytes, 32u * 1024);
  EXPECT_EQ(m.kernel.stats().untouched_bytes, 24u * 1024);
  EXPECT_EQ(m.kernel.stats().zeroed_bytes, 32u * 1024);
}

TEST(Cost, OfPagesOf4KiBIsNone) {
  OsMachine m;
  EXPECT_FALSE(m.kernel.counts_touches());
  m.mmap(kAt, 4 * kPage);
  touch(m, kAt);
  EXPECT_EQ(m.kernel.stats().untouched_bytes, 0u);
}

TEST(Cost, TablesNowAndAtMost) {
  OsMachine m;                                     // Sv39
  EXPECT_EQ(m.kernel.stats().table_bytes, kPage);  // the root
  m.mmap(kAt, kPage);
  touch(m, kAt);  // a table of level 1 and one of level 0
  EXPECT_EQ(m.kernel.stats().table_bytes, 3 * kPage);
  m.munmap(kAt, kPage);
  EXPECT_EQ(m.kernel.stats().table_bytes, kPage);
  EXPECT_EQ(m.kernel.stats().table_peak_bytes, 3 * kPage);
  EXPECT_EQ(m.kernel.stats().resident_bytes, 0u);
  EXPECT_EQ(m.kernel.stats().resident_peak_bytes, kPage);
}

TEST(Cost, WorkOfDemandZeroAndOfCopyOnWrite) {
  OsMachine m;
  m.mmap(kAt, 4 * kPage);
  for (unsigned page = 0; page < 3; ++page) m.access(kAt + page * kPage, AccessKind::kStore);
  OsEvent fork;
  fork.type = OsEventType::kFork;
  fork.result = 7;
  m.call(fork);
  m.access(kAt, AccessKind::kStore);
  m.access(kAt + kPage, AccessKind::kStore);
  const os::OsStats stats = m.kernel.stats();
  EXPECT_EQ(stats.zeroed_bytes, 3 * kPage);
  EXPECT_EQ(stats.copied_bytes, 2 * kPage);
  EXPECT_EQ(stats.page_faults, stats.minor_faults + stats.cow_faults);
}

TEST(Cost, KindsOfFaultsAddUp) {
  OsSetup setup;
  setup.ad_update = AdUpdate::kFault;
  OsMachine m(setup);
  m.mmap(kAt, 4 * kPage);
  m.access(kAt, AccessKind::kLoad);                       // demand zero
  m.access(kAt, AccessKind::kStore);                      // D
  m.fault(kAt, FaultKind::kNoRight, AccessKind::kStore);  // the table allows it already
  const os::OsStats stats = m.kernel.stats();
  EXPECT_EQ(stats.stale_faults, 1u);
  EXPECT_EQ(stats.minor_faults + stats.dirty_faults + stats.stale_faults, 3u);
  EXPECT_EQ(stats.page_faults, 3u);
}

TEST(Cost, CountsFromAPointOn) {
  os::OsStats before, now;
  before.zeroed_bytes = 4096;
  before.copied_bytes = 8192;
  before.stale_faults = 1;
  before.table_peak_bytes = 4096;
  now.zeroed_bytes = 3 * 4096;
  now.copied_bytes = 5 * 4096;
  now.stale_faults = 4;
  now.table_peak_bytes = 8192;
  const os::OsStats since = now.since(before);
  EXPECT_EQ(since.zeroed_bytes, 2u * 4096);
  EXPECT_EQ(since.copied_bytes, 3u * 4096);
  EXPECT_EQ(since.stale_faults, 3u);
  EXPECT_EQ(since.table_peak_bytes, 8192u);  // the most at one time
}

}  // namespace
}  // namespace mmu::test
