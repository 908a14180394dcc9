#include <gtest/gtest.h>

#include "testbench/unit/os_model/os_machine.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t kAt = 0x40000000;

OsSetup huge(std::uint64_t memory_bytes = 64 * kMiB) {
  OsSetup setup;
  setup.huge_pages = true;
  setup.memory_bytes = memory_bytes;
  return setup;
}

TEST(HugePages, OneFaultMapsAndZeroesTwoMiB) {
  OsMachine m(huge());
  m.mmap(kAt, 2 * kHuge);
  EXPECT_EQ(m.access(kAt + 0x12345, AccessKind::kStore), 1u);
  EXPECT_EQ(m.last.frames_zeroed, 512u);
  EXPECT_EQ(m.last.entries_written, 2u);  // root -> level 1, and the leaf there
  EXPECT_EQ(m.last.tables_made, 1u);
  EXPECT_EQ(m.access(kAt + kHuge - 8), 0u);
  EXPECT_EQ(m.access(kAt + kHuge), 1u);
  EXPECT_EQ(m.kernel.stats().huge_pages_mapped, 2u);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 1024u);
  // The lowest whole block is at 2 MiB (frame 0 is not given out): PPN 0x200 << 10 | D A U W R V.
  EXPECT_EQ(m.raw_leaf(kAt), 0x80000u | 0xd7u);
}

TEST(HugePages, AreOnlyForBlocksThatAnAnonymousAreaCoversWholly) {
  OsMachine m(huge());
  m.mmap(kAt + kPage, 2 * kHuge);
  m.access(kAt + kPage);      // begins after the block does
  m.access(kAt + 2 * kHuge);  // ends before the block does
  m.access(kAt + kHuge);      // covered
  const auto table = m.table();
  EXPECT_EQ(table.at(kAt + kPage).shift, 12u);
  EXPECT_EQ(table.at(kAt + 2 * kHuge).shift, 12u);
  EXPECT_EQ(table.at(kAt + kHuge).shift, 21u);

  OsEvent file;
  file.type = OsEventType::kMmap;
  file.args[1] = kHuge;
  file.args[2] = kRead;
  file.args[3] = 2;
  file.result = 0x80000000;
  m.call(file);
  m.access(0x80000000);
  EXPECT_EQ(m.table().at(0x80000000).shift, 12u);
}

TEST(HugePages, GiveWayToASmallPageThatIsThereAlready) {
  OsMachine m(huge());
  m.mmap(kAt, kPage);
  m.access(kAt);
  m.mmap(kAt + kPage, kHuge - kPage);  // joins: now one area covers the block
  EXPECT_EQ(m.kernel.stats().areas, 1u);
  m.access(kAt + kPage);
  EXPECT_EQ(m.table().at(kAt + kPage).shift, 12u);
}

TEST(HugePages, FallBackToSmallOnesWhenNoBlockIsFree) {
  // 8 MiB: 2 MiB of tables, 6 MiB of data; the first block lacks frame 0: two whole blocks.
  OsMachine m(huge(8 * kMiB));
  m.mmap(kAt, 3 * kHuge);
  m.access(kAt);
  m.access(kAt + kHuge);
  m.access(kAt + 2 * kHuge);
  EXPECT_EQ(m.kernel.stats().huge_pages_mapped, 2u);
  EXPECT_EQ(m.table().at(kAt + 2 * kHuge).shift, 12u);
  m.munmap(kAt, kHuge);
  EXPECT_EQ(m.access(kAt + 2 * kHuge + kPage), 1u) << "a table is there: no large page now";
  EXPECT_EQ(m.table().at(kAt + 2 * kHuge + kPage).shift, 12u);
}

TEST(HugePages, AreSplitByMunmapOfAPartAndKeepTheirFrames) {
  OsMachine m(huge());
  m.mmap(kAt, kHuge);
  m.access(kAt, AccessKind::kStore);
  const std::uint64_t pa = m.pa_of(kAt);
  m.munmap(kAt + 8 * kPage, 16 * kPage);
  EXPECT_EQ(m.last.tables_made, 1u);
  EXPECT_EQ(m.last.entries_written, 512u + 1 + 16);
  m.expect_nothing_stale();
  const auto table = m.table();
  EXPECT_EQ(table.size(), 512u - 16);
  for (const auto& [va, page] : table) {
    EXPECT_EQ(page.pa - pa, va - kAt);
    EXPECT_EQ(page.shift, 12u);
    EXPECT_TRUE(page.dirty && page.accessed);
  }
  EXPECT_EQ(m.kernel.stats().frames_in_use, 512u - 16);
  m.munmap(kAt, kHuge);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 0u);
  EXPECT_EQ(m.kernel.stats().table_pages, 1u);
  m.expect_nothing_stale();
}

TEST(HugePages, AreSplitByMprotectOfAPartOnly) {
  OsMachine m(huge());
  m.mmap(kAt, 2 * kHuge);
  m.access(kAt, AccessKind::kStore);
  m.access(kAt + kHuge, AccessKind::kStore);
  m.mprotect(kAt + kHuge - kPage, kPage + kHuge, kRead);
  const auto table = m.table();
  EXPECT_EQ(table.size(), 513u);
  EXPECT_TRUE(table.at(kAt + kHuge - 2 * kPage).rights.write);
  EXPECT_FALSE(table.at(kAt + kHuge - kPage).rights.write);
  EXPECT_EQ(table.at(kAt + kHuge).shift, 21u);
  EXPECT_FALSE(table.at(kAt + kHuge).rights.write);
  m.expect_nothing_stale();
}

// Else a TLB could hold the large page and a small one for the same address.
TEST(HugePages, AreFencedWhenTheyAreSplitEvenIfNothingShrinks) {
  OsMachine m(huge());
  m.mmap(kAt, kHuge, kRead);
  m.access(kAt);
  m.mprotect(kAt + kPage, kPage, kReadWrite);
  ASSERT_EQ(m.last.fences.size(), 1u);
  EXPECT_EQ(m.last.fences[0].va->value(), kAt);
  m.expect_nothing_stale();
}

TEST(HugePages, MoveWholeWhereTheNewPlaceIsAlignedAndInPiecesElsewhere) {
  OsMachine m(huge());
  m.mmap(kAt, kHuge);
  m.access(kAt);
  const std::uint64_t pa = m.pa_of(kAt);
  m.mremap(kAt, kHuge, kHuge, 2 * kAt);
  EXPECT_EQ(m.table().at(2 * kAt).shift, 21u);
  EXPECT_EQ(m.pa_of(2 * kAt), pa);
  m.expect_nothing_stale();
  m.mremap(2 * kAt, kHuge, kHuge, 3 * kAt + kPage);
  const auto table = m.table();
  EXPECT_EQ(table.size(), 512u);
  EXPECT_EQ(table.at(3 * kAt + kPage).pa, pa);
  EXPECT_EQ(table.at(3 * kAt + kHuge).pa, pa + kHuge - kPage);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 512u);
  m.expect_nothing_stale();
}

TEST(HugePages, KeepTheirFramesWithoutAnyRight) {
  OsMachine m(huge());
  m.mmap(kAt, kHuge);
  m.access(kAt, AccessKind::kStore);
  const std::uint64_t pa = m.pa_of(kAt);
  m.mprotect(kAt, kHuge, 0);
  EXPECT_TRUE(m.table().empty());
  m.mprotect(kAt + kPage, kPage, kRead);  // splits a page that is not valid
  EXPECT_EQ(m.table().size(), 1u);
  EXPECT_EQ(m.pa_of(kAt + kPage), pa + kPage);
  m.expect_nothing_stale();
  m.munmap(kAt, kHuge);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 0u);
}

TEST(HugePages, AreOffUnlessAskedFor) {
  OsMachine m;
  m.mmap(kAt, kHuge);
  m.access(kAt);
  EXPECT_EQ(m.table().at(kAt).shift, 12u);
  EXPECT_EQ(m.kernel.stats().huge_pages_mapped, 0u);
}

}  // namespace
}  // namespace mmu::test
