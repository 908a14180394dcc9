// Bit patterns worked out by hand from the Arm ARM (DDI 0487), D8.3 "Translation table descriptor
// formats": bits 1:0 = 01 block, 11 table or page; AttrIndx 4:2, AP[1] 6, AP[2] 7, AF 10, nG 11,
// Contiguous 52, PXN 53, UXN 54; of tables PXNTable 59, UXNTable 60, APTable 62:61.
#include <gtest/gtest.h>

#include "hw/arch/page_table_format.hpp"
#include "hw/arch/walk.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t bit(unsigned n) { return std::uint64_t{1} << n; }
constexpr AccessContext kEl0{}, kEl1 = arm_context(true, false), kPan = arm_context(true, true);
constexpr AccessKind kFetch = AccessKind::kFetch, kLoad = AccessKind::kLoad,
                     kStore = AccessKind::kStore;

WalkStep read(std::uint64_t pte, unsigned level, const char* format = "aarch64-4k",
              std::uint64_t va = 0) {
  return Walk(*find_format(format), VirtAddr(va), PhysAddr(0x10000), level).consume(pte);
}
Translation page(std::uint64_t pte) { return std::get<Translation>(read(pte, 0)); }

TEST(ArmEntries, APageIsTheAddressAndItsBits) {
  const PageTableFormat& f = *find_format("aarch64-4k");
  EXPECT_EQ(encode_table(f, PhysAddr(0x8000'1000)), 0x8000'1003u);
  // AF, AP[1], nG; written: AP[2] clear; PXN clear, UXN set.
  EXPECT_EQ(encode_leaf(f, 0, PhysAddr(0x5000), {true, true, false, true}, true, true),
            bit(54) | 0x5c43);
  // A read-only 2 MiB block of the kernel: AP[2], AF, nG.
  EXPECT_EQ(encode_leaf(f, 1, PhysAddr(0x20'0000), {true, false, true, false}, true, true),
            0x20'0c81u);
}

TEST(ArmEntries, TypesByLevel) {
  for (unsigned level = 0; level < 4; ++level) {
    EXPECT_EQ(std::get<Fault>(read(0x5402, level)).kind, FaultKind::kNotPresent) << level;
  }
  EXPECT_EQ(std::get<Fault>(read(0x5401, 0)).kind, FaultKind::kMalformed) << "01 at level 3";
  EXPECT_TRUE(std::holds_alternative<Translation>(read(0x5403, 0)));
  EXPECT_EQ(std::get<Translation>(read(bit(30) | 0x401, 2)).page_shift, 30u);
  EXPECT_EQ(std::get<Fault>(read(0x401, 3)).kind, FaultKind::kMalformed) << "no block at level 0";
  EXPECT_EQ(std::get<Translation>(read(bit(25) | 0x401, 1, "aarch64-16k")).page_shift, 25u);
  EXPECT_EQ(std::get<Fault>(read(0x401, 2, "aarch64-16k")).kind, FaultKind::kMalformed);
  EXPECT_EQ(std::get<Translation>(read(bit(29) | 0x401, 1, "aarch64-64k")).page_shift, 29u);
  EXPECT_EQ(std::get<Fault>(read(0x401, 2, "aarch64-64k")).kind, FaultKind::kMalformed);
}

TEST(ArmEntries, LowAddressBitsOfABlockAreIgnored) {
  EXPECT_EQ(std::get<Translation>(read(0x0030'0000 | 0x401, 1)).base.value(), 0x20'0000u);
}

TEST(ArmEntries, AccessPermissions) {
  struct Row {
    unsigned ap;
    bool el0_load, el0_store, el1_store;
  };
  constexpr Row kRows[] = {{0, false, false, true},
                           {1, true, true, true},
                           {2, false, false, false},
                           {3, true, false, false}};
  for (const Row& row : kRows) {
    const Rights rights = page(0x5403 | std::uint64_t{row.ap} << 6).rights;
    EXPECT_EQ(rights.allow(kLoad, kEl0), row.el0_load) << row.ap;
    EXPECT_EQ(rights.allow(kStore, kEl0), row.el0_store) << row.ap;
    EXPECT_TRUE(rights.allow(kLoad, kEl1)) << row.ap;
    EXPECT_EQ(rights.allow(kStore, kEl1), row.el1_store) << row.ap;
    EXPECT_EQ(rights.allow(kLoad, kPan), !row.el0_load) << row.ap;
  }
}

TEST(ArmEntries, ExecutionHasABitForEachPrivilege) {
  for (unsigned ap = 0; ap < 4; ++ap) {
    const std::uint64_t pte = 0x5403 | std::uint64_t{ap} << 6;
    EXPECT_TRUE(page(pte).rights.allow(kFetch, kEl0)) << "AP does not matter at EL0";
    EXPECT_FALSE(page(pte | bit(54)).rights.allow(kFetch, kEl0));
    EXPECT_EQ(page(pte | bit(54)).rights.allow(kFetch, kEl1), ap != 1) << "EL0 may write it";
    EXPECT_FALSE(page(pte | bit(53)).rights.allow(kFetch, kEl1));
  }
}

TEST(ArmEntries, TablesTakeRightsAwayUnlessHpdIsSet) {
  const auto below = [](std::uint64_t bits, bool hierarchical) {
    FormatOptions options;
    options.hierarchical_rights = hierarchical;
    const PageTableFormat f = with_options(*find_format("aarch64-4k"), options);
    Walk walk(f, VirtAddr(0), PhysAddr(0x1000), 1);
    EXPECT_TRUE(std::holds_alternative<Descend>(walk.consume(0x3003 | bits)));
    return std::get<Translation>(walk.consume(0x5443)).rights;
  };
  EXPECT_TRUE((below(0, true) == Rights{true, true, true, true, true}));
  EXPECT_TRUE((below(bit(62), true) == Rights{true, false, true, true, true}));
  EXPECT_TRUE((below(bit(61), true) == Rights{true, true, true, false, true}));
  EXPECT_TRUE((below(bit(60), true) == Rights{true, true, false, true, true}));
  EXPECT_TRUE((below(bit(59), true) == Rights{true, true, true, true, false}));
  EXPECT_TRUE((below(bit(62) | bit(60), false) == Rights{true, true, true, true, true}));
}

TEST(ArmEntries, AClearAccessFlagComesBeforePermissions) {
  const Translation to = page(0x5003);  // AF clear, EL1 only
  EXPECT_EQ(judge(to, kLoad, AdUpdate::kFault, true, kEl0), Verdict::kFault);
  EXPECT_EQ(fault_of(to, kLoad, kEl0), FaultKind::kNotAccessed);
  EXPECT_EQ(fault_of(page(0x5403), kLoad, kEl0), FaultKind::kNoRight);
}

// PSTATE.PAN keeps its value at EL0, where it means nothing.
TEST(ArmEntries, PanGivesEl0NoPrivilege) {
  EXPECT_FALSE(arm_context(false, true).has(AccessContext::kSupervisor));
  EXPECT_FALSE(arm_context(false, true).has(AccessContext::kUserData));
  EXPECT_TRUE(arm_context(true, true).has(AccessContext::kSupervisor));
}

TEST(ArmEntries, AnAddressBeyondIpsIsAnAddressSizeFault) {
  FormatOptions options;
  options.ips = 1;  // 36 bits
  const PageTableFormat f = with_options(*find_format("aarch64-4k"), options);
  const auto at = [&](std::uint64_t pte, unsigned level) {
    return Walk(f, VirtAddr(0), PhysAddr(0x1000), level).consume(pte);
  };
  EXPECT_TRUE(std::holds_alternative<Translation>(at(bit(35) | 0x403, 0)));
  for (unsigned level = 0; level < 4; ++level) {
    EXPECT_EQ(std::get<Fault>(at(bit(36) | 0x403, level)).kind, FaultKind::kAddressSize) << level;
  }
}

// 4 KiB granule: 16 entries, 64 KiB; 16: 128 pages, 2 MiB; 32 blocks, 1 GiB; 64: 32, 2 MiB, 16 GiB.
TEST(ArmEntries, TheContiguousHintCoversItsRunWhereTheFrameFits) {
  const std::uint64_t pte = bit(52) | 0x403;
  EXPECT_EQ(std::get<Translation>(read(pte | 0x15'3000, 0, "aarch64-4k", 0x3000)).base.value(),
            0x15'0000u);
  EXPECT_EQ(std::get<Translation>(read(pte | 0x15'3000, 0, "aarch64-4k", 0x3000)).page_shift, 16u);
  EXPECT_EQ(std::get<Translation>(read(pte | 0x15'3000, 0, "aarch64-4k", 0x4000)).page_shift, 12u);
  EXPECT_EQ(std::get<Translation>(read(pte, 0, "aarch64-16k")).page_shift, 21u);
  EXPECT_EQ(std::get<Translation>(read(pte & ~bit(1), 1, "aarch64-16k")).page_shift, 30u);
  EXPECT_EQ(std::get<Translation>(read(pte, 0, "aarch64-64k")).page_shift, 21u);
  EXPECT_EQ(std::get<Translation>(read(pte & ~bit(1), 1, "aarch64-64k")).page_shift, 34u);
}

TEST(ArmEntries, NgAndAttrIndx) {
  EXPECT_TRUE(page(0x5403).global);
  EXPECT_FALSE(page(0x5c03).global);
  EXPECT_EQ(page(0x5403 | 5 << 2).memory_type, 5);
}

}  // namespace
}  // namespace mmu::test
