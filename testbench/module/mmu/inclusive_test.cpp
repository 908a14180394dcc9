// Inclusive levels: what goes there goes everywhere before it.
#include "testbench/module/mmu/inclusion_fixture.hpp"

namespace mmu::inclusion {
namespace {

class InclusiveTest : public InclusionTest {
 protected:
  InclusiveTest() {
    params.stlb = one_entry(7);
    params.stlb_inclusion = Inclusion::kInclusive;
  }
};

TEST_F(InclusiveTest, WhatTheStlbGivesUpLeavesTheFirstLevelInThatCycle) {
  map_pages(2);
  make();
  ask(1, 1, kVa);
  ask(50, 2, kVa, AccessKind::kFetch);
  ask(100, 3, kVa + kPage);  // its walk ends in 145, before issue
  ask(144, 4, kVa);
  ask(145, 5, kVa);
  expect_answer(4, 145, 144);
  run_to(145);
  EXPECT_EQ(dtlb().back_invalidated, 1u);
  EXPECT_EQ(mmu().itlb().stats().back_invalidated, 1u);
  expect_answer(5, 190);
}

TEST_F(InclusiveTest, ANeutralStlbLeavesItThere) {
  params.stlb_inclusion = Inclusion::kNeither;
  map_pages(2);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + kPage);
  ask(145, 3, kVa);
  expect_answer(3, 146, 145);
  EXPECT_EQ(dtlb().back_invalidated, 0u);
}

// The short form of a request remembers pages; such a page is dropped as well.
TEST_F(InclusiveTest, ThePagesThatAreRememberedGoToo) {
  map_pages(2);
  make();
  PlainHit hit;
  const auto ask_shortly = [&](Cycle cycle) {
    at(cycle, Rank::kIssue,
       [&, cycle] { hit = mmu().dtlb().in->hit(cycle, VirtAddr(kVa), kAsid, AccessKind::kLoad); });
    run_to(cycle);
  };
  ask(1, 1, kVa);
  ask(100, 2, kVa + kPage);
  ask_shortly(110);
  ask_shortly(144);
  EXPECT_EQ(hit.at, 145u);
  ask_shortly(145);
  EXPECT_EQ(hit.at, 0u);
}

// The page is in the STLB from the fetch; the load finds it in 201, for 208. In 204 the walk for
// the other page ends.
TEST_F(InclusiveTest, AnEntryOnItsWayIsDroppedAndWhatIsAnsweredStands) {
  map_pages(2);
  make();
  ask(1, 1, kVa, AccessKind::kFetch);
  ask(159, 2, kVa + kPage);
  ask(200, 3, kVa);
  ask(203, 4, kVa);
  ask(204, 5, kVa);
  expect_answer(5, 249);
  EXPECT_EQ(core.reply_to(3)->at, 208u);
  EXPECT_EQ(core.reply_to(4)->at, 208u);
}

// The store took the STLB's slot and may not use what comes; the fetch has merged.
TEST_F(InclusiveTest, NothingIsEnteredThatTheStlbHasNotEntered) {
  map(kVa, kPa, 0, /*write=*/false);
  make();
  ask(1, 1, kVa, AccessKind::kStore);
  ask(3, 2, kVa, AccessKind::kFetch);
  expect_answer(2, 46);
  EXPECT_EQ(core.reply_to(2)->result.verdict, Verdict::kOk);
  ask(100, 3, kVa, AccessKind::kFetch);
  expect_answer(3, 145);
}

TEST_F(InclusiveTest, OfNeighboursTheFirstLevelEntersThoseThatTheStlbHolds) {
  params.dtlb.sector_pages = 8;
  params.stlb.sector_pages = 2;
  map_pages(8);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + kPage);
  ask(200, 3, kVa + 2 * kPage);
  expect_answer(2, 101, 100);
  expect_answer(3, 245);
}

TEST_F(InclusiveTest, OfASectorThePageGoesAndTheOthersStay) {
  params.dtlb.sector_pages = 8;
  map_pages(8);
  params.stlb = {2, 2, 7, 0, 8, Replacement::kLru};
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + kPage);
  ask(200, 3, kVa + 2 * kPage);  // displaces the first from the STLB
  ask(300, 4, kVa + kPage);
  expect_answer(4, 301, 300);
  EXPECT_EQ(dtlb().back_invalidated, 0u) << "the entry is there";
  ask(400, 5, kVa);
  expect_answer(5, 445);
}

TEST_F(InclusiveTest, AThirdLevelReachesAllBeforeIt) {
  params.stlb = {16, 4, 7, 0, 8, Replacement::kLru};
  params.stlb_inclusion = Inclusion::kNeither;
  params.level3 = one_entry(20);
  params.level3_inclusion = Inclusion::kInclusive;
  map_pages(2);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + kPage);
  ask(164, 3, kVa);
  ask(165, 4, kVa);
  expect_answer(3, 165, 164);
  run_to(165);
  EXPECT_EQ(stlb().back_invalidated, 1u);
  EXPECT_EQ(dtlb().back_invalidated, 1u);
  expect_answer(4, 230);
}

TEST_F(InclusiveTest, NeedsEntries) {
  params.stlb.entries = 0;
  EXPECT_THROW(make(), ConfigError);
}

TEST_F(InclusiveTest, NeedsAllSizesThatAFirstLevelHolds) {
  params.stlb.page_sizes = "4K+2M";
  params.itlb.page_sizes = "4K";
  EXPECT_THROW(make(), ConfigError);
}

}  // namespace
}  // namespace mmu::inclusion
