#include <gtest/gtest.h>

#include <random>

#include "testbench/unit/os_model/os_machine.hpp"

namespace mmu::test {
namespace {

class OsInEveryFormat : public testing::TestWithParam<const char*> {
 protected:
  OsSetup setup() const {
    OsSetup s;
    s.format = GetParam();
    return s;
  }
};

INSTANTIATE_TEST_SUITE_P(Formats, OsInEveryFormat,
                         testing::Values("sv39", "sv48", "sv57", "x86-64-4level", "x86-64-5level",
                                         "aarch64-4k"),
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
  std::mt19937_64 rng(1);
  std::vector<std::uint64_t> pages;
  for (int i = 0; i < 300; ++i) {
    std::uint64_t va = rng() & ((std::uint64_t{1} << (m.format.va_bits - 1)) - 1);
    // The upper half, but not its last page; an Arm table of TTBR0 has none.
    if (i % 2 == 1 && m.format.sign_extended) va = ~va - kPage;
    pages.push_back(va & ~(kPage - 1));
    m.access(va, AccessKind::kStore);
  }
  const auto table = m.table();
  EXPECT_EQ(table.size(), pages.size());
  for (const std::uint64_t page : pages) {
    ASSERT_EQ(table.count(page), 1u) << std::hex << page;
    EXPECT_TRUE(table.at(page).rights == Rights{});
  }
  for (const std::uint64_t page : pages) m.munmap(page, kPage);
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
  OsMachine m(s);
  m.mmap(0x40000000, 2 * kHuge);
  EXPECT_EQ(m.access(0x40000000 + kHuge - 8, AccessKind::kStore), 1u);
  EXPECT_EQ(m.table().at(0x40000000).shift, 21u);
  const std::uint64_t pa = m.pa_of(0x40000000);
  m.munmap(0x40000000 + 5 * kPage, kPage);
  const auto table = m.table();
  EXPECT_EQ(table.size(), 511u);
  EXPECT_EQ(table.at(0x40000000 + 511 * kPage).pa, pa + 511 * kPage);
  EXPECT_EQ(table.at(0x40000000 + 511 * kPage).shift, 12u);
  m.expect_nothing_stale();
}

}  // namespace
}  // namespace mmu::test
