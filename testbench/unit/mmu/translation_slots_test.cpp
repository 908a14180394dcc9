// Outstanding misses: which requests may join which.
#include "hw/mmu/translation_slots.hpp"

#include <gtest/gtest.h>

namespace mmu {
namespace {

constexpr VirtAddr kLow{0x4000'0000};
constexpr VirtAddr kHigh{0xFFFF'FFC0'0000'0000};      // the first page of Sv39's upper half
constexpr VirtAddr kLastPage{0xFFFF'FFFF'FFFF'F000};  // of any format
constexpr Asid kLastAsid = 0xFFFF;

TEST(TranslationSlots, ARequestJoinsTheSlotOfItsPageAndAddressSpace) {
  TranslationSlots slots(4);
  EXPECT_EQ(slots.find(5, kLow), TranslationSlots::kNone);
  const std::uint32_t slot = slots.take(5, kLow, 1);
  EXPECT_EQ(slots.find(5, kLow + 0xFFF), slot);
  EXPECT_EQ(slots.find(5, kLow + 0x1000), TranslationSlots::kNone);
}

TEST(TranslationSlots, RequestsJoinByTheSmallestPageThatThereIs) {
  TranslationSlots slots(4, 14);
  const std::uint32_t slot = slots.take(5, kLow + 0x1000, 1);
  EXPECT_EQ(slots.find(5, kLow), slot);
  EXPECT_EQ(slots.find(5, kLow + 0x3FFF), slot);
  EXPECT_EQ(slots.find(5, kLow + 0x4000), TranslationSlots::kNone);
  slots.fence({Asid{5}, kLow + 0x4000, true});
  EXPECT_EQ(slots.find(5, kLow), slot);
  slots.fence({Asid{5}, kLow + 0x2000, true});
  EXPECT_EQ(slots.find(5, kLow), TranslationSlots::kNone);
}

// Also in the upper half, where the bits above the page number are ones.
TEST(TranslationSlots, AddressSpacesThatDifferInOneBitDoNotJoin) {
  for (const VirtAddr va : {kLow, kHigh, kLastPage}) {
    for (unsigned bit = 0; bit < 16; ++bit) {
      TranslationSlots slots(4);
      slots.take(0, va, 1);
      EXPECT_EQ(slots.find(static_cast<Asid>(1u << bit), va), TranslationSlots::kNone) << bit;
    }
  }
}

TEST(TranslationSlots, ASlotThatIsAnsweredIsNotJoined) {
  TranslationSlots slots(4);
  const std::uint32_t first = slots.take(5, kLow, 1);
  slots.take(5, kHigh, 1);
  slots.answered(first, 40);
  EXPECT_EQ(slots.find(5, kLow), TranslationSlots::kNone);
}

TEST(TranslationSlots, ASlotThatAFenceHasClosedIsJoinedByNoPage) {
  for (const VirtAddr va : {kLow, kHigh, kLastPage}) {
    TranslationSlots slots(4);
    slots.take(kLastAsid, va, 1);
    slots.fence({});
    for (const VirtAddr other : {VirtAddr(0), kLow, kHigh, kLastPage}) {
      EXPECT_EQ(slots.find(kLastAsid, other), TranslationSlots::kNone) << std::hex << va.value();
      EXPECT_EQ(slots.find(0, other), TranslationSlots::kNone) << std::hex << va.value();
    }
  }
}

TEST(TranslationSlots, ASlotIsInUseUpToTheCycleOfItsAnswer) {
  TranslationSlots slots(1);
  const std::uint32_t slot = slots.take(5, kLow, 1);
  EXPECT_FALSE(slots.has_free(2));
  EXPECT_EQ(slots.first_free(2), kNever);
  slots.answered(slot, 40);
  EXPECT_FALSE(slots.has_free(40));
  EXPECT_EQ(slots.first_free(40), 41u);
  EXPECT_TRUE(slots.has_free(41));
}

}  // namespace
}  // namespace mmu
