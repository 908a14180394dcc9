// Base pages larger than the 4 KiB in which a trace speaks: what kernels with such pages do.
#include <gtest/gtest.h>

#include "testbench/unit/os_model/os_machine.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t kAt = 0x40000000;
constexpr std::uint64_t k64 = 0x10000;

OsSetup coarse() {
  OsSetup setup;
  setup.format = "aarch64-64k";
  return setup;
}

TEST(CoarsePages, OneFaultBringsAllAreasOfThePage) {
  OsMachine m(coarse());
  m.mmap(kAt, kPage);
  m.mmap(kAt + 8 * kPage, kPage);
  EXPECT_EQ(m.access(kAt), 1u);
  EXPECT_EQ(m.access(kAt + 8 * kPage), 0u);
  EXPECT_EQ(m.access(kAt + 4 * kPage), 0u) << "the gap between them too";
  EXPECT_EQ(m.kernel.stats().frames_in_use, 1u);
  EXPECT_EQ(m.kernel.stats().mixed_pages, 0u);
  EXPECT_NE(m.message_of_fault(kAt + k64, AccessKind::kLoad), "none");
}

TEST(CoarsePages, APageHasTheRightsOfAllItsAreasWhicheverIsTouchedFirst) {
  for (const std::uint64_t touched : {kAt, kAt + kPage, kAt + 5 * kPage}) {
    OsMachine m(coarse());
    m.mmap(kAt, kPage, kRead);
    m.mmap(kAt + kPage, kPage, kReadWrite);
    m.access(touched);
    EXPECT_TRUE(m.table().at(kAt).rights.write);
    EXPECT_EQ(m.access(kAt, AccessKind::kStore), 0u) << "the reader's part may be written";
    EXPECT_EQ(m.kernel.stats().mixed_pages, 1u);
  }
}

TEST(CoarsePages, AnAreaMadeLaterWidensThePageThatIsThere) {
  OsMachine m(coarse());
  m.mmap(kAt, kPage, kRead);
  m.access(kAt);
  EXPECT_FALSE(m.table().at(kAt).rights.write);
  m.mmap(kAt + kPage, 2 * k64, kReadWrite);
  EXPECT_TRUE(m.table().at(kAt).rights.write);
  EXPECT_TRUE(m.last.fences.empty()) << "wider rights are not fenced";
  EXPECT_EQ(m.kernel.stats().mixed_pages, 1u);
}

TEST(CoarsePages, APageLosesTheRightsOfAnAreaThatGoesAndGoesWithTheLast) {
  OsMachine m(coarse());
  m.mmap(kAt, kPage, kRead);
  m.mmap(kAt + kPage, kPage, kReadWrite);
  m.access(kAt, AccessKind::kStore);
  m.munmap(kAt + kPage, kPage);
  EXPECT_FALSE(m.table().at(kAt).rights.write);
  EXPECT_EQ(m.last.fences.size(), 1u);
  m.expect_nothing_stale();
  EXPECT_EQ(m.kernel.stats().frames_in_use, 1u);
  m.munmap(kAt, kPage);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 0u);
  m.expect_nothing_stale();
  EXPECT_NE(m.message_of_fault(kAt, AccessKind::kLoad), "none");
}

TEST(CoarsePages, ProtectChangesWholePagesAndSettlesTheEdges) {
  OsMachine m(coarse());
  m.mmap(kAt, 4 * k64);
  for (std::uint64_t i = 0; i < 4; ++i) m.access(kAt + i * k64, AccessKind::kStore);
  m.mprotect(kAt + kPage, 3 * k64 - kPage, kRead);
  const auto table = m.table();
  EXPECT_TRUE(table.at(kAt).rights.write) << "its first 4 KiB may still be written";
  EXPECT_FALSE(table.at(kAt + k64).rights.write);
  EXPECT_FALSE(table.at(kAt + 2 * k64).rights.write);
  EXPECT_TRUE(table.at(kAt + 3 * k64).rights.write);
  m.mprotect(kAt, kPage, kRead);
  EXPECT_FALSE(m.table().at(kAt).rights.write);
  m.expect_nothing_stale();
}

TEST(CoarsePages, MoveAsTheyAreWhereThePlaceIsAPageElseComeAnew) {
  OsMachine m(coarse());
  m.mmap(kAt, 2 * k64);
  m.access(kAt);
  m.access(kAt + k64);
  const std::uint64_t pa = m.pa_of(kAt);
  m.mremap(kAt, 2 * k64, 2 * k64, 2 * kAt);
  EXPECT_EQ(m.pa_of(2 * kAt), pa);
  m.mremap(2 * kAt, 2 * k64, 2 * k64, 3 * kAt + kPage);
  EXPECT_TRUE(m.table().empty());
  EXPECT_EQ(m.kernel.stats().frames_in_use, 0u);
  EXPECT_EQ(m.access(3 * kAt + kPage), 1u);
  m.expect_nothing_stale();
}

TEST(CoarsePages, TheEdgeOfAHugePageIsSplitOffFirst) {
  OsSetup setup = coarse();
  setup.format = "aarch64-16k";
  setup.huge_pages = true;
  setup.memory_bytes = 256 * kMiB;
  OsMachine m(setup);
  constexpr std::uint64_t kBlock = 32 * kMiB, k16 = 0x4000;
  m.mmap(kAt, kBlock);
  m.access(kAt, AccessKind::kStore);
  EXPECT_EQ(m.table().size(), 1u);
  m.mprotect(kAt + kPage, kPage, kRead);
  EXPECT_EQ(m.table().size(), 1u) << "the page keeps the rights of its other parts";
  m.munmap(kAt + k16, kPage);
  EXPECT_EQ(m.table().size(), 1u);
  m.mprotect(kAt, k16, kRead);
  EXPECT_EQ(m.table().size(), 2048u);
  EXPECT_FALSE(m.table().at(kAt).rights.write);
  m.munmap(kAt + k16, k16);
  EXPECT_EQ(m.table().size(), 2047u);
  m.expect_nothing_stale();
}

TEST(CoarsePages, MapOnTouchMakesAreasOfAWholePage) {
  OsSetup setup = coarse();
  setup.map_on_touch = true;
  OsMachine m(setup);
  EXPECT_EQ(m.access(k64 + 0x5123), 1u);
  EXPECT_EQ(m.access(k64 + 0xf000, AccessKind::kFetch), 0u);
  EXPECT_EQ(m.kernel.describe_areas(), "00010000-00020000 rwxp 00000000 00:00 0  [touched]\n");
}

TEST(CoarsePages, PlacesThatTheOsChoosesBeginAtAPage) {
  OsMachine m(coarse());
  OsEvent event;
  event.type = OsEventType::kMmap;
  event.handle = 1;
  event.args[1] = 3 * kPage;
  event.args[3] = linux_abi::kMapAnonymous;
  const std::uint64_t first = m.call(event).value;
  event.handle = 2;
  const std::uint64_t second = m.call(event).value;
  EXPECT_EQ(first % k64, 0u);
  EXPECT_EQ(second, first - k64);
}

}  // namespace
}  // namespace mmu::test
