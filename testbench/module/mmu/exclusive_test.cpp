// Exclusive levels: what a level before holds is not there.
#include "testbench/module/mmu/inclusion_fixture.hpp"

namespace mmu::inclusion {
namespace {

class ExclusiveTest : public InclusionTest {
 protected:
  ExclusiveTest() {
    params.itlb = params.dtlb = one_entry(1);
    params.stlb_inclusion = Inclusion::kExclusive;
  }
};

TEST_F(ExclusiveTest, AWalkFillsTheFirstLevelOnly) {
  map_pages(1);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa, AccessKind::kFetch);
  expect_answer(2, 145);
  EXPECT_EQ(stlb().fills, 0u);
}

// The page leaves the DTLB in 145, in the turn of the walkers. The STLB's has passed.
TEST_F(ExclusiveTest, WhatTheFirstLevelGivesUpIsNotFoundInThatCycle) {
  map_pages(2);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + kPage);
  ask(144, 3, kVa, AccessKind::kFetch);
  expect_answer(3, 189);
  EXPECT_EQ(stlb().victims, 1u);
  EXPECT_EQ(stlb().fills, 1u);
}

TEST_F(ExclusiveTest, WhatTheFirstLevelGivesUpIsFoundInTheNext) {
  map_pages(2);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + kPage);
  ask(145, 3, kVa, AccessKind::kFetch);
  expect_answer(3, 153, 146);
  EXPECT_EQ(stlb().moved, 1u);
  ask(200, 4, kVa);  // it has moved into the ITLB
  expect_answer(4, 245);
}

TEST_F(ExclusiveTest, AHitSwapsThePageForTheOneThatTheFirstLevelGivesUp) {
  params.stlb = one_entry(7);
  map_pages(2);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + kPage);
  ask(200, 3, kVa);
  expect_answer(3, 208, 201);
  ask(300, 4, kVa + kPage);
  expect_answer(4, 308, 301);
  EXPECT_EQ(stlb().moved, 2u);
  EXPECT_EQ(stlb().victims, 3u);
  EXPECT_EQ(stlb().evictions, 0u);
}

TEST_F(ExclusiveTest, AHitThatIsAFaultLeavesThePageWhereItIs) {
  map(kVa, kPa, 0, /*write=*/false);
  map(kVa + kPage, kPa + kPage);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + kPage);
  ask(200, 3, kVa, AccessKind::kStore);
  expect_answer(3, 208, 201);
  EXPECT_EQ(core.reply_to(3)->result.verdict, Verdict::kFault);
  ask(300, 4, kVa);
  expect_answer(4, 308, 301);
}

TEST_F(ExclusiveTest, APageThatTheFirstLevelDoesNotTakeIsEnteredAndStays) {
  params.dtlb.page_sizes = "4K";
  map(kVa, 0x1000'0000, 1);
  make();
  ask(1, 1, kVa);
  expect_answer(1, 34);  // a read less: 1 + 45 - 12
  ask(100, 2, kVa);
  expect_answer(2, 108, 101);
  ask(200, 3, kVa);
  expect_answer(3, 208, 201);
  EXPECT_EQ(stlb().moved, 0u);
  EXPECT_EQ(stlb().victims, 0u);
}

// The ITLB's entry has D clear, the DTLB's set; both are given up, the ITLB's last.
TEST_F(ExclusiveTest, AStaleVictimCostsTheStoreAWalkAndNoMore) {
  map(kVa, kPa, 0, true, true, /*dirty=*/false);
  map(kVa + kPage, kPa + kPage);
  make();
  ask(1, 1, kVa, AccessKind::kFetch);
  ask(100, 2, kVa, AccessKind::kStore);
  expect_answer(2, 157);  // 145, and the update: 10 + 2
  ask(200, 3, kVa + kPage);
  ask(300, 4, kVa + kPage, AccessKind::kFetch);
  ask(400, 5, kVa, AccessKind::kStore);
  expect_answer(5, 445);  // without an update
  EXPECT_EQ(core.reply_to(5)->result.verdict, Verdict::kOk);
  EXPECT_EQ(mmu().walker().stats().updates, 1u);
  EXPECT_FALSE(mmu().stlb().holds(page(0))) << "the DTLB has taken it";
}

class ExclusiveOnItsWayTest : public ExclusiveTest {
 protected:
  ExclusiveOnItsWayTest() { params.level3 = {16, 0, 20, 0, 8, Replacement::kLru}; }
  /// The DTLB gets page 0 from the third level, for 328, and gives it up in 311.
  void give_up_what_is_on_its_way() {
    map_pages(2);
    make();
    ask(1, 1, kVa, AccessKind::kFetch);
    ask(100, 2, kVa + kPage);
    ask(300, 3, kVa);  // known in 308; the other page goes into the STLB
    ask(310, 4, kVa + kPage);
    expect_answer(4, 318, 311);
    EXPECT_EQ(core.reply_to(3)->at, 328u);
  }
};

TEST_F(ExclusiveOnItsWayTest, AVictimIsThereWhenItsRefillIs) {
  give_up_what_is_on_its_way();
  ask(312, 5, kVa);
  expect_answer(5, 328, 313);
  EXPECT_EQ(stlb().merged, 1u);
}

TEST_F(ExclusiveOnItsWayTest, AFenceReachesTheVictim) {
  give_up_what_is_on_its_way();
  fence(312, {kAsid, VirtAddr(kVa), true});
  ask(312, 5, kVa);
  expect_answer(5, 377);
}

TEST_F(ExclusiveTest, ASectorIsGivenUpPageByPage) {
  params.dtlb.sector_pages = 4;
  map_pages(16);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + 8 * kPage);
  run_to(145);
  EXPECT_EQ(stlb().victims, 4u);
  ask(200, 3, kVa + 2 * kPage);
  expect_answer(3, 208, 201);
  ask(300, 4, kVa + 3 * kPage);
  expect_answer(4, 308, 301);
  EXPECT_EQ(mmu().walker().stats().walks, 2u);
}

TEST_F(ExclusiveTest, ASectorOfTheStlbMovesAsFarAsTheFirstLevelTakesIt) {
  params.dtlb.sector_pages = 2;
  params.stlb.sector_pages = 4;
  params.line_bytes = 8;  // a walk brings no neighbours
  map_pages(16);
  make();
  for (std::uint32_t i = 0; i < 3; ++i) ask(1 + 100 * i, i, kVa + i * kPage);
  ask(400, 10, kVa + 8 * kPage);  // the STLB has 0, 1 and 2 in one sector
  ask(500, 11, kVa);
  expect_answer(11, 508, 501);
  EXPECT_TRUE(mmu().dtlb().holds(page(1))) << "come along";
  EXPECT_FALSE(mmu().stlb().holds(page(0)));
  EXPECT_FALSE(mmu().stlb().holds(page(1)));
  EXPECT_TRUE(mmu().stlb().holds(page(2)));
  EXPECT_EQ(stlb().moved, 0u) << "the entry is there";
}

TEST_F(ExclusiveTest, AThirdLevelTakesWhatTheStlbGivesUp) {
  params.stlb_inclusion = Inclusion::kNeither;
  params.stlb = one_entry(7);
  params.level3 = {16, 0, 20, 0, 8, Replacement::kLru};
  params.level3_inclusion = Inclusion::kExclusive;
  map_pages(2);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + kPage);
  ask(200, 3, kVa);
  expect_answer(3, 228, 208);
  const TlbStats& third = mmu().further_levels().at(0)->stats();
  EXPECT_EQ(third.moved, 1u);
  EXPECT_EQ(third.victims, 2u);
  EXPECT_EQ(third.fills, 2u);
}

// The page has gone from the DTLB to the STLB and on to the third level when it is asked for again:
// the STLB, which enters nothing of it, tells the third level that the DTLB has taken it.
TEST_F(ExclusiveTest, AnExclusiveStlbTellsAnExclusiveThirdLevel) {
  params.stlb = one_entry(7);
  params.level3 = {16, 0, 20, 0, 8, Replacement::kLru};
  params.level3_inclusion = Inclusion::kExclusive;
  map_pages(3);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + kPage);
  ask(200, 3, kVa + 2 * kPage);
  run_to(300);
  StlbModule& third = *mmu().further_levels().at(0);
  EXPECT_TRUE(third.holds(page(0)));
  ask(301, 4, kVa);
  expect_answer(4, 329, 309);
  EXPECT_FALSE(third.holds(page(0)));
  EXPECT_TRUE(third.holds(page(1))) << "which the STLB has given up for page 2";
  EXPECT_EQ(third.stats().moved, 1u);
}

TEST_F(ExclusiveTest, NeedsEntries) {
  params.stlb.entries = 0;
  EXPECT_THROW(make(), ConfigError);
}

// The fence reaches the DTLB's miss, and not yet the STLB's: only that enters the page.
TEST_F(ExclusiveTest, WhatNoLevelBeforeTakesComesWithoutNeighbours) {
  params.stlb.sector_pages = 4;
  map_pages(4);
  make();
  ask(1, 1, kVa + kPage);
  ask(100, 2, kVa);
  fence(101, {kAsid, VirtAddr(kVa), true});
  run_to(200);
  EXPECT_TRUE(mmu().stlb().holds(page(0)));
  EXPECT_TRUE(mmu().dtlb().holds(page(1)));
  EXPECT_FALSE(mmu().stlb().holds(page(1)));
}

}  // namespace
}  // namespace mmu::inclusion
