// What tells the entries of a TLB apart: page, address space, size, and whether they are global.
#include <gtest/gtest.h>

#include "hw/mmu/tlb.hpp"

namespace mmu {
namespace {

constexpr VirtAddr kPage{0x4000'0000};

Translation page_at(std::uint64_t base, bool global) {
  Translation to;
  to.base = PhysAddr(base);
  to.page_shift = 12;
  to.global = global;
  to.accessed = to.dirty = true;
  return to;
}

class TlbKeysTest : public testing::Test {
 protected:
  void enter(Asid asid, VirtAddr va, const Translation& to) {
    tlb_.insert({va, asid, to, 0, {}}, AdUpdate::kHardware, nullptr);
  }
  /// Where the page of `va` lies in physical memory; 0 if it is not known.
  std::uint64_t base_of(Asid asid, VirtAddr va) {
    const TlbEntry* entry = tlb_.look_up(asid, va);
    return entry == nullptr ? 0 : entry->result.to.base.value();
  }

  Tlb tlb_{"tlb", TlbParams{16, 0, 1, 0, 8, Replacement::kLru}, *find_format("sv39"), 1};
};

// Address space 0 has no bits in the key, as entries that are global.
TEST_F(TlbKeysTest, APageOfAddressSpaceZeroIsNotTheGlobalOne) {
  enter(0, kPage, page_at(0x10'0000, true));
  enter(0, kPage, page_at(0x20'0000, false));
  EXPECT_EQ(base_of(1, kPage), 0x10'0000u);
  FenceScope space_zero;
  space_zero.asid = Asid{0};
  EXPECT_EQ(tlb_.fence(space_zero), 1u) << "the global one survives";
  EXPECT_EQ(base_of(0, kPage), 0x10'0000u);
}

TEST_F(TlbKeysTest, AddressSpacesThatDifferInOneBitAreApart) {
  for (unsigned bit = 0; bit < 16; ++bit) {
    const auto asid = static_cast<Asid>(1u << bit);
    enter(asid, kPage, page_at(0x10'0000 + (std::uint64_t{bit} << 12), false));
  }
  for (unsigned bit = 0; bit < 16; ++bit) {
    const auto asid = static_cast<Asid>(1u << bit);
    EXPECT_EQ(base_of(asid, kPage), 0x10'0000u + (std::uint64_t{bit} << 12)) << "ASID " << asid;
  }
  EXPECT_EQ(base_of(0, kPage), 0u);
}

}  // namespace
}  // namespace mmu
