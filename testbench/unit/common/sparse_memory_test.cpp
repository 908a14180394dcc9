#include "hw/common/sparse_memory.hpp"

#include <gtest/gtest.h>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;

TEST(SparseMemory, SixtyFourGibibytesCostOnlyWhatIsStoredTo) {
  SparseMemory memory(64 * kGiB);
  EXPECT_EQ(memory.size_bytes(), 64 * kGiB);
  for (std::uint64_t a = 0; a < 64 * kGiB; a += kGiB) EXPECT_EQ(memory.load(PhysAddr(a), 8), 0u);
  EXPECT_EQ(memory.blocks(), 0u) << "loads cost nothing";
  memory.store(PhysAddr(0), 8, 1);
  memory.store(PhysAddr(4088), 8, 2);
  EXPECT_EQ(memory.blocks(), 1u);
  memory.store(PhysAddr(4096), 8, 3);
  memory.store(PhysAddr(64 * kGiB - 8), 8, 4);
  EXPECT_EQ(memory.blocks(), 3u);
  EXPECT_EQ(memory.load(PhysAddr(4088), 8), 2u);
  EXPECT_EQ(memory.load(PhysAddr(4096), 8), 3u);
  EXPECT_EQ(memory.load(PhysAddr(64 * kGiB - 8), 8), 4u);
}

TEST(SparseMemory, IsLittleEndianInAllSizes) {
  SparseMemory memory(kGiB);
  memory.store(PhysAddr(0x1000), 8, 0x8877665544332211u);
  EXPECT_EQ(memory.load(PhysAddr(0x1000), 1), 0x11u);
  EXPECT_EQ(memory.load(PhysAddr(0x1002), 2), 0x4433u);
  EXPECT_EQ(memory.load(PhysAddr(0x1004), 4), 0x88776655u);
  memory.store(PhysAddr(0x1001), 1, 0xAA);
  EXPECT_EQ(memory.load(PhysAddr(0x1000), 8), 0x887766554433AA11u);
}

TEST(SparseMemory, RejectsWhatLiesBeyondItsEnd) {
  SparseMemory memory(3 * 4096);
  EXPECT_NO_THROW(memory.store(PhysAddr(3 * 4096 - 8), 8, 1));
  EXPECT_THROW(memory.load(PhysAddr(3 * 4096), 8), ModelError);
  EXPECT_THROW(memory.store(PhysAddr(kGiB), 8, 1), ModelError);
}

}  // namespace
}  // namespace mmu
