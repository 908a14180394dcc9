// Each class of miss in a TLB with sectors, worked out by hand on a twin of two of them.
#include "testbench/unit/mmu/miss_classes_test.hpp"

namespace mmu {
namespace {

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
}  // namespace
}  // namespace mmu
