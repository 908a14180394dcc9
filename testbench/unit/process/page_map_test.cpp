#include "sim/process/page_map.hpp"

#include <gtest/gtest.h>

#include "hw/arch/errors.hpp"
#include "testbench/unit/process/hand_made_process.hpp"

namespace mmu {
namespace {

PageMap read(const HandMadeProcess& p) { return read_page_map(p.format, p.memory, p.root); }

TEST(PageMap, HoldsPagesByAddressAndTablesByLevel) {
  HandMadeProcess p;
  p.page(0x40001000, 0x5000, kReadWrite, true, true);
  p.page(0x1000, 0x7000, kReadExecute, true, false);
  p.page(0x40200000, 0x200000, kReadOnly, false, false, 1);
  const PageMap map = read(p);
  ASSERT_EQ(map.pages.size(), 3u);
  EXPECT_EQ(map.pages[0].va.value(), 0x1000u);
  EXPECT_EQ(map.pages[0].frame.value(), 0x7000u);
  EXPECT_TRUE(map.pages[0].rights.execute);
  EXPECT_FALSE(map.pages[0].dirty);
  EXPECT_EQ(map.pages[1].va.value(), 0x40001000u);
  EXPECT_TRUE(map.pages[1].dirty);
  EXPECT_EQ(map.pages[2].level, 1u);
  EXPECT_EQ(map.pages[2].bytes(), 2u << 20);
  EXPECT_FALSE(map.pages[2].accessed);
  EXPECT_EQ(map.tables[2], std::vector<PhysAddr>{p.root});
  EXPECT_EQ(map.tables[1].size(), 2u);
  EXPECT_EQ(map.tables[0].size(), 2u);
}

TEST(PageMap, AddressesOfTheUpperHalfAreCanonical) {
  HandMadeProcess p("x86-64-4level");
  p.page(0xffff800000001000, 0x5000, kReadWrite);
  EXPECT_EQ(read(p).pages.at(0).va.value(), 0xffff800000001000u);
}

TEST(PageMap, APageThatAllowsNothingKeepsItsFrame) {
  HandMadeProcess p;
  const PhysAddr entry = p.page(0x1000, 0x5000, kReadWrite);
  p.memory.store(entry, 8, p.memory.load(entry, 8) & ~p.format.valid.mask);
  const MappedPage page = read(p).pages.at(0);
  EXPECT_EQ(page.frame.value(), 0x5000u);
  EXPECT_EQ(rights_text(page.rights), "---");
}

TEST(PageMap, AnEntryOfNobodyIsAnError) {
  HandMadeProcess p;
  const PhysAddr entry = p.page(0x1000, 0x5000, kReadWrite);
  p.memory.store(entry, 8, 0b101);  // Sv39: V and W without R is reserved
  EXPECT_THROW(read(p), ModelError);
}

TEST(ProcessMemory, ABasePageOfSeveralAreasCountsInTheLowest) {
  HandMadeProcess p("aarch64-64k");
  p.area(0x10000, 0x14000, kReadOnly);
  p.area(0x18000, 0x2a000, kReadWrite);
  p.page(0x10000, 0x10000, kReadWrite);
  p.page(0x20000, 0x20000, kReadWrite);
  const ProcessMemory process = p.process();
  EXPECT_EQ(process.resident_bytes(0), 0x10000u);
  EXPECT_EQ(process.resident_bytes(1), 0x10000u);
  EXPECT_EQ(process.resident_bytes(), 0x20000u);
}

TEST(ProcessMemory, APageMayLieInNoArea) {
  HandMadeProcess p;
  p.area(0x2000, 0x3000, kReadOnly);
  p.page(0x1000, 0x5000, kReadWrite);
  p.page(0x2000, 0x6000, kReadWrite);
  p.page(0x3000, 0x7000, kReadWrite);
  const ProcessMemory process = p.process();
  EXPECT_FALSE(process.pages()[0].area.has_value());
  EXPECT_EQ(process.pages()[1].area, std::optional<std::size_t>(0));
  EXPECT_FALSE(process.pages()[2].area.has_value());
}

TEST(BytesText, RoundsToTheNextUnit) {
  EXPECT_EQ(bytes_text(0), "0 bytes");
  EXPECT_EQ(bytes_text(4096), "4 KiB");
  EXPECT_EQ(bytes_text(std::uint64_t{1} << 30), "1 GiB");
  EXPECT_EQ(bytes_text((std::uint64_t{1} << 30) - 4096), "1.0 GiB");
  EXPECT_EQ(bytes_text((std::uint64_t{3} << 20) / 2), "1.5 MiB");
}

}  // namespace
}  // namespace mmu
