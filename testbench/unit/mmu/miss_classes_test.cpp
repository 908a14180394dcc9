// Each class of miss, worked out by hand on a twin of two entries.
#include "hw/mmu/miss_classes.hpp"

#include <gtest/gtest.h>

namespace mmu {
namespace {

constexpr std::uint64_t kPage = 4096, kLarge = 2 << 20, kHuge = 1 << 30;

class MissClassesTest : public ::testing::Test {
 protected:
  explicit MissClassesTest(SectorShape sectors = {}) : classes(2, sectors) {}
  static Translation page(unsigned shift = 12, bool global = false) {
    Translation to;
    to.page_shift = shift;
    to.global = global;
    return to;
  }
  void miss(std::uint64_t va, Asid asid = 1, MissKind kind = MissKind::kSent) {
    TranslateRequest request;
    request.va = VirtAddr(va);
    request.asid = asid;
    request.replay = replay;
    classes.missed(request, kind);
  }
  /// A miss that is sent and answered.
  void fill(std::uint64_t va, Asid asid = 1, const Translation& to = page()) {
    miss(va, asid);
    classes.entered(asid, VirtAddr(va), to);
  }
  void hit(std::uint64_t va, Asid asid = 1, const Translation& to = page()) {
    classes.used(asid, VirtAddr(va), to);
  }
  /// Cold, capacity, conflict, fence.
  std::vector<std::uint64_t> counts() const {
    const MissClassStats& s = classes.stats();
    return {s.cold, s.capacity, s.conflict, s.fence};
  }
  using Counts = std::vector<std::uint64_t>;

  MissClasses classes;
  bool replay = false;
};

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

/// Two entries of four pages each.
class SectorClassesTest : public MissClassesTest {
 protected:
  SectorClassesTest() : MissClassesTest({2}) {}
  /// Comes with the answer to the miss of `va` that has just been filled.
  void beside(std::uint64_t va, std::uint64_t neighbour, const Translation& to = page()) {
    classes.entered_beside(1, VirtAddr(va), VirtAddr(neighbour), to);
  }
};

TEST_F(SectorClassesTest, PagesOfOneSectorShareAnEntry) {
  fill(0 * kPage);
  fill(3 * kPage);  // the same entry
  fill(4 * kPage);
  miss(0 * kPage);
  EXPECT_EQ(counts(), (Counts{3, 0, 1, 0}));
}

TEST_F(SectorClassesTest, ASectorGoesAsAWhole) {
  fill(0 * kPage);
  fill(1 * kPage);
  fill(4 * kPage);
  fill(8 * kPage);  // the sector of 0 and 1 goes
  miss(0 * kPage);
  miss(1 * kPage);
  EXPECT_EQ(counts(), (Counts{4, 2, 0, 0}));
}

TEST_F(SectorClassesTest, AHitOfOnePageMakesItsSectorTheYoungest) {
  fill(0 * kPage);
  fill(1 * kPage);
  fill(4 * kPage);
  hit(1 * kPage);
  fill(8 * kPage);  // 4 goes
  miss(0 * kPage);
  miss(4 * kPage);
  EXPECT_EQ(counts(), (Counts{4, 1, 1, 0}));
}

TEST_F(SectorClassesTest, OfASectorThatIsThereAPageThatIsNotIsCold) {
  fill(0 * kPage);
  miss(1 * kPage);
  EXPECT_EQ(counts(), (Counts{2, 0, 0, 0}));
}

TEST_F(SectorClassesTest, APageThatCameBesideAnotherHasBeenEntered) {
  fill(0 * kPage);
  beside(0, 1 * kPage);
  miss(1 * kPage);  // the TLB has lost it
  EXPECT_EQ(counts(), (Counts{1, 0, 1, 0}));
  fill(4 * kPage);
  fill(8 * kPage);
  miss(1 * kPage);
  EXPECT_EQ(counts(), (Counts{3, 1, 1, 0}));
}

TEST_F(SectorClassesTest, ButNotInAnotherSector) {
  fill(3 * kPage);
  beside(3 * kPage, 4 * kPage);
  miss(4 * kPage);
  EXPECT_EQ(counts(), (Counts{1, 1, 0, 0})) << "a page of the line that no entry took";
}

TEST_F(SectorClassesTest, WhoWaitsForANeighbourWaitsForTheMissThatBringsIt) {
  fill(0 * kPage);
  fill(4 * kPage);
  fill(8 * kPage);
  fill(0 * kPage);  // capacity
  beside(0, 1 * kPage);
  miss(1 * kPage, 1, MissKind::kOnItsWay);
  EXPECT_EQ(counts(), (Counts{3, 2, 0, 0}));
}

TEST_F(SectorClassesTest, WhatAConflictBringsDoesNotComeIntoTheTwin) {
  fill(0 * kPage);
  fill(0 * kPage);  // conflict
  beside(0, 1 * kPage);
  miss(1 * kPage);
  EXPECT_EQ(counts(), (Counts{1, 1, 1, 0}));
}

TEST_F(SectorClassesTest, AFenceTakesThePagesThatItCovers) {
  fill(0 * kPage);
  fill(1 * kPage);
  classes.fence({Asid{1}, VirtAddr(0), false});
  miss(0 * kPage);
  miss(1 * kPage);
  EXPECT_EQ(counts(), (Counts{2, 0, 1, 1}));
  classes.fence({});  // the sector is empty: both entries are free
  fill(4 * kPage);
  fill(8 * kPage);
  miss(4 * kPage);
  EXPECT_EQ(counts(), (Counts{4, 0, 2, 1}));
}

TEST_F(SectorClassesTest, EachSizeHasSectorsOfItsOwn) {
  fill(4 * kLarge, 1, page(21));
  fill(7 * kLarge, 1, page(21));
  fill(0);
  miss(4 * kLarge);
  EXPECT_EQ(counts(), (Counts{3, 0, 1, 0}));
}

TEST(MissClasses, PagesOfOtherArraysThanTheBaseOneHaveNoSectors) {
  TlbParams params;
  params.entries = 1;
  params.large.entries = 1;
  params.page_sizes = "4K";
  params.sector_pages = 4;
  MissClasses classes(params, kBasePageShift);
  const auto fill = [&classes](std::uint64_t va, unsigned shift) {
    TranslateRequest request;
    request.va = VirtAddr(va);
    classes.missed(request, MissKind::kSent);
    Translation to;
    to.page_shift = shift;
    classes.entered(0, request.va, to);
  };
  for (std::uint64_t i = 0; i < 4; ++i) fill(i * kPage, 12);
  for (std::uint64_t i = 4; i < 6; ++i) fill(i * kLarge, 21);  // an entry each: the first goes
  fill(0, 12);
  EXPECT_EQ(classes.stats().cold, 6u);
  EXPECT_EQ(classes.stats().capacity, 1u);
}

TEST(MissClasses, EachArrayHasSectorsOfItsOwn) {
  TlbParams params;
  params.entries = 1;
  params.page_sizes = "4K";
  params.large = {1, 0, Replacement::kLru, "2M", 2};
  MissClasses classes(params, kBasePageShift);
  const auto miss = [&classes](std::uint64_t va) {
    TranslateRequest request;
    request.va = VirtAddr(va);
    classes.missed(request, MissKind::kSent);
  };
  Translation large;
  large.page_shift = 21;
  for (std::uint64_t i = 0; i < 4; ++i) {  // two entries of two pages: both stay
    miss(i * kLarge);
    classes.entered(0, VirtAddr(i * kLarge), large);
  }
  for (std::uint64_t i = 0; i < 4; ++i) miss(i * kLarge);
  EXPECT_EQ(classes.stats().conflict, 4u);
  EXPECT_EQ(classes.stats().cold, 4u);
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
