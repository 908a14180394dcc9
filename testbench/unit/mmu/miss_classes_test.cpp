// Each class of miss, worked out by hand on a twin of two entries.
#include "testbench/unit/mmu/miss_classes_test.hpp"

namespace mmu {
namespace {

TEST_F(MissClassesTest, TheFirstMissOfAPageIsCold) {
  fill(0 * kPage);
  fill(1 * kPage);
  fill(2 * kPage);
  EXPECT_EQ(counts(), (Counts{3, 0, 0, 0}));
}

TEST_F(MissClassesTest, AMissThatTheTwinHasTooIsOneOfCapacity) {
  fill(0 * kPage);
  fill(1 * kPage);
  fill(2 * kPage);  // 0 goes
  fill(0 * kPage);  // 1 goes
  EXPECT_EQ(counts(), (Counts{3, 1, 0, 0}));
  fill(2 * kPage);  // still there: the TLB has lost it to its sets
  EXPECT_EQ(counts(), (Counts{3, 1, 1, 0}));
}

TEST_F(MissClassesTest, WhatLeavesByInclusionIsLostForCapacity) {
  fill(0 * kPage);
  classes.left(1, VirtAddr(5 * kPage), page());  // never there
  classes.left(1, VirtAddr(0 * kPage), page());
  miss(0 * kPage);
  EXPECT_EQ(counts(), (Counts{1, 1, 0, 0}));
  miss(5 * kPage);
  EXPECT_EQ(counts(), (Counts{2, 1, 0, 0}));
}

TEST_F(MissClassesTest, AHitMakesAPageTheYoungestOfTheTwin) {
  fill(0 * kPage);
  fill(1 * kPage);
  hit(0 * kPage);
  fill(2 * kPage);  // 1 goes, not 0
  miss(1 * kPage);
  EXPECT_EQ(counts(), (Counts{3, 1, 0, 0}));
  miss(0 * kPage);
  EXPECT_EQ(counts(), (Counts{3, 1, 1, 0}));
}

TEST_F(MissClassesTest, AConflictIsAHitOfTheTwinAndBringsNothingIntoIt) {
  fill(0 * kPage);
  fill(1 * kPage);
  fill(0 * kPage);  // conflict: 0 is younger than 1 now
  fill(2 * kPage);  // 1 goes
  miss(0 * kPage);
  EXPECT_EQ(counts(), (Counts{3, 0, 2, 0}));
  miss(1 * kPage);
  EXPECT_EQ(counts(), (Counts{3, 1, 2, 0}));
}

TEST_F(MissClassesTest, WhatAConflictBringsLateDoesNotComeBackIntoTheTwin) {
  fill(0 * kPage);
  fill(1 * kPage);
  miss(1 * kPage);  // conflict, and under way
  fill(2 * kPage);  // 0 goes
  fill(3 * kPage);  // 1 goes
  classes.entered(1, VirtAddr(1 * kPage), page());
  miss(1 * kPage);
  EXPECT_EQ(counts(), (Counts{4, 1, 1, 0}));
}

TEST_F(MissClassesTest, WhatOnlyTheTlbHasKeptIsInTheTwinFromItsUseOn) {
  fill(0 * kPage);
  fill(1 * kPage);
  fill(2 * kPage);  // 0 goes
  hit(0 * kPage);   // the TLB has it; 1 goes
  miss(1 * kPage);
  EXPECT_EQ(counts(), (Counts{3, 1, 0, 0}));
  miss(0 * kPage);
  EXPECT_EQ(counts(), (Counts{3, 1, 1, 0}));
}

TEST_F(MissClassesTest, AfterAFenceTheMissIsTheFences) {
  fill(0 * kPage);
  fill(1 * kPage);
  classes.fence({Asid{1}, VirtAddr(0), false});
  fill(0 * kPage);
  EXPECT_EQ(counts(), (Counts{2, 0, 0, 1}));
  // Back again: gone for capacity the next time.
  fill(1 * kPage);  // conflict
  fill(2 * kPage);  // 0 goes
  miss(0 * kPage);
  EXPECT_EQ(counts(), (Counts{3, 1, 1, 1}));
}

TEST_F(MissClassesTest, WhatWasGoneBeforeTheFenceIsNotTheFences) {
  fill(0 * kPage);
  fill(1 * kPage);
  fill(2 * kPage);  // 0 goes
  classes.fence({});
  miss(0 * kPage);
  EXPECT_EQ(counts(), (Counts{3, 1, 0, 0}));
  miss(1 * kPage);
  EXPECT_EQ(counts(), (Counts{3, 1, 0, 1}));
}

TEST_F(MissClassesTest, WhatAFenceTakesFromTheTlbAloneIsTheFences) {
  fill(0 * kPage);
  fill(1 * kPage);
  fill(2 * kPage);  // the twin gives up 0, the TLB has kept it
  classes.fenced(1, VirtAddr(0), page());
  miss(0 * kPage);
  EXPECT_EQ(counts(), (Counts{3, 0, 0, 1}));
}

TEST_F(MissClassesTest, AFenceOfOneAsidLeavesOthersAndGlobalPages) {
  fill(0 * kPage, 1);
  fill(1 * kPage, 2, page(12, true));
  classes.fence({Asid{2}, std::nullopt, false});
  miss(0 * kPage, 1);
  miss(1 * kPage, 3);  // global: every ASID's
  EXPECT_EQ(counts(), (Counts{2, 0, 2, 0}));
  classes.fence({});
  miss(1 * kPage, 3);
  EXPECT_EQ(counts(), (Counts{2, 0, 2, 1}));
}

// Address space 0 has no bits in the key, as global pages.
TEST_F(MissClassesTest, APageOfAddressSpaceZeroIsNotGlobal) {
  fill(5 * kPage, 3, page(12, true));
  fill(0 * kPage, 0);
  miss(0 * kPage, 7);
  EXPECT_EQ(counts(), (Counts{3, 0, 0, 0}));
  miss(0 * kPage, 0);
  EXPECT_EQ(counts(), (Counts{3, 0, 1, 0}));
}

TEST_F(MissClassesTest, TheSamePageOfAnotherAsidIsAnotherPage) {
  fill(0, 1);
  fill(0, 2);
  EXPECT_EQ(counts(), (Counts{2, 0, 0, 0}));
  miss(0, 1);
  miss(0, 2);
  EXPECT_EQ(counts(), (Counts{2, 0, 2, 0}));
}

TEST_F(MissClassesTest, PagesOfAllSizesShareTheTwin) {
  fill(4 * kLarge, 1, page(21));
  fill(8 * std::uint64_t{kHuge}, 1, page(30));
  miss(4 * kLarge + 17 * kPage);  // the same large page
  miss(8 * std::uint64_t{kHuge} + 5 * kLarge);
  EXPECT_EQ(counts(), (Counts{2, 0, 2, 0}));
  fill(0);  // 4 K: the large page goes
  miss(4 * kLarge);
  EXPECT_EQ(counts(), (Counts{3, 1, 2, 0}));
}

TEST_F(MissClassesTest, OfPagesOfSeveralSizesTheLastTellsWhy) {
  // A page becomes part of a large one: fenced as a small one, later lost for capacity.
  fill(4 * kLarge);
  classes.fence({Asid{1}, VirtAddr(4 * kLarge), false});
  fill(4 * kLarge, 1, page(21));
  EXPECT_EQ(counts(), (Counts{1, 0, 0, 1}));
  fill(0 * kPage);
  fill(1 * kPage);
  miss(4 * kLarge);
  EXPECT_EQ(counts(), (Counts{3, 1, 0, 1}));
}

TEST_F(MissClassesTest, AMissThatJoinsIsOfTheClassOfTheOneItWaitsFor) {
  miss(0);
  miss(8, 1, MissKind::kJoined);
  classes.entered(1, VirtAddr(0), page());
  miss(16, 1, MissKind::kOnItsWay);
  EXPECT_EQ(counts(), (Counts{3, 0, 0, 0}));
  fill(1 * kPage);
  fill(2 * kPage);
  miss(0);
  miss(8, 1, MissKind::kJoined);
  EXPECT_EQ(counts(), (Counts{5, 2, 0, 0}));
}

TEST_F(MissClassesTest, AReplayIsClassifiedForThoseThatJoinItAndNotCounted) {
  replay = true;
  miss(0);
  EXPECT_EQ(counts(), (Counts{0, 0, 0, 0}));
  replay = false;
  miss(8, 1, MissKind::kJoined);
  EXPECT_EQ(counts(), (Counts{1, 0, 0, 0}));
}

TEST_F(MissClassesTest, ABitThatWasNeverSetAndAnAddressOfNoPageAreCold) {
  fill(0);
  miss(0, 1, MissKind::kSentForBits);
  miss(std::uint64_t{1} << 60, 1, MissKind::kNotCanonical);
  EXPECT_EQ(counts(), (Counts{3, 0, 0, 0}));
}
TEST(MissClasses, MissesJoinByTheSmallestPage) {
  TlbParams params;
  MissClasses classes(params, 14);
  TranslateRequest request;
  request.va = VirtAddr(4 * kPage);
  classes.missed(request, MissKind::kSent);
  request.va = VirtAddr(7 * kPage);
  classes.missed(request, MissKind::kJoined);
  EXPECT_EQ(classes.stats().cold, 2u);
}

TEST(MissClasses, WithoutEntriesAllButTheFirstIsCapacity) {
  MissClasses classes(0);
  TranslateRequest request;
  classes.missed(request, MissKind::kSent);
  classes.entered(0, VirtAddr(0), {});
  classes.fence({});
  classes.missed(request, MissKind::kSent);
  EXPECT_EQ(classes.stats().cold, 1u);
  EXPECT_EQ(classes.stats().capacity, 1u);
}

}  // namespace
}  // namespace mmu
