#include "hw/arch/address.hpp"

#include <gtest/gtest.h>

#include <type_traits>

#include "hw/arch/access.hpp"
#include "hw/arch/trace.hpp"

namespace mmu::test {
namespace {

TEST(Address, VirtualAndPhysicalDoNotMix) {
  EXPECT_FALSE((std::is_convertible_v<VirtAddr, PhysAddr>));
  EXPECT_FALSE((std::is_convertible_v<std::uint64_t, VirtAddr>));
}

TEST(Address, IsCutIntoFieldsAndPages) {
  const VirtAddr va(0x1234'5678'9abc'def0);
  EXPECT_EQ(va.bits(4, 8), 0xefu);
  EXPECT_EQ(va.bits(12, 9), 0x1cdu);  // 0x9abcd & 0x1ff
  EXPECT_EQ(va.offset(12), 0xef0u);
  EXPECT_EQ(va.aligned_down(12).value(), 0x1234'5678'9abc'd000u);
  EXPECT_EQ(va.aligned_down(21).value(), 0x1234'5678'9aa0'0000u);
  EXPECT_EQ((va + 0x10).value(), 0x1234'5678'9abc'df00u);
}

TEST(AccessKind, StoresAndModifiesWrite) {
  EXPECT_FALSE(writes(AccessKind::kFetch));
  EXPECT_FALSE(writes(AccessKind::kLoad));
  EXPECT_TRUE(writes(AccessKind::kStore));
  EXPECT_TRUE(writes(AccessKind::kModify));
  EXPECT_EQ(name_of(AccessKind::kModify), "modify");
}

// Linux returns errors as -1 to -4095 (MAX_ERRNO, include/linux/err.h); addresses may look
// negative.
TEST(OsEvent, FailedIsAnErrnoAndNothingElse) {
  OsEvent event;
  for (const std::int64_t result : {-1, -12, -4095}) {
    event.result = result;
    EXPECT_TRUE(event.failed()) << result;
  }
  for (const std::int64_t result : {0, 1, 0x7fff'ffff, -4096}) {
    event.result = result;
    EXPECT_FALSE(event.failed()) << result;
  }
}

}  // namespace
}  // namespace mmu::test
