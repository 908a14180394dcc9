// Entries that cover several neighbouring pages, filled from the line of one read. Times as in
// tlb_timing_test.cpp: a miss of everything that is asked in t is answered in t + 45, its leaf is
// read in t + 33. A line has 64 bytes, hence 8 entries.
#include "hw/arch/errors.hpp"
#include "testbench/support/mmu_test.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kVa = 0x4000'0000;
constexpr std::uint64_t kPa = 0x80'0000;
constexpr std::uint64_t kPage = 0x1000;

class SectorTest : public MmuTest {
 protected:
  SectorTest() { params.dtlb.sector_pages = 8; }
  /// Pages first..last - 1, each with a frame far from the next one's.
  void map_pages(std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t i = first; i < last; ++i) map(kVa + i * kPage, frame(i));
  }
  static std::uint64_t frame(std::uint64_t page) { return kPa + (page * 7 % 64) * kPage; }
  /// Asked in `cycle`, the page hits, with its own frame, or misses the DTLB.
  void expect_hit(Cycle cycle, std::uint32_t id, std::uint64_t page, bool hit = true) {
    ask(cycle, id, kVa + page * kPage);
    run_to(cycle + 60);
    ASSERT_NE(core.reply_to(id), nullptr);
    EXPECT_EQ(core.reply_to(id)->at == cycle + 1, hit) << "page " << page;
    if (hit) {
      EXPECT_EQ(core.reply_to(id)->result.to.base.value(), frame(page));
    }
  }
};

TEST_F(SectorTest, OneWalkFillsThePagesOfItsLine) {
  map_pages(0, 16);
  make();
  ask(1, 1, kVa + 3 * kPage);
  expect_answer(1, 46);
  for (std::uint32_t i = 0; i < 8; ++i) expect_hit(100 * (i + 1), 10 + i, i);
  expect_hit(1000, 20, 8, false);  // of the next sector
  EXPECT_EQ(mmu().walker().stats().walks, 2u);
}

TEST_F(SectorTest, AlignedGroupsOfTheSectorsSizeAreFilled) {
  params.dtlb.sector_pages = 4;
  map_pages(0, 16);
  make();
  ask(1, 1, kVa + 5 * kPage);
  expect_answer(1, 46);
  expect_hit(100, 2, 4);
  expect_hit(200, 3, 7);
  expect_hit(300, 4, 3, false);
}

TEST_F(SectorTest, WhatLiesInAnotherLineIsNotFilled) {
  params.dtlb.sector_pages = 16;
  map_pages(0, 16);
  make();
  ask(1, 1, kVa + 8 * kPage);
  expect_answer(1, 46);
  expect_hit(100, 2, 15);
  expect_hit(200, 3, 7, false);  // the same sector, 64 bytes away
  expect_hit(300, 4, 6);         // with the walk for 7
  EXPECT_EQ(mmu().dtlb().stats().evictions, 0u);
}

TEST_F(SectorTest, ASmallerLineFillsLess) {
  params.line_bytes = 16;
  map_pages(0, 8);
  make();
  ask(1, 1, kVa + 3 * kPage);
  expect_answer(1, 46);
  expect_hit(100, 2, 2);
  expect_hit(200, 3, 4, false);
}

TEST_F(SectorTest, OnlyValidLeavesWithASetAreFilled) {
  map_pages(0, 2);
  map(kVa + 2 * kPage, frame(2), 0, true, false);  // A clear
  make();
  ask(1, 1, kVa);
  expect_answer(1, 46);
  expect_hit(100, 2, 1);
  expect_hit(200, 3, 2, false);  // and its walk sets A
  ask(300, 4, kVa + 3 * kPage);
  run_to(400);
  EXPECT_EQ(core.reply_to(4)->result.verdict, Verdict::kFault);  // not mapped
}

// Neither do they take a place: the walk for such a page enters it as one of its own kind.
TEST_F(SectorTest, WhatHasNoAOrIsGlobalOtherwiseIsNotHeld) {
  map_pages(0, 2);
  map(kVa + 2 * kPage, frame(2), 0, true, false);  // A clear
  const PhysAddr global = map(kVa + 3 * kPage, frame(3));
  bytes.store(global, 8, bytes.load(global, 8) | 0x20);  // G
  make();
  ask(1, 1, kVa);
  expect_answer(1, 46);
  std::vector<std::uint64_t> held;
  for (const HeldPage& page : mmu().dtlb().held()) held.push_back(page.page.value());
  EXPECT_EQ(held, (std::vector<std::uint64_t>{kVa, kVa + kPage}));
}

TEST_F(SectorTest, RightsAndDAreOfEachPage) {
  map_pages(0, 1);
  map(kVa + kPage, frame(1), 0, false);
  map(kVa + 2 * kPage, frame(2), 0, true, true, false);  // D clear
  make();
  ask(1, 1, kVa, AccessKind::kStore);
  ask(100, 2, kVa + kPage, AccessKind::kStore);
  expect_answer(2, 101, 100);
  EXPECT_EQ(core.reply_to(2)->result.verdict, Verdict::kFault);
  expect_hit(200, 3, 2);
  ask(300, 4, kVa + 2 * kPage, AccessKind::kStore);
  expect_answer(4, 357);  // 300 + 45, and the update of D: 10 + 2
}

TEST_F(SectorTest, AFenceDropsTheCoveredPageOnly) {
  map_pages(0, 8);
  make();
  ask(1, 1, kVa);
  fence(100, {kAsid, VirtAddr(kVa + 2 * kPage), true});
  expect_hit(200, 2, 1);
  expect_hit(300, 3, 2, false);
  EXPECT_EQ(mmu().dtlb().stats().fenced, 0u) << "the entry remains";
  fence(400, {});
  expect_hit(500, 4, 1, false);
  EXPECT_EQ(mmu().dtlb().stats().fenced, 1u);
}

TEST_F(SectorTest, ANeighbourThatIsFencedDuringTheWalkIsNotFilled) {
  map_pages(0, 8);
  make();
  ask(1, 1, kVa);
  fence(40, {kAsid, VirtAddr(kVa + 2 * kPage), true});  // its entry was read in 34
  expect_answer(1, 46);
  expect_hit(100, 2, 1);
  expect_hit(200, 3, 2, false);
}

// The fetch asks after the fence, and its TLB knows nothing of it; the walk that it merges with in
// the STLB has read the line before.
TEST_F(SectorTest, ALaterWaiterOfTheStlbDoesNotFillWhatWasFenced) {
  params.itlb.sector_pages = 8;
  map_pages(0, 8);
  make();
  ask(1, 1, kVa);
  fence(36, {kAsid, VirtAddr(kVa + 2 * kPage), true});
  ask(38, 2, kVa, AccessKind::kFetch);
  expect_answer(2, 46);
  ask(100, 3, kVa + 2 * kPage, AccessKind::kFetch);
  ask(100, 4, kVa + 3 * kPage, AccessKind::kFetch);
  expect_answer(4, 101, 100);
  expect_answer(3, 145);
}

TEST_F(SectorTest, ASectorTakesOneWayAndGoesAsAWhole) {
  params.dtlb.entries = params.dtlb.ways = 1;
  map_pages(0, 16);
  make();
  ask(1, 1, kVa);
  expect_hit(100, 2, 7);
  expect_hit(200, 3, 8, false);
  EXPECT_EQ(mmu().dtlb().stats().evictions, 1u);
  expect_hit(300, 4, 7, false);
  expect_hit(400, 5, 0);  // filled again with 7
}

TEST_F(SectorTest, LargePagesHaveSectorsOfTheirOwn) {
  constexpr std::uint64_t kLarge = 0x20'0000;
  for (std::uint64_t i = 0; i < 8; ++i) map(kVa + i * kLarge, 0x1000'0000 + i * kLarge, 1);
  make();
  ask(1, 1, kVa + 5 * kLarge);
  expect_answer(1, 34);
  ask(100, 2, kVa + 2 * kLarge + 0x1234);
  expect_answer(2, 101, 100);
  EXPECT_EQ(core.reply_to(2)->result.to.page_shift, 21u);
}

TEST_F(SectorTest, TheLargeArrayHasSectorsOfItsOwnSize) {
  constexpr std::uint64_t kLarge = 0x20'0000;
  params.dtlb.sector_pages = 1;
  params.dtlb.page_sizes = "4K";
  params.dtlb.large = {1, 0, Replacement::kLru, "2M", 4};
  for (std::uint64_t i = 0; i < 8; ++i) map(kVa + i * kLarge, 0x1000'0000 + i * kLarge, 1);
  map_pages(8 * 512, 8 * 512 + 2);
  make();
  ask(1, 1, kVa + 5 * kLarge);
  expect_answer(1, 34);  // 1 + 45 - 12: a read less
  ask(100, 2, kVa + 7 * kLarge);
  expect_answer(2, 101, 100);
  ask(200, 3, kVa + 3 * kLarge);  // of the sector before
  expect_answer(3, 233);
  ask(300, 4, kVa + 4 * kLarge);  // which the one entry has given up; the STLB has only page 5
  expect_answer(4, 333);
  expect_hit(400, 5, 8 * 512, false);
  expect_hit(500, 6, 8 * 512 + 1, false);  // the base array has no sectors
  EXPECT_EQ(mmu().dtlb().stats().evictions, 2u);
}

TEST_F(SectorTest, AHitInASectoredStlbBringsWhatItsSectorHolds) {
  params.dtlb.entries = params.dtlb.ways = 1;
  params.stlb.sector_pages = 4;
  map_pages(0, 16);
  make();
  ask(1, 1, kVa + 5 * kPage);
  expect_hit(100, 2, 8, false);  // displaces the sector of the DTLB
  ask(200, 3, kVa + 6 * kPage);
  expect_answer(3, 208, 201);  // 200 + 1 + 7: of the STLB
  expect_hit(300, 4, 4);
  expect_hit(400, 5, 5);
  expect_hit(500, 6, 7);
  expect_hit(600, 7, 3, false);  // the STLB's sector ends before it
  EXPECT_EQ(mmu().walker().stats().walks, 3u);
}

TEST_F(SectorTest, AHitInTheStlbBringsNoPageThatAFenceHasRemoved) {
  params.dtlb.entries = params.dtlb.ways = 1;
  params.stlb.sector_pages = 8;
  map_pages(0, 16);
  make();
  ask(1, 1, kVa);
  expect_hit(100, 2, 8, false);
  fence(190, {kAsid, VirtAddr(kVa + 2 * kPage), true});
  ask(200, 3, kVa + kPage);
  expect_answer(3, 208, 201);
  expect_hit(300, 4, 3);
  expect_hit(400, 5, 2, false);
}

// A line of one entry: no walk brings neighbours. The STLB has two sectors.
TEST_F(SectorTest, AHitInTheStlbBringsNoPageThatComesLater) {
  params.line_bytes = 8;
  params.dtlb.entries = params.dtlb.ways = 1;
  params.stlb.entries = params.stlb.ways = params.stlb.sector_pages = 2;
  params.level3 = {16, 0, 20, 0, 8, Replacement::kLru};
  for (const std::uint64_t page : {0u, 1u, 32u, 34u}) map(kVa + page * kPage, frame(page));
  make();
  ask(1, 1, kVa + kPage);
  ask(100, 2, kVa + 32 * kPage);
  ask(200, 3, kVa + 34 * kPage);  // displaces 1 from the STLB; the third level has it
  ask(300, 4, kVa);               // displaces 32
  ask(400, 5, kVa + 34 * kPage);  // into the DTLB
  // Page 1 is looked up in the third level in 508 and due in 528. Page 0 hits the STLB in 511.
  ask(500, 6, kVa + kPage, AccessKind::kFetch);
  ask(510, 7, kVa);
  expect_answer(7, 518, 511);
  ask(520, 8, kVa + kPage);
  expect_answer(8, 528, 521);  // it has not come with page 0; at the STLB in 521, there in 528
  EXPECT_EQ(core.reply_to(6)->at, 528u);
}

TEST_F(SectorTest, OtherNumbersThanPowersOfTwoAreRefused) {
  params.dtlb.sector_pages = 6;
  EXPECT_THROW(make(), ConfigError);
}

TEST_F(SectorTest, OtherNumbersThanPowersOfTwoAreRefusedInTheLargeArrayToo) {
  params.dtlb.page_sizes = "4K";
  params.dtlb.large = {4, 0, Replacement::kLru, "2M", 3};
  EXPECT_THROW(make(), ConfigError);
}

}  // namespace
}  // namespace mmu
