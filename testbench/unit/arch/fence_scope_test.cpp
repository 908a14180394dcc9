#include "hw/arch/software_interface.hpp"

#include <gtest/gtest.h>

namespace mmu::test {
namespace {

// Fence kinds x entry kinds, after the RISC-V privileged specification, "Supervisor Memory-
// Management Fence Instruction": with an ASID global mappings stay; with an address only the page
// that holds it goes, whatever its size; both together: both conditions.
TEST(FenceScope, CoversWhatTheManualSaysForEveryKindOfFenceAndEntry) {
  constexpr std::uint64_t kVa = 0x4020'3000;
  const FenceScope all{};
  const FenceScope of_asid{Asid{5}, {}, false};
  const FenceScope of_address{{}, VirtAddr(kVa + 0x123), false};
  const FenceScope of_both{Asid{5}, VirtAddr(kVa + 0x123), true};
  struct Row {
    const char* entry;
    Asid asid;
    std::uint64_t page;
    unsigned shift;
    bool global;
    bool by_all, by_asid, by_address, by_both;
  };
  constexpr Row kRows[] = {
      {"the page", 5, kVa, 12, false, true, true, true, true},
      {"the page, global", 5, kVa, 12, true, true, false, true, false},
      {"the page of another ASID", 6, kVa, 12, false, true, false, true, false},
      {"the page before", 5, kVa - 0x1000, 12, false, true, true, false, false},
      {"the page behind", 5, kVa + 0x1000, 12, false, true, true, false, false},
      {"the large page around it", 5, 0x4020'0000, 21, false, true, true, true, true},
      {"the large page, global", 5, 0x4020'0000, 21, true, true, false, true, false},
      {"the large page behind", 5, 0x4040'0000, 21, false, true, true, false, false},
      {"the gigabyte around it", 5, 0x4000'0000, 30, false, true, true, true, true},
      {"the gigabyte before", 5, 0, 30, false, true, true, false, false},
  };
  for (const Row& row : kRows) {
    const auto covers = [&](const FenceScope& fence) {
      return fence.covers(row.asid, VirtAddr(row.page), row.shift, row.global);
    };
    EXPECT_EQ(covers(all), row.by_all) << row.entry;
    EXPECT_EQ(covers(of_asid), row.by_asid) << row.entry;
    EXPECT_EQ(covers(of_address), row.by_address) << row.entry;
    EXPECT_EQ(covers(of_both), row.by_both) << row.entry;
  }
}

TEST(FenceScope, ComparesWholeAddressesInTheUpperHalf) {
  const FenceScope fence{{}, VirtAddr(0xffff'ffc0'0000'1000), false};
  EXPECT_TRUE(fence.covers(0, VirtAddr(0xffff'ffc0'0000'1000), 12, false));
  EXPECT_FALSE(fence.covers(0, VirtAddr(0x0000'00c0'0000'1000), 12, false));
}

}  // namespace
}  // namespace mmu::test
