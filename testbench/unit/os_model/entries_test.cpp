// What the OS writes for large and grouped pages, worked out by hand from the manuals. The frame is
// the lowest that is aligned and does not hold the page at address 0.
#include <gtest/gtest.h>

#include "testbench/unit/os_model/os_machine.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t kAt = 0x40000000;
constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;

/// The entry of the page at kAt, which a store has made.
std::uint64_t entry_of(OsSetup setup) {
  setup.memory_bytes = 4 * kGiB;
  OsMachine m(setup);
  m.mmap(kAt, kGiB);
  m.access(kAt, AccessKind::kStore);
  return m.raw_leaf(kAt);
}
OsSetup of(const std::string& format) {
  OsSetup setup;
  setup.format = format;
  return setup;
}
std::uint64_t huge(const std::string& format) {
  OsSetup setup = of(format);
  setup.huge_pages = true;
  return entry_of(setup);
}
std::uint64_t gigantic(const std::string& format) {
  OsSetup setup = of(format);
  setup.gigantic_pages = true;
  return entry_of(setup);
}

// RISC-V: PPN << 10 | D 0x80 | A 0x40 | U 0x10 | W 4 | R 2 | V 1.
TEST(OsEntries, RiscV) {
  EXPECT_EQ(entry_of(of("sv32")), 0x400u | 0xd7u);       // PPN 1
  EXPECT_EQ(huge("sv32"), 0x400u << 10 | 0xd7u);         // 4 MiB: PPN 0x400
  EXPECT_EQ(huge("sv39"), 0x200u << 10 | 0xd7u);         // 2 MiB
  EXPECT_EQ(gigantic("sv48"), 0x4'0000u << 10 | 0xd7u);  // 1 GiB
}

// Intel SDM vol. 3A, tables 5-15 to 5-20: XD 63, PS 7, D 6, A 5, U/S 2, R/W 1, P 0.
TEST(OsEntries, X86) {
  EXPECT_EQ(huge("x86-64-4level"), 0x8000'0000'0020'00e7u);
  EXPECT_EQ(gigantic("x86-64-4level"), 0x8000'0000'4000'00e7u);
}

// Arm ARM D8.3: UXN 54, nG 0x800, AF 0x400, AP[1] 0x40; page 3, block 1.
TEST(OsEntries, AArch64) {
  EXPECT_EQ(entry_of(of("aarch64-16k")), 0x0040'0000'0000'4c43u);
  EXPECT_EQ(entry_of(of("aarch64-64k")), 0x0040'0000'0001'0c43u);
  EXPECT_EQ(huge("aarch64-4k"), 0x0040'0000'0020'0c41u);
  EXPECT_EQ(huge("aarch64-16k"), 0x0040'0000'0200'0c41u);  // 32 MiB
  EXPECT_EQ(huge("aarch64-64k"), 0x0040'0000'2000'0c41u);  // 512 MiB
  EXPECT_EQ(gigantic("aarch64-4k"), 0x0040'0000'4000'0c41u);
}

// "Svnapot": N 63, and PPN[3:0] = 1000 in each of the 16: PPN 0x10 becomes 0x18 everywhere.
TEST(OsEntries, SvnapotHasTheSameEntrySixteenTimes) {
  OsSetup setup = of("sv39");
  setup.contiguous_pages = true;
  OsMachine m(setup);
  m.mmap(kAt, 0x10000);
  m.access(kAt + 0x5000, AccessKind::kStore);
  for (std::uint64_t page = 0; page < 16; ++page) {
    EXPECT_EQ(m.raw_leaf(kAt + page * kPage), 0x8000'0000'0000'60d7u) << page;
  }
}

// "Contiguous bit": bit 52 in each; every entry has the address of its own page.
TEST(OsEntries, TheContiguousBitLeavesEachEntryItsFrame) {
  struct Row {
    const char* format;
    std::uint64_t pages, first, page_bytes;
  };
  const Row rows[] = {{"aarch64-4k", 16, 0x1'0000, 0x1000},
                      {"aarch64-16k", 128, 0x20'0000, 0x4000},
                      {"aarch64-64k", 32, 0x20'0000, 0x1'0000}};
  for (const Row& row : rows) {
    OsSetup setup = of(row.format);
    setup.contiguous_pages = true;
    OsMachine m(setup);
    m.mmap(kAt, row.pages * row.page_bytes);
    m.access(kAt + 0x5000, AccessKind::kStore);
    for (std::uint64_t page = 0; page < row.pages; ++page) {
      EXPECT_EQ(m.raw_leaf(kAt + page * row.page_bytes),
                0x0050'0000'0000'0c43u + row.first + page * row.page_bytes)
          << row.format << " " << page;
    }
  }
}

}  // namespace
}  // namespace mmu::test
