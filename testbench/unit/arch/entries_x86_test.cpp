// Bit patterns worked out by hand from the Intel SDM, volume 3A, section 4.5, Tables 4-14 to 4-20:
// P 0x1, R/W 0x2, U/S 0x4, PWT 0x8, PCD 0x10, A 0x20, D 0x40, PS 0x80 (PAT in a 4 KiB page's
// entry), G 0x100, PAT of a large page bit 12, address 51:12, XD bit 63.
#include <gtest/gtest.h>

#include "hw/arch/page_table_format.hpp"
#include "hw/arch/walk.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t kXd = std::uint64_t{1} << 63;

const PageTableFormat& x86() { return *find_format("x86-64-4level"); }

WalkStep read(std::uint64_t pte, unsigned level, const PageTableFormat& f = x86()) {
  return Walk(f, VirtAddr(0), PhysAddr(0x1000), level).consume(pte);
}

TEST(X86Entries, APointerGrantsEverythingAndHasAClear) {
  for (const char* name : {"x86-64-4level", "x86-64-5level"}) {
    EXPECT_EQ(encode_table(*find_format(name), PhysAddr(0x8000'1000)), 0x8000'1007u) << name;
  }
}

TEST(X86Entries, ALeafIsTheAddressRightsAAndD) {
  EXPECT_EQ(encode_leaf(x86(), 0, PhysAddr(0x1000), {true, true, false, true}, true, true),
            kXd | 0x1067);
  EXPECT_EQ(encode_leaf(x86(), 0, PhysAddr(0x1000), {true, false, true, true}, true, false),
            0x1025u);
  EXPECT_EQ(encode_leaf(x86(), 0, PhysAddr(0x1000), {true, false, false, false}, false, false),
            kXd | 0x1001);
  EXPECT_EQ(encode_leaf(x86(), 1, PhysAddr(0x20'0000), {true, true, true, true}, true, true),
            0x2000e7u);
}

TEST(X86Entries, EachRightIsItsBitAndXdForbids) {
  const auto to = [](std::uint64_t pte) { return std::get<Translation>(read(pte, 0)); };
  EXPECT_TRUE((to(0x1001).rights == Rights{true, false, true, false}));
  EXPECT_TRUE((to(0x1003).rights == Rights{true, true, true, false}));
  EXPECT_TRUE((to(0x1005).rights == Rights{true, false, true, true}));
  EXPECT_TRUE((to(kXd | 0x1007).rights == Rights{true, true, false, true}));
  EXPECT_TRUE(to(0x1021).accessed);
  EXPECT_FALSE(to(0x1041).accessed);
  EXPECT_TRUE(to(0x1041).dirty);
  EXPECT_FALSE(to(0x1021).dirty);
  EXPECT_TRUE(to(0x1101).global);
  EXPECT_FALSE(to(0x1081).global);
}

TEST(X86Entries, BitSevenIsPatInTheLastLevelAndPageSizeAbove) {
  EXPECT_EQ(std::get<Translation>(read(0x1081, 0)).base.value(), 0x1000u);
  EXPECT_EQ(std::get<Translation>(read(0x200081, 1)).page_shift, 21u);
  EXPECT_EQ(std::get<Translation>(read(0x4000'0081, 2)).page_shift, 30u);
  EXPECT_TRUE(std::holds_alternative<Descend>(read(0x200001, 1)));
  // PS is reserved in a PML4 and a PML5 entry.
  EXPECT_EQ(std::get<Fault>(read(0x81, 3)).kind, FaultKind::kMalformed);
  EXPECT_EQ(std::get<Fault>(read(0x81, 4, *find_format("x86-64-5level"))).kind,
            FaultKind::kMalformed);
}

TEST(X86Entries, BitTwelveOfALargePageIsPatAndTheOthersBelowItsAddressAreReserved) {
  EXPECT_EQ(std::get<Translation>(read(0x201081, 1)).base.value(), 0x200000u);
  EXPECT_EQ(std::get<Translation>(read(0x4000'1081, 2)).base.value(), 0x4000'0000u);
  for (unsigned bit = 13; bit < 21; ++bit) {
    EXPECT_EQ(std::get<Fault>(read(0x81 | std::uint64_t{1} << bit, 1)).kind, FaultKind::kMisaligned)
        << bit;
  }
  EXPECT_TRUE(std::holds_alternative<Fault>(read(0x81 | 1 << 29, 2)));
}

TEST(X86Entries, EveryBitOfTheAddressCounts) {
  EXPECT_EQ(std::get<Translation>(read(0x000f'ffff'ffff'f001, 0)).base.value(),
            0x000f'ffff'ffff'f000u);
  // 62:52 are the protection key and software's own.
  EXPECT_EQ(std::get<Translation>(read(0x7ff0'0000'0000'1001, 0)).base.value(), 0x1000u);
}

TEST(X86Entries, WithoutPNothingElseCounts) {
  for (unsigned level = 0; level < 4; ++level) {
    EXPECT_EQ(std::get<Fault>(read(~std::uint64_t{1}, level)).kind, FaultKind::kNotPresent);
  }
}

TEST(X86Entries, RightsAreTheAndOfAllLevels) {
  const auto rights_below = [](std::uint64_t pointer) {
    Walk walk(x86(), VirtAddr(0), PhysAddr(0x1000), 1);
    EXPECT_TRUE(std::holds_alternative<Descend>(walk.consume(pointer)));
    return std::get<Translation>(walk.consume(0x5007)).rights;
  };
  EXPECT_TRUE((rights_below(0x3007) == Rights{true, true, true, true}));
  EXPECT_TRUE((rights_below(0x3005) == Rights{true, false, true, true}));
  EXPECT_TRUE((rights_below(0x3003) == Rights{true, true, true, false}));
  EXPECT_TRUE((rights_below(kXd | 0x3007) == Rights{true, true, false, true}));
}

}  // namespace
}  // namespace mmu::test
