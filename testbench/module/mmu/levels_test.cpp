// A unified first level, and levels behind the STLB. Times as in tlb_timing_test.cpp: a walk takes
// 37 cycles, DTLB and STLB 1 and 7.
#include "testbench/support/mmu_test.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kVa = 0x4000'0000;
constexpr std::uint64_t kPa = 0x80'0000;
constexpr std::uint64_t kPage = 0x1000;

class LevelsTest : public MmuTest {
 protected:
  /// A first and a second level of one entry; a third of 16 and 20 cycles.
  void three_levels() {
    params.itlb.entries = params.dtlb.entries = params.stlb.entries = 1;
    params.itlb.ways = params.dtlb.ways = params.stlb.ways = 1;
    params.level3 = {16, 0, 20, 0, 8, Replacement::kLru};
  }
  void map_pages(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) map(kVa + i * kPage, kPa + i * kPage);
  }
  const StlbModule& level(std::size_t number) { return *mmu().further_levels().at(number - 3); }
};

TEST_F(LevelsTest, AUnifiedFirstLevelServesFetchesAndData) {
  params.first_level = MmuParams::FirstLevel::kUnified;
  map_pages(1);
  make();
  ask(1, 1, kVa, AccessKind::kFetch);
  expect_answer(1, 46);
  ask(100, 2, kVa);
  expect_answer(2, 101, 100);
  EXPECT_EQ(mmu().dtlb().stats().accesses, 2u);
  EXPECT_EQ(mmu().itlb().stats().accesses, 0u);
}

TEST_F(LevelsTest, FetchesAndDataShareThePortOfAUnifiedFirstLevel) {
  params.first_level = MmuParams::FirstLevel::kUnified;
  params.dtlb.lookups_per_cycle = 1;
  map_pages(1);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa, AccessKind::kFetch);
  ask(100, 3, kVa);
  run_to(100);
  EXPECT_EQ(core.reply_to(2)->at, 101u);
  EXPECT_EQ(core.reply_to(3)->at, 102u);
}

TEST_F(LevelsTest, AMissOfThreeLevelsPaysForEach) {
  three_levels();
  map_pages(1);
  make();
  ask(1, 1, kVa);
  expect_answer(1, 66);  // 1 + 1 + 7 + 20 + 37
}

TEST_F(LevelsTest, AHitInTheThirdLevelFillsThoseAbove) {
  three_levels();
  map_pages(2);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + kPage);  // displaces it from the first two
  ask(200, 3, kVa);
  expect_answer(3, 228, 208);  // 200 + 1 + 7 + 20; known when the third level is looked up
  EXPECT_EQ(level(3).stats().hits, 1u);
  EXPECT_EQ(mmu().walker().stats().walks, 2u);
  ask(300, 4, kVa);
  expect_answer(4, 301, 300);
  ask(400, 5, kVa, AccessKind::kFetch);
  expect_answer(5, 408, 401);  // 400 + 1 + 7
}

TEST_F(LevelsTest, WhileTheAnswerOfTheThirdLevelIsOnItsWayTheStlbMerges) {
  three_levels();
  map_pages(2);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + kPage);
  ask(200, 3, kVa);                      // answered for 228, which is known in 208
  ask(210, 4, kVa, AccessKind::kFetch);  // STLB in 211: present, ready in 228
  expect_answer(4, 228, 211);
  EXPECT_EQ(mmu().stlb().stats().merged, 1u);
}

TEST_F(LevelsTest, WhatWaitsForASlotCanHitAsSoonAsTheAnswerIsKnown) {
  three_levels();
  params.stlb.miss_slots = 1;
  map(kVa, 16 * kPa, 1);  // 2 MiB
  map(kVa + 0x40'0000, kPa);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + 0x40'0000);
  ask(200, 3, kVa);          // has the slot from 201 to 228; the answer is known in 208
  ask(202, 4, kVa + kPage);  // another 4 KiB: no merge in the slot
  expect_answer(4, 228, 209);
}

TEST_F(LevelsTest, AFourthLevelLiesBehindTheThird) {
  three_levels();
  params.level3.entries = 1;
  params.level4 = {16, 0, 30, 0, 8, Replacement::kLru};
  map_pages(2);
  make();
  ask(1, 1, kVa);
  expect_answer(1, 96);  // 1 + 1 + 7 + 20 + 30 + 37
  ask(100, 2, kVa + kPage);
  ask(200, 3, kVa);
  expect_answer(3, 258, 228);  // 200 + 1 + 7 + 20 + 30
  EXPECT_EQ(level(4).stats().hits, 1u);
}

// Each level's look-up is a part of its own: DTLB from 1 to 2, STLB to 9, then 20 and 30 cycles.
TEST_F(LevelsTest, TheCyclesOfEachLevelAreItsOwn) {
  three_levels();
  params.level3.entries = 1;
  params.level4 = {16, 0, 30, 0, 8, Replacement::kLru};
  map_pages(2);
  make();
  ask(1, 1, kVa);
  run_to(96);
  const auto parts = [this](std::uint32_t id) {
    std::vector<std::pair<Cycle, Part>> all;
    for (const Segment& segment : core.reply_to(id)->story) {
      if (segment.part < Part::kMergeWait) all.emplace_back(segment.end, segment.part);
    }
    return all;
  };
  using Parts = decltype(parts(1));
  EXPECT_EQ(parts(1),
            (Parts{{2, Part::kL1Tlb}, {9, Part::kStlb}, {29, Part::kLevel3}, {59, Part::kLevel4}}));
  ask(100, 2, kVa + kPage);
  ask(200, 3, kVa);  // the fourth has it
  run_to(258);
  EXPECT_EQ(
      parts(3),
      (Parts{{201, Part::kL1Tlb}, {208, Part::kStlb}, {228, Part::kLevel3}, {258, Part::kLevel4}}));
}

TEST_F(LevelsTest, AFenceReachesTheThirdLevelAndItsMisses) {
  three_levels();
  map_pages(1);
  make();
  ask(1, 1, kVa);
  fence(100, {kAsid, VirtAddr(kVa), true});
  ask(200, 2, kVa);
  expect_answer(2, 265);  // 200 + 65: walked again
  EXPECT_EQ(level(3).stats().fenced, 1u);
  ask(300, 3, kVa + kPage);  // not mapped: no walk of another page
  fence(330, {kAsid, VirtAddr(kVa), true});
  ask(400, 4, kVa);
  ask(500, 5, kVa);
  fence(420, {kAsid, VirtAddr(kVa), true});  // in the midst of the walk of 4
  run_to(470);
  EXPECT_EQ(level(3).stats().fills, 2u);
  expect_answer(5, 565);
}

TEST_F(LevelsTest, WithoutRoomAtTheWalkersTheThirdLevelHoldsBack) {
  three_levels();
  params.stlb.entries = 0;
  params.walker.queue_entries = 1;
  params.walker.count = 2;
  map_pages(2);
  make();
  ask(1, 1, kVa);
  ask(1, 2, kVa + kPage);
  // Both are looked up in the third level in 2. The place is in use until 22, when the first walk
  // is accepted; the second is looked up in 23.
  expect_answer(1, 59);  // 1 + 1 + 20 + 37
  expect_answer(2, 80);  // 23 + 20 + 37
}

}  // namespace
}  // namespace mmu
