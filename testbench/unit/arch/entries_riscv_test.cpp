// Bit patterns worked out by hand from the RISC-V privileged specification, "Sv39" (Figure: Sv39
// page table entry): V 0x1, R 0x2, W 0x4, X 0x8, U 0x10, G 0x20, A 0x40, D 0x80, RSW 0x300,
// PPN bits 53:10, reserved 60:54, PBMT 62:61, N 63. Sv48 and Sv57 entries are laid out alike.
#include <gtest/gtest.h>

#include "hw/arch/page_table_format.hpp"
#include "hw/arch/walk.hpp"

namespace mmu::test {
namespace {

const PageTableFormat& sv39() { return *find_format("sv39"); }

/// What the entry says at `level`, for VA 0.
WalkStep read(std::uint64_t pte, unsigned level, const PageTableFormat& f = sv39()) {
  return Walk(f, VirtAddr(0), PhysAddr(0x1000), level).consume(pte);
}
FaultKind fault(std::uint64_t pte, unsigned level) {
  const WalkStep step = read(pte, level);
  EXPECT_TRUE(std::holds_alternative<Fault>(step)) << std::hex << pte;
  return std::holds_alternative<Fault>(step) ? std::get<Fault>(step).kind
                                             : FaultKind::kNonCanonical;
}

TEST(RiscvEntries, APointerIsThePpnAndV) {
  // 0x8000'1000 >> 12 = 0x80001; << 10 = 0x2000'0400.
  for (const char* name : {"sv39", "sv48", "sv57"}) {
    EXPECT_EQ(encode_table(*find_format(name), PhysAddr(0x8000'1000)), 0x2000'0401u) << name;
  }
  Walk walk(sv39(), VirtAddr(0), PhysAddr(0x1000));
  ASSERT_TRUE(std::holds_alternative<Descend>(walk.consume(0x2000'0401)));
  EXPECT_EQ(walk.table().value(), 0x8000'1000u);
  EXPECT_EQ(walk.level(), 1u);
}

TEST(RiscvEntries, ALeafIsThePpnRightsAAndD) {
  // 0x8000'2000 >> 12 << 10 = 0x2000'0800.
  const PhysAddr base(0x8000'2000);
  EXPECT_EQ(encode_leaf(sv39(), 0, base, {true, true, false, true}, true, true), 0x2000'08d7u);
  EXPECT_EQ(encode_leaf(sv39(), 0, base, {true, false, true, true}, true, false), 0x2000'085bu);
  EXPECT_EQ(encode_leaf(sv39(), 0, base, {false, false, true, false}, false, false), 0x2000'0809u);
  // 2 MiB at 0x4020'0000: PPN 0x40200 << 10.
  EXPECT_EQ(encode_leaf(sv39(), 1, PhysAddr(0x4020'0000), {true, false, false, true}, true, false),
            0x1008'0053u);
}

TEST(RiscvEntries, EveryBitOfThePpnCounts) {
  // PPN all ones: bits 53:10. Physical addresses have 56 bits.
  const auto top = std::get<Translation>(read(0x003f'ffff'ffff'fc03, 0));
  EXPECT_EQ(top.base.value(), 0x00ff'ffff'ffff'f000u);
  const auto low = std::get<Translation>(read(0x403, 0));
  EXPECT_EQ(low.base.value(), 0x1000u);
}

TEST(RiscvEntries, EachRightIsItsBit) {
  struct Row {
    std::uint64_t pte;
    bool read, write, execute, user, global, accessed, dirty;
  };
  constexpr Row kRows[] = {
      {0x403, true, false, false, false, false, false, false},
      {0x407, true, true, false, false, false, false, false},
      {0x409, false, false, true, false, false, false, false},
      {0x413, true, false, false, true, false, false, false},
      {0x423, true, false, false, false, true, false, false},
      {0x443, true, false, false, false, false, true, false},
      {0x483, true, false, false, false, false, false, true},
      {0x703, true, false, false, false, false, false, false},  // RSW: software's own
      {0x4ff, true, true, true, true, true, true, true},
  };
  for (const Row& row : kRows) {
    const auto to = std::get<Translation>(read(row.pte, 0));
    EXPECT_TRUE((to.rights == Rights{row.read, row.write, row.execute, row.user}))
        << std::hex << row.pte;
    EXPECT_EQ(to.global, row.global) << std::hex << row.pte;
    EXPECT_EQ(to.accessed, row.accessed) << std::hex << row.pte;
    EXPECT_EQ(to.dirty, row.dirty) << std::hex << row.pte;
  }
}

TEST(RiscvEntries, WithoutVNothingElseCounts) {
  for (unsigned level = 0; level < 3; ++level) {
    EXPECT_EQ(fault(0, level), FaultKind::kNotPresent);
    EXPECT_EQ(fault(~std::uint64_t{1}, level), FaultKind::kNotPresent);
  }
}

TEST(RiscvEntries, ReservedCombinationsAndBitsAreMalformedAtEveryLevel) {
  for (unsigned level = 0; level < 3; ++level) {
    EXPECT_EQ(fault(0x005, level), FaultKind::kMalformed) << "W without R";
    EXPECT_EQ(fault(0x00d, level), FaultKind::kMalformed) << "W and X without R";
    for (unsigned bit = 54; bit < 64; ++bit) {
      EXPECT_EQ(fault(0x003 | std::uint64_t{1} << bit, level), FaultKind::kMalformed) << bit;
    }
  }
  for (unsigned level = 1; level < 3; ++level) {  // D, A and U are reserved in pointers
    for (const std::uint64_t flag : {0x10u, 0x40u, 0x80u}) {
      EXPECT_EQ(fault(0x401 | flag, level), FaultKind::kMalformed);
    }
    EXPECT_TRUE(std::holds_alternative<Descend>(read(0x421, level))) << "G is none of them";
  }
  EXPECT_EQ(fault(0x401, 0), FaultKind::kMalformed) << "a pointer at the last level";
}

TEST(RiscvEntries, ALargePageMustBeAligned) {
  for (unsigned bit = 10; bit < 19; ++bit) {  // PPN[0]
    EXPECT_EQ(fault(0x003 | std::uint64_t{1} << bit, 1), FaultKind::kMisaligned) << bit;
  }
  EXPECT_TRUE(std::holds_alternative<Translation>(read(0x003 | 1 << 19, 1)));
  EXPECT_EQ(fault(0x003 | std::uint64_t{1} << 27, 2), FaultKind::kMisaligned) << "PPN[1], 1 GiB";
  const auto gib = std::get<Translation>(read(0x003 | 1 << 28, 2));
  EXPECT_EQ(gib.page_shift, 30u);
  EXPECT_EQ(gib.base.value(), std::uint64_t{1} << 30);
}

TEST(RiscvEntries, RootLevelsOfSv48AndSv57MapTheirLargestPages) {
  EXPECT_EQ(std::get<Translation>(read(0x003, 3, *find_format("sv48"))).page_shift, 39u);
  EXPECT_EQ(std::get<Translation>(read(0x003, 4, *find_format("sv57"))).page_shift, 48u);
}

}  // namespace
}  // namespace mmu::test
