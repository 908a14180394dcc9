// TLBs that look nothing up while they have a miss. Times as in tlb_timing_test.cpp: a miss of
// everything that is asked in t is answered in t + 45, a hit in the STLB in t + 8.
#include "testbench/support/mmu_test.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kVa = 0x4000'0000;
constexpr std::uint64_t kPa = 0x80'0000;
constexpr std::uint64_t kPage = 0x1000;

class HitUnderMissTest : public MmuTest {
 protected:
  void map_pages(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) map(kVa + i * kPage, kPa + i * kPage);
  }
  using Ids = std::vector<std::uint32_t>;
};

TEST_F(HitUnderMissTest, IsServedAtOnceIfAllowed) {
  map_pages(2);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + kPage);
  ask(110, 3, kVa);
  expect_answer(3, 111, 110);
}

TEST_F(HitUnderMissTest, IsRefusedUpToTheCycleOfTheAnswerIfNot) {
  params.dtlb.hit_under_miss = false;
  map_pages(2);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + kPage);  // answered in 145
  ask(100, 3, kVa);
  ask(145, 4, kVa);
  ask(146, 5, kVa);
  expect_answer(5, 147, 146);
  EXPECT_EQ(core.refused, (Ids{3, 4}));
  EXPECT_EQ(core.rooms.back(), 146u);
  EXPECT_EQ(mmu().dtlb().stats().refused, 2u);
  EXPECT_EQ(mmu().dtlb().stats().accesses, 3u);
}

// The STLB tells in 201 that it is there in 208.
TEST_F(HitUnderMissTest, AnAnswerThatIsKnownAheadBlocksUpToItsCycleToo) {
  params.dtlb.hit_under_miss = false;
  map_pages(2);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + kPage, AccessKind::kFetch);
  ask(200, 3, kVa + kPage);
  ask(202, 4, kVa);
  ask(208, 5, kVa);
  ask(209, 6, kVa);
  expect_answer(6, 210, 209);
  EXPECT_EQ(core.reply_to(3)->at, 208u);
  EXPECT_EQ(core.refused, (Ids{4, 5}));
}

TEST_F(HitUnderMissTest, NeitherDoMissesMergeNorNonCanonicalAddressesFault) {
  params.dtlb.hit_under_miss = false;
  map_pages(1);
  make();
  ask(1, 1, kVa);
  ask(5, 2, kVa + 8);
  ask(5, 3, std::uint64_t{1} << 50);
  ask(46, 4, kVa + 8);
  ask(47, 5, kVa + 8);
  expect_answer(5, 48, 47);
  EXPECT_EQ(core.refused, (Ids{2, 3, 4}));
  EXPECT_EQ(mmu().dtlb().stats().merged, 0u);
}

TEST_F(HitUnderMissTest, AFaultEndsTheMissAsATranslationDoes) {
  params.dtlb.hit_under_miss = false;
  map_pages(1);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + kPage);  // not mapped: known in 145
  ask(145, 3, kVa);
  ask(146, 4, kVa);
  expect_answer(4, 147, 146);
  EXPECT_EQ(core.refused, Ids{3});
}

TEST_F(HitUnderMissTest, TheOtherFirstLevelIsNotConcerned) {
  params.dtlb.hit_under_miss = false;
  map_pages(2);
  make();
  ask(1, 1, kVa, AccessKind::kFetch);
  ask(100, 2, kVa + kPage);
  ask(110, 3, kVa, AccessKind::kFetch);
  expect_answer(3, 111, 110);
}

// Page 1 walks from 101 to 145; what waits in the STLB is looked up in 146: 146 + 7.
TEST_F(HitUnderMissTest, AnStlbHoldsItsRequestsBack) {
  params.stlb.hit_under_miss = false;
  map_pages(2);
  make();
  ask(1, 1, kVa, AccessKind::kFetch);
  ask(100, 2, kVa + kPage);
  ask(110, 3, kVa);
  ask(110, 4, kVa + kPage, AccessKind::kFetch);
  expect_answer(3, 153, 146);
  EXPECT_EQ(core.reply_to(4)->at, 153u) << "a hit by now";
  EXPECT_EQ(mmu().stlb().stats().merged, 0u);
}

TEST_F(HitUnderMissTest, AnStlbThatAllowsItServesThem) {
  map_pages(2);
  make();
  ask(1, 1, kVa, AccessKind::kFetch);
  ask(100, 2, kVa + kPage);
  ask(110, 3, kVa);
  expect_answer(3, 118, 111);
}

// Looked up in the third level in 208, which tells that it is there in 228.
TEST_F(HitUnderMissTest, AnAnswerThatAnStlbKnowsAheadBlocksItUpToItsCycle) {
  params.stlb = {1, 1, 7, 0, 8, Replacement::kLru};
  params.stlb.hit_under_miss = false;
  params.dtlb = params.itlb = {1, 1, 1, 0, 8, Replacement::kLru};
  params.level3 = {16, 0, 20, 0, 8, Replacement::kLru};
  map_pages(2);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + kPage);
  ask(200, 3, kVa);
  ask(209, 4, kVa, AccessKind::kFetch);
  expect_answer(4, 236, 229);  // 229 + 7
  EXPECT_EQ(core.reply_to(3)->at, 228u);
}

}  // namespace
}  // namespace mmu
