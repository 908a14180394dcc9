// Inclusive and exclusive levels. Times as in tlb_timing_test.cpp: a miss of everything that is
// asked in t is answered in t + 45, a hit in the STLB in t + 8, which is known in t + 1; with a
// third level of 20 cycles t + 65, and t + 28 for a hit there, known in t + 8.
#include "hw/arch/errors.hpp"
#include "testbench/support/mmu_test.hpp"
#include "testbench/support/random_source.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kVa = 0x4000'0000;
constexpr std::uint64_t kPa = 0x80'0000;
constexpr std::uint64_t kPage = 0x1000;

class InclusionTest : public MmuTest {
 protected:
  static TlbParams one_entry(std::uint32_t latency) {
    return {1, 1, latency, 0, 8, Replacement::kLru};
  }
  void map_pages(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) map(kVa + i * kPage, kPa + i * kPage);
  }
  static HeldPage page(std::uint64_t number) {
    Translation to;
    to.page_shift = 12;
    return {VirtAddr(kVa + number * kPage), kAsid, to, 0, {}};
  }
  const TlbStats& dtlb() { return mmu().dtlb().stats(); }
  const TlbStats& stlb() { return mmu().stlb().stats(); }
};

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

TEST_F(ExclusiveTest, NeedsEntries) {
  params.stlb.entries = 0;
  EXPECT_THROW(make(), ConfigError);
}

/// Random accesses to 40 pages, many at a time; `check` after each.
class RandomInclusionTest : public InclusionTest {
 protected:
  static constexpr std::uint64_t kPages = 40;
  void play(const std::function<void(const HeldPage&)>& check) {
    params.dtlb.sector_pages = 2;
    params.stlb = {12, 4, 7, 1, 3, Replacement::kLru};
    map_pages(kPages);
    make();
    test::RandomSource random(1);
    Cycle cycle = 1;
    for (std::uint32_t id = 0; id < 400; ++id) {
      cycle += random.number(1, 30);
      const auto kind = random.chance(30) ? AccessKind::kFetch : AccessKind::kLoad;
      ask(cycle, id, kVa + random.number(0, kPages - 1) * kPage, kind);
      run_to(cycle);
      for (std::uint64_t i = 0; i < kPages; ++i) check(page(i));
    }
  }
};

TEST_F(RandomInclusionTest, AnInclusiveStlbHoldsAllThatTheFirstLevelHolds) {
  params.stlb_inclusion = Inclusion::kInclusive;
  play([this](const HeldPage& page) {
    const bool before = mmu().itlb().holds(page) || mmu().dtlb().holds(page);
    EXPECT_TRUE(!before || mmu().stlb().holds(page)) << std::hex << page.page.value();
  });
  EXPECT_GT(dtlb().back_invalidated, 5u);
}

TEST_F(RandomInclusionTest, AnExclusiveStlbHoldsNothingThatTheOneFirstLevelHolds) {
  params.stlb_inclusion = Inclusion::kExclusive;
  params.first_level = MmuParams::FirstLevel::kUnified;
  play([this](const HeldPage& page) {
    EXPECT_FALSE(mmu().dtlb().holds(page) && mmu().stlb().holds(page))
        << std::hex << page.page.value();
  });
  EXPECT_GT(stlb().moved, 30u);
  EXPECT_GT(stlb().victims, 100u);
}

}  // namespace
}  // namespace mmu
