#include "os_model/vm_areas.hpp"

#include <gtest/gtest.h>

#include "hw/arch/errors.hpp"

namespace mmu::test {
namespace {

using os::AreaKind;
using os::Range;
using os::VmArea;
using os::VmAreas;

constexpr Rights kRw{true, true, false, true}, kR{true, false, false, true};

VmArea anonymous(std::uint64_t start, std::uint64_t end, Rights rights = kRw) {
  return {{start, end}, rights, AreaKind::kAnonymous, false, 0, {}};
}
VmArea file(std::uint64_t start, std::uint64_t end, std::uint64_t offset) {
  return {{start, end}, kR, AreaKind::kFile, false, offset, "[file 3]"};
}

TEST(VmAreas, FindsTheAreaAtItsFirstAndLastByteAndNotBeyond) {
  VmAreas areas;
  areas.insert(anonymous(0x2000, 0x4000));
  EXPECT_EQ(areas.find(0x1fff), nullptr);
  ASSERT_NE(areas.find(0x2000), nullptr);
  ASSERT_NE(areas.find(0x3fff), nullptr);
  EXPECT_EQ(areas.find(0x4000), nullptr);
  EXPECT_TRUE(areas.is_free({0x1000, 0x2000}));
  EXPECT_TRUE(areas.is_free({0x4000, 0x5000}));
  EXPECT_FALSE(areas.is_free({0x1000, 0x3000}));
  EXPECT_FALSE(areas.is_free({0x3000, 0x5000}));
  EXPECT_THROW(areas.insert(anonymous(0x3000, 0x5000)), ModelError);
}

TEST(VmAreas, NeighboursThatAreAlikeBecomeOne) {
  VmAreas areas;
  areas.insert(anonymous(0x1000, 0x2000));
  areas.insert(anonymous(0x3000, 0x4000));
  EXPECT_EQ(areas.size(), 2u);
  areas.insert(anonymous(0x2000, 0x3000));
  EXPECT_EQ(areas.size(), 1u);
  EXPECT_EQ(areas.find(0x1000)->range.end, 0x4000u);
  areas.insert(anonymous(0x4000, 0x5000, kR));
  EXPECT_EQ(areas.size(), 2u);
}

TEST(VmAreas, FilesJoinOnlyWhereTheOffsetGoesOn) {
  VmAreas areas;
  areas.insert(file(0x1000, 0x3000, 0x10000));
  areas.insert(file(0x3000, 0x4000, 0x12000));
  EXPECT_EQ(areas.size(), 1u);
  areas.insert(file(0x4000, 0x5000, 0x12000));
  EXPECT_EQ(areas.size(), 2u);
}

TEST(VmAreas, RemovingTheMiddleLeavesBothEndsWithTheirOffsets) {
  VmAreas areas;
  areas.insert(file(0x1000, 0x6000, 0));
  const std::uint32_t before = areas.changes();
  areas.remove({0x2000, 0x4000});
  EXPECT_EQ(areas.changes() - before, 3u);  // two splits, one removed
  EXPECT_EQ(areas.describe(),
            "00001000-00002000 r--p 00000000 00:00 0  [file 3]\n"
            "00004000-00006000 r--p 00003000 00:00 0  [file 3]\n");
}

TEST(VmAreas, RemovingSpansAreasAndHoles) {
  VmAreas areas;
  areas.insert(anonymous(0x1000, 0x3000));
  areas.insert(anonymous(0x4000, 0x5000));
  areas.insert(anonymous(0x6000, 0x8000));
  areas.remove({0x2000, 0x7000});
  EXPECT_EQ(areas.describe(),
            "00001000-00002000 rw-p 00000000 00:00 0\n"
            "00007000-00008000 rw-p 00000000 00:00 0\n");
}

TEST(VmAreas, ProtectingAPartSplitsAndProtectingItBackJoins) {
  VmAreas areas;
  areas.insert(anonymous(0x1000, 0x4000));
  EXPECT_TRUE(areas.protect({0x2000, 0x3000}, kR));
  EXPECT_EQ(areas.size(), 3u);
  EXPECT_FALSE(areas.find(0x2000)->rights.write);
  EXPECT_TRUE(areas.find(0x1000)->rights.write);
  EXPECT_TRUE(areas.find(0x3000)->rights.write);
  EXPECT_TRUE(areas.protect({0x2000, 0x3000}, kRw));
  EXPECT_EQ(areas.size(), 1u);
  EXPECT_FALSE(areas.protect({0x8000, 0x9000}, kR));
}

TEST(VmAreas, RoomIsFoundFromTheTopDown) {
  VmAreas areas;
  EXPECT_EQ(areas.find_room(0x1000, 0x1000, 0x9000)->start, 0x8000u);
  areas.insert(anonymous(0x7000, 0x8000));
  EXPECT_EQ(areas.find_room(0x1000, 0x1000, 0x9000)->start, 0x8000u);
  EXPECT_EQ(areas.find_room(0x2000, 0x1000, 0x9000)->start, 0x5000u);
  areas.insert(anonymous(0x3000, 0x6000));
  EXPECT_EQ(areas.find_room(0x2000, 0x1000, 0x9000)->start, 0x1000u);
  EXPECT_FALSE(areas.find_room(0x3000, 0x1000, 0x9000).has_value());
  areas.insert(anonymous(0x8000, 0xa000));  // reaches beyond the top
  EXPECT_EQ(areas.find_room(0x1000, 0x1000, 0x9000)->start, 0x6000u);
}

}  // namespace
}  // namespace mmu::test
