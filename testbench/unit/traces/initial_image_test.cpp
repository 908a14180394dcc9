#include "traces/initial_image.hpp"

#include <gtest/gtest.h>

#include "testbench/unit/traces/trace_test_support.hpp"

namespace mmu::traces {
namespace {

constexpr std::uint64_t kPage = 4096;

class InitialImageTest : public ::testing::Test {
 protected:
  void touch(AccessKind kind, std::uint64_t address, std::uint16_t bytes = 1) {
    TraceRecord record;
    record.kind = kind;
    record.address = address;
    record.bytes = bytes;
    TraceBlock block;
    block.records.push_back(record);
    image_.add(block);
  }
  void fetch(std::uint64_t address) { touch(AccessKind::kFetch, address); }
  void load(std::uint64_t address) { touch(AccessKind::kLoad, address); }
  void store(std::uint64_t address) { touch(AccessKind::kStore, address); }
  void event(OsEventType type, std::vector<std::uint64_t> args, std::int64_t result) {
    OsEvent event;
    event.type = type;
    std::copy(args.begin(), args.end(), event.args);
    event.result = result;
    TraceBlock block;
    block.events.push_back({0, event});
    image_.add(block);
  }
  void mmap(std::uint64_t at, std::uint64_t bytes) {
    event(OsEventType::kMmap, {at, bytes, 3, 34}, static_cast<std::int64_t>(at));
  }
  /// "1000-3000 rwx name" for each area.
  std::string areas() const {
    std::string text;
    for (const ImageArea& area : image_.areas()) {
      char line[80];
      std::snprintf(line, sizeof line, "%llx-%llx %s%s%s %s\n",
                    static_cast<unsigned long long>(area.start),
                    static_cast<unsigned long long>(area.start) + area.bytes, area.read ? "r" : "-",
                    area.write ? "w" : "-", area.execute ? "x" : "-", area.name.c_str());
      text += line;
    }
    return text;
  }

  ImageBuilder image_;
};

TEST_F(InitialImageTest, RightsAreThoseOfUse) {
  fetch(0x10000);
  load(0x20000);
  touch(AccessKind::kModify, 0x30000);
  store(0x7fff0000);
  EXPECT_EQ(areas(),
            "10000-11000 r-x [image]\n20000-21000 r-- [image]\n30000-31000 rw- [image]\n"
            "7fff0000-7fff1000 rw- [stack]\n");
}

TEST_F(InitialImageTest, LaterUsesOfAPageAddRights) {
  load(0x20000);
  load(0x20008);
  store(0x20010);
  fetch(0x20020);
  EXPECT_EQ(areas(), "20000-21000 rwx [stack]\n");
}

TEST_F(InitialImageTest, OnlyAdjacentPagesOfEqualRightsAreJoined) {
  fetch(0x13000);
  fetch(0x11000);
  fetch(0x10000);
  load(0x14000);
  EXPECT_EQ(areas(), "10000-12000 r-x [image]\n13000-14000 r-x [image]\n14000-15000 r-- [image]\n");
}

TEST_F(InitialImageTest, PagesThatShareASlotOfTheShortcutKeepTheirOwnRights) {
  store(0x10000);
  load(0x10000 + 4096 * kPage);
  store(0x10000 + 4096 * kPage);
  load(0x10000 + 8192 * kPage);
  EXPECT_EQ(areas(),
            "10000-11000 rw- [image]\n1010000-1011000 rw- [stack]\n2010000-2011000 r-- [image]\n");
}

TEST_F(InitialImageTest, AccessAcrossAPageEndTouchesBoth) {
  touch(AccessKind::kLoad, 0x10fff, 2);
  touch(AccessKind::kLoad, 0x20fff, 1);
  EXPECT_EQ(areas(), "10000-12000 r-- [image]\n20000-21000 r-- [image]\n");
}

TEST_F(InitialImageTest, PagesThatAnEventMappedAreNotInTheImage) {
  load(0x10000);
  mmap(0x40000, 2 * kPage);
  load(0x40000);
  load(0x41fff);
  load(0x42000);
  EXPECT_EQ(areas(), "10000-11000 r-- [image]\n42000-43000 r-- [image]\n");
}

TEST_F(InitialImageTest, FailedMmapMapsNothing) {
  event(OsEventType::kMmap, {0x40000, kPage, 3, 34}, -12);
  load(0x40000);
  EXPECT_EQ(areas(), "40000-41000 r-- [image]\n");
}

TEST_F(InitialImageTest, TouchAfterMunmapIsNotInTheImage) {
  load(0x10000);
  event(OsEventType::kMunmap, {0x10000, 2 * kPage}, 0);
  load(0x10000);
  store(0x10000);
  load(0x11000);
  EXPECT_EQ(areas(), "10000-11000 r-- [image]\n") << "what was there before remains, read-only";
}

TEST_F(InitialImageTest, MappingAgainDoesNotBringATouchAfterMunmapIntoTheImage) {
  mmap(0x40000, kPage);
  event(OsEventType::kMunmap, {0x40000, kPage}, 0);
  load(0x40000);
  EXPECT_EQ(areas(), "");
}

TEST_F(InitialImageTest, MremapTakesOldAndNewPlace) {
  event(OsEventType::kMremap, {0x40000, kPage, 2 * kPage, 1}, 0x80000);
  load(0x40000);
  load(0x81000);
  load(0x82000);
  EXPECT_EQ(areas(), "82000-83000 r-- [image]\n");
}

TEST_F(InitialImageTest, HeapBelongsToBrk) {
  event(OsEventType::kBrk, {0}, 0x50800);
  EXPECT_EQ(image_.brk_start(), 0x50800u);
  event(OsEventType::kBrk, {0x53000}, 0x53000);
  store(0x50000);  // the last page of the program's own data: the heap begins behind it
  store(0x51000);
  store(0x52fff);
  EXPECT_EQ(areas(), "50000-51000 rw- [stack]\n");
  EXPECT_EQ(image_.brk_start(), 0x50800u);
  event(OsEventType::kBrk, {0x51000}, 0x51000);
  store(0x52000);
  EXPECT_EQ(areas(), "50000-51000 rw- [stack]\n") << "a touch above the break stays a fault";
}

TEST_F(InitialImageTest, MprotectProvesThatPagesWereThereAndEndsWhatUseSays) {
  store(0x10000);
  event(OsEventType::kMprotect, {0x10000, 2 * kPage, 1}, 0);
  load(0x10000);
  store(0x11000);
  store(0x7fff0000);
  EXPECT_EQ(areas(),
            "10000-11000 rw- [image]\n11000-12000 --- [image]\n7fff0000-7fff1000 rw- [stack]\n");
}

TEST_F(InitialImageTest, MprotectOfMappedPagesAndFailedMprotectAddNothing) {
  mmap(0x40000, 2 * kPage);
  event(OsEventType::kMprotect, {0x40000, 2 * kPage, 1}, 0);
  event(OsEventType::kMprotect, {0x60000, kPage, 1}, -12);
  EXPECT_EQ(areas(), "");
}

TEST_F(InitialImageTest, StackIsOneAreaDownToEightMebibytes) {
  const std::uint64_t top = 0x7ffff000;
  store(top);
  load(top - 5 * kPage);
  store(top - 2047 * kPage);  // 2048 pages with the topmost: 8 MiB
  store(top - 2049 * kPage);  // beyond Linux's default limit
  fetch(top + 3 * kPage);     // above the stack, as Linux's vdso
  EXPECT_EQ(areas(),
            "7f7fe000-7f7ff000 rw- [image]\n7f800000-80000000 rw- [stack]\n"
            "80002000-80003000 r-x [image]\n");
}

TEST_F(InitialImageTest, StackStopsAtWhatAnEventMapped) {
  store(0x10000);
  mmap(0x11000, kPage);
  store(0x13000);
  store(0x15000);
  EXPECT_EQ(areas(), "10000-11000 rw- [image]\n13000-16000 rw- [stack]\n");
}

TEST_F(InitialImageTest, RecordsWithAHandleAreTheirEventsAffair) {
  TraceRecord record;
  record.handle = 0;
  record.bytes = 8;
  TraceBlock block;
  block.records.push_back(record);
  image_.add(block);
  EXPECT_EQ(areas(), "");
}

TEST_F(InitialImageTest, EventsTakeEffectAtTheirPlaceInTheBlock) {
  TraceBlock block;
  for (const std::uint64_t page : {1u, 2u, 3u}) {
    TraceRecord record;
    record.address = page * kPage;
    record.bytes = 1;
    block.records.push_back(record);
  }
  OsEvent mmap;
  mmap.type = OsEventType::kMmap;
  mmap.args[1] = 3 * kPage;
  mmap.result = kPage;
  block.events.push_back({2, mmap});
  image_.add(block);
  EXPECT_EQ(areas(), "1000-3000 r-- [image]\n");
}

TEST(PageRanges, JoinsContainsAndFindsGaps) {
  PageRanges ranges;
  ranges.add({10, 20});
  ranges.add({30, 40});
  ranges.add({20, 22});
  ranges.add({5, 5});
  EXPECT_FALSE(ranges.contains(9));
  EXPECT_TRUE(ranges.contains(10));
  EXPECT_TRUE(ranges.contains(21));
  EXPECT_FALSE(ranges.contains(22));
  std::string gaps;
  ranges.for_each_gap({8, 50}, [&gaps](PageRange gap) {
    gaps += std::to_string(gap.first) + "-" + std::to_string(gap.end) + " ";
  });
  EXPECT_EQ(gaps, "8-10 22-30 40-50 ");
  ranges.add({0, 100});
  EXPECT_EQ(std::distance(ranges.begin(), ranges.end()), 1);
}

}  // namespace
}  // namespace mmu::traces
