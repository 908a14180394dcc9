// Pages that form one larger page: Svnapot, AArch64's contiguous bit.
#include <gtest/gtest.h>

#include "testbench/unit/os_model/os_machine.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t kAt = 0x40000000;
constexpr std::uint64_t kGroup = 16 * kPage;

OsSetup groups(AdUpdate ad = AdUpdate::kHardware, const std::string& format = "sv39") {
  OsSetup setup;
  setup.format = format;
  setup.contiguous_pages = true;
  setup.ad_update = ad;
  return setup;
}

unsigned grouped_pages(OsMachine& m) {
  unsigned count = 0;
  for (const auto& [va, page] : m.table()) count += page.grouped ? 1 : 0;
  return count;
}

TEST(Groups, OneFaultMapsAndZeroesAllPagesOfAGroup) {
  OsMachine m(groups());
  m.mmap(kAt, 2 * kGroup);
  EXPECT_EQ(m.access(kAt + 0x7123), 1u);
  EXPECT_EQ(m.last.frames_zeroed, 16u);
  EXPECT_EQ(m.last.entries_written, 2u + 16);
  EXPECT_EQ(m.access(kAt + kGroup - 8), 0u);
  EXPECT_EQ(m.access(kAt + kGroup), 1u);
  EXPECT_EQ(grouped_pages(m), 32u);
  EXPECT_EQ(m.kernel.stats().contiguous_groups_mapped, 2u);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 32u);
}

TEST(Groups, NeedAnAlignedPlaceInOneAnonymousAreaWhereNothingIs) {
  OsMachine m(groups());
  m.mmap(kAt + kPage, 2 * kGroup);
  m.access(kAt + kPage);       // begins after the group does
  m.access(kAt + 2 * kGroup);  // ends before the group does
  EXPECT_EQ(grouped_pages(m), 0u);
  m.access(kAt + kGroup);
  EXPECT_EQ(grouped_pages(m), 16u);
  m.mmap(kAt + 4 * kGroup, kPage);
  m.access(kAt + 4 * kGroup);
  m.mmap(kAt + 4 * kGroup + kPage, kGroup - kPage);  // joins, but a page is there
  m.access(kAt + 4 * kGroup + kPage);
  EXPECT_EQ(grouped_pages(m), 16u);
}

TEST(Groups, FallBackToSinglePagesWhenNoAlignedRunIsFree) {
  OsSetup setup = groups();
  setup.memory_bytes = kMiB;  // data frames 1 to 191: eleven aligned groups
  OsMachine m(setup);
  m.mmap(kAt, 12 * kGroup);
  for (std::uint64_t i = 0; i < 12; ++i) m.access(kAt + i * kGroup);
  EXPECT_EQ(m.kernel.stats().contiguous_groups_mapped, 11u);
  EXPECT_EQ(m.table().at(kAt + 11 * kGroup).pa, 0x1000u);
}

TEST(Groups, BecomeSinglePagesWhenAPartIsUnmappedOrProtected) {
  for (const char* format : {"sv39", "aarch64-4k"}) {
    OsMachine m(groups(AdUpdate::kHardware, format));
    m.mmap(kAt, 2 * kGroup);
    m.access(kAt, AccessKind::kStore);
    m.access(kAt + kGroup, AccessKind::kStore);
    const std::uint64_t pa = m.pa_of(kAt);
    m.munmap(kAt + 3 * kPage, kPage);
    EXPECT_EQ(m.last.entries_written, 16u + 1) << "all lose the bit, one goes";
    EXPECT_EQ(m.last.fences.size(), 16u + 1) << "every page of the group, then the one";
    EXPECT_EQ(grouped_pages(m), 16u);
    EXPECT_EQ(m.pa_of(kAt + 9 * kPage), pa + 9 * kPage);
    m.expect_nothing_stale();
    m.mprotect(kAt + kGroup, kPage, kRead);
    EXPECT_EQ(grouped_pages(m), 0u);
    m.expect_nothing_stale();
    m.munmap(kAt, 2 * kGroup);
    EXPECT_EQ(m.kernel.stats().frames_in_use, 0u);
  }
}

TEST(Groups, StayGroupsWhenTheyChangeAsAWhole) {
  OsMachine m(groups());
  m.mmap(kAt, kGroup);
  m.access(kAt, AccessKind::kStore);
  m.mprotect(kAt, kGroup, kRead);
  EXPECT_EQ(grouped_pages(m), 16u);
  EXPECT_FALSE(m.table().at(kAt + kPage).rights.write);
  m.expect_nothing_stale();
  m.mprotect(kAt, kGroup, 0);
  EXPECT_TRUE(m.table().empty());
  m.mprotect(kAt, kGroup, kReadWrite);
  EXPECT_EQ(grouped_pages(m), 16u);
  m.mremap(kAt, kGroup, kGroup, 2 * kAt);
  EXPECT_EQ(grouped_pages(m), 16u);
  m.expect_nothing_stale();
  m.mremap(2 * kAt, kGroup, kGroup, 3 * kAt + kPage);
  EXPECT_EQ(grouped_pages(m), 0u) << "not aligned any more";
  EXPECT_EQ(m.table().size(), 16u);
  m.expect_nothing_stale();
}

TEST(Groups, SoftwareSetsDInAllEntriesAtOnce) {
  OsMachine m(groups(AdUpdate::kFault));
  m.mmap(kAt, kGroup);
  m.access(kAt, AccessKind::kLoad);
  EXPECT_EQ(m.access(kAt + kPage, AccessKind::kStore), 1u);
  EXPECT_EQ(m.last.entries_written, 16u);
  EXPECT_EQ(m.last.fences.size(), 1u);
  EXPECT_EQ(m.kernel.stats().dirty_faults, 1u);
  EXPECT_EQ(m.access(kAt + 2 * kPage, AccessKind::kStore), 0u);
}

TEST(Groups, AreOffUnlessAskedForAndWhereTheFormatHasNone) {
  for (const char* format : {"sv39", "x86-64-4level", "sv32"}) {
    OsSetup setup;
    setup.format = format;
    setup.contiguous_pages = setup.format != "sv39";
    OsMachine m(setup);
    m.mmap(kAt, kGroup);
    m.access(kAt);
    EXPECT_EQ(m.table().size(), 1u) << format;
  }
}

// AArch64: a run of 16 blocks of 2 MiB, or of 32 of 32 MiB with a granule of 16 KiB.
class GroupsOfBlocks : public testing::TestWithParam<const char*> {};

TEST_P(GroupsOfBlocks, AreMappedByOneFaultAndComeApartFirst) {
  OsSetup setup = groups(AdUpdate::kHardware, GetParam());
  setup.huge_pages = true;
  setup.memory_bytes = std::uint64_t{4} << 30;
  OsMachine m(setup);
  const unsigned shift = m.format.levels[1].lsb;
  const std::uint64_t block = std::uint64_t{1} << shift;
  const std::uint64_t group = std::uint64_t{1} << m.format.group_shift(1);
  ASSERT_EQ(group / block, std::string(GetParam()) == "aarch64-4k" ? 16u : 32u);
  m.mmap(group, 2 * group - block);
  EXPECT_EQ(m.access(group + block + 5), 1u);
  EXPECT_EQ(m.last.frames_zeroed, group / 4096);
  EXPECT_EQ(m.access(2 * group - 8), 0u);
  EXPECT_EQ(grouped_pages(m), group / block);
  EXPECT_EQ(m.table().at(group).shift, shift);
  EXPECT_EQ(m.kernel.stats().contiguous_groups_mapped, 1u);
  EXPECT_EQ(m.pa_of(group) % group, 0u);

  EXPECT_EQ(m.access(2 * group), 1u);  // the second one is a block short
  EXPECT_EQ(grouped_pages(m), group / block);
  EXPECT_EQ(m.kernel.stats().huge_pages_mapped, 1u);

  const std::uint64_t pa = m.pa_of(group);
  m.munmap(group, block);
  EXPECT_EQ(grouped_pages(m), 0u);
  EXPECT_EQ(m.pa_of(group + block), pa + block);
  EXPECT_EQ(m.table().at(group + block).shift, shift);
  m.expect_nothing_stale();
}
INSTANTIATE_TEST_SUITE_P(Granules, GroupsOfBlocks, testing::Values("aarch64-4k", "aarch64-16k"),
                         [](const auto& test) { return std::string(test.param + 8); });

}  // namespace
}  // namespace mmu::test
