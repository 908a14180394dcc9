#include <gtest/gtest.h>

#include <random>
#include <set>

#include "testbench/unit/os_model/os_machine.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;

class OsInEveryFormat : public testing::TestWithParam<const char*> {
 protected:
  OsSetup setup() const {
    OsSetup s;
    s.format = GetParam();
    s.memory_bytes = 256 * kMiB;
    return s;
  }
};

INSTANTIATE_TEST_SUITE_P(Formats, OsInEveryFormat, testing::ValuesIn(kAllFormats),
                         [](const auto& param) {
                           std::string name = param.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

// Software and hardware share nothing here but the bytes in memory and the root address.
TEST_P(OsInEveryFormat, HardwareFindsEveryPageInBothHalvesOfTheAddressSpace) {
  OsSetup s = setup();
  s.map_on_touch = true;
  OsMachine m(s);
  const std::uint64_t page_bytes = m.format.page_bytes();
  std::mt19937_64 rng(1);
  std::set<std::uint64_t> pages;
  for (int i = 0; i < 300; ++i) {
    std::uint64_t va = rng() & ((std::uint64_t{1} << (m.format.va_bits - 1)) - 1);
    // The upper half, but not its last page; without sign extension there is none.
    if (i % 2 == 1 && m.format.sign_extended) va = ~va - page_bytes;
    pages.insert(va & ~(page_bytes - 1));
    m.access(va, AccessKind::kStore);
  }
  const auto table = m.table();
  EXPECT_EQ(table.size(), pages.size());
  for (const std::uint64_t page : pages) {
    ASSERT_EQ(table.count(page), 1u) << std::hex << page;
    EXPECT_TRUE(table.at(page).rights == Rights{});
    EXPECT_EQ(table.at(page).shift, m.format.page_shift);
  }
  for (const std::uint64_t page : pages) m.munmap(page, page_bytes);
  EXPECT_EQ(m.kernel.stats().table_pages, 1u);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 0u);
  m.expect_nothing_stale();
}

TEST_P(OsInEveryFormat, TheFirstPageTakesOneTableForEachLevelBelowTheRoot) {
  OsMachine m(setup());
  EXPECT_EQ(m.kernel.stats().table_pages, 1u);
  m.mmap(0x10000000, kPage);
  m.access(0x10000000);
  EXPECT_EQ(m.last.tables_made, m.format.depth - 1u);
  EXPECT_EQ(m.last.entries_written, m.format.depth);
  EXPECT_EQ(m.last.frames_zeroed, m.format.page_bytes() / 4096);
  EXPECT_EQ(m.kernel.stats().table_pages, m.format.depth);
}

TEST_P(OsInEveryFormat, RightsReachTheHardwareAsTheyWereAskedFor) {
  OsMachine m(setup());
  const bool tells_read_from_fetch = m.format.leaf_rights.read.mask != 0;
  for (std::uint64_t prot = 1; prot < 8; ++prot) {
    const std::uint64_t va = 0x10000000 + prot * 0x10000;
    m.mmap(va, kPage, prot);
    const bool read = (prot & 3) != 0 || !tells_read_from_fetch;
    m.access(va, read ? AccessKind::kLoad : AccessKind::kFetch);
    const Rights expected{read, (prot & 2) != 0, (prot & 4) != 0, true};
    EXPECT_TRUE(m.table().at(va).rights == expected) << prot;
  }
}

TEST_P(OsInEveryFormat, LargePagesAreMappedSplitAndTakenApart) {
  OsSetup s = setup();
  s.huge_pages = true;
  s.memory_bytes = 4 * kGiB;
  OsMachine m(s);
  const unsigned shift = m.format.levels[1].lsb;
  const std::uint64_t huge = std::uint64_t{1} << shift, page = m.format.page_bytes();
  m.mmap(0x40000000, 2 * huge);
  EXPECT_EQ(m.access(0x40000000 + huge - 8, AccessKind::kStore), 1u);
  EXPECT_EQ(m.last.frames_zeroed, huge / 4096);
  EXPECT_EQ(m.kernel.stats().huge_pages_mapped, 1u);
  EXPECT_EQ(m.table().at(0x40000000).shift, shift);
  const std::uint64_t pa = m.pa_of(0x40000000);
  m.munmap(0x40000000 + 5 * page, page);
  const auto table = m.table();
  EXPECT_EQ(table.size(), huge / page - 1);
  EXPECT_EQ(table.at(0x40000000 + 111 * page).pa, pa + 111 * page);
  EXPECT_EQ(table.at(0x40000000 + 111 * page).shift, m.format.page_shift);
  m.expect_nothing_stale();
}

TEST_P(OsInEveryFormat, PagesOfLevelTwoAreMappedAndSplitLevelByLevel) {
  OsSetup s = setup();
  s.gigantic_pages = true;
  s.memory_bytes = 4 * kGiB;
  OsMachine m(s);
  m.mmap(kGiB, kGiB);
  EXPECT_EQ(m.access(kGiB + 123, AccessKind::kStore), 1u);
  if (!m.format.maps_at(2)) {
    EXPECT_EQ(m.table().at(kGiB).shift, m.format.page_shift) << "there are none to be had";
    return;
  }
  EXPECT_EQ(m.last.frames_zeroed, kGiB / 4096);
  EXPECT_EQ(m.kernel.stats().gigantic_pages_mapped, 1u);
  EXPECT_EQ(m.table().at(kGiB).shift, 30u);
  const std::uint64_t pa = m.pa_of(kGiB);
  EXPECT_EQ(pa, kGiB) << "the lowest that does not hold frame 0";
  EXPECT_EQ(m.access(2 * kGiB - 8), 0u);

  m.munmap(kGiB + 5 * kPage, kPage);  // one of 2 MiB is split further
  const auto table = m.table();
  EXPECT_EQ(m.last.tables_made, 2u);
  EXPECT_EQ(table.size(), 511u + 511);
  EXPECT_EQ(table.at(kGiB + 6 * kPage).shift, 12u);
  EXPECT_EQ(table.at(kGiB + kHuge).shift, 21u);
  EXPECT_EQ(table.at(kGiB + 300 * kHuge).pa, pa + 300 * kHuge);
  m.expect_nothing_stale();
  m.munmap(kGiB, kGiB);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 0u);
  EXPECT_EQ(m.kernel.stats().table_pages, 1u);
  m.expect_nothing_stale();
}

// Sv48: 512 GiB, in an entry of the root.
TEST(OsInSv48, PagesOfLevelThreeAreMappedAndSplitLevelByLevel) {
  constexpr std::uint64_t kTera = std::uint64_t{1} << 40;
  OsSetup s;
  s.format = "sv48";
  s.gigantic_pages = true;
  s.memory_bytes = 2 * kTera;
  OsMachine m(s);
  m.mmap(kTera / 2, kTera / 2);
  EXPECT_EQ(m.access(kTera / 2 + 123, AccessKind::kStore), 1u);
  EXPECT_EQ(m.last.frames_zeroed, kTera / 2 / 4096);
  EXPECT_EQ(m.last.tables_made, 0u);
  EXPECT_EQ(m.kernel.stats().gigantic_pages_mapped, 1u);
  EXPECT_EQ(m.table().at(kTera / 2).shift, 39u);
  EXPECT_EQ(m.access(kTera - 8), 0u);
  const std::uint64_t pa = m.pa_of(kTera / 2);

  m.munmap(kTera / 2 + 5 * kPage, kPage);
  EXPECT_EQ(m.last.tables_made, 3u);
  const auto table = m.table();
  EXPECT_EQ(table.size(), 511u + 511 + 511);
  EXPECT_EQ(table.at(kTera / 2 + 300 * kGiB).pa, pa + 300 * kGiB);
  EXPECT_EQ(table.at(kTera / 2 + 6 * kPage).pa, pa + 6 * kPage);
  m.expect_nothing_stale();
}

}  // namespace
}  // namespace mmu::test
