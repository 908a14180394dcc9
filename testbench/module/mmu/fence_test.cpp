// Fences, idle and in the middle of a walk. Times as in tlb_timing_test.cpp.
#include "testbench/support/mmu_test.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kVa = 0x4000'0000;
constexpr std::uint64_t kPa = 0x80'0000;

class FenceTest : public MmuTest {
 protected:
  static FenceScope page(std::uint64_t va, bool leaf_only = true) {
    return {kAsid, VirtAddr(va), leaf_only};
  }
};

TEST_F(FenceTest, AFenceRemovesExactlyTheEntriesThatItCovers) {
  map(kVa, kPa);
  map(kVa + 0x1000, kPa + 0x1000);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + 0x1000);
  fence(200, page(kVa));
  ask(300, 3, kVa + 0x1000);
  ask(300, 4, kVa);
  expect_answer(3, 301, 300);
  expect_answer(4, 345);  // walked again
  EXPECT_EQ(mmu().dtlb().stats().fenced, 1u);
  EXPECT_EQ(mmu().stlb().stats().fenced, 1u);
}

TEST_F(FenceTest, AFenceOnAnyAddressOfALargePageRemovesIt) {
  map(kVa, kPa, 1);
  make();
  ask(1, 1, kVa);
  fence(100, page(kVa + 0x1F'F000));
  ask(200, 2, kVa);
  expect_answer(2, 233);  // 200 + 8 + 24 + 1
}

TEST_F(FenceTest, AnotherAddressSpaceIsNotConcerned) {
  map(kVa, kPa);
  make();
  ask(1, 1, kVa);
  fence(100, {Asid{kAsid + 1}, std::nullopt, false});
  ask(200, 2, kVa);
  expect_answer(2, 201, 200);
}

TEST_F(FenceTest, ACoveredWalkInFlightAnswersButFillsNothing) {
  map(kVa, kPa);
  make();
  ask(1, 1, kVa);
  fence(20, page(kVa));
  expect_answer(1, 46);
  EXPECT_EQ(core.reply_to(1)->result.verdict, Verdict::kOk);
  EXPECT_EQ(mmu().dtlb().stats().fills, 0u);
  EXPECT_EQ(mmu().stlb().stats().fills, 0u);
  ask(100, 2, kVa);
  expect_answer(2, 145);
}

TEST_F(FenceTest, AWalkThatIsNotCoveredFillsAsUsual) {
  map(kVa, kPa);
  make();
  ask(1, 1, kVa);
  fence(20, page(kVa + 0x1000));
  expect_answer(1, 46);
  EXPECT_EQ(mmu().dtlb().stats().fills, 1u);
  EXPECT_EQ(mmu().stlb().stats().fills, 1u);
}

TEST_F(FenceTest, ARequestYoungerThanTheFenceDoesNotMergeWithTheWalk) {
  const PhysAddr pte = map(kVa, kPa);
  params.walker.count = 2;
  make();
  ask(1, 1, kVa);
  // The leaf is read in 34. Software changes it in 36 and fences.
  at(36, Rank::kFence, [&] {
    bytes.store(pte, 8, encode_leaf(*control.format, 0, PhysAddr(kPa + 0x5000), {}, true, true));
    mmu().fence(page(kVa));
  });
  ask(36, 2, kVa);
  expect_answer(1, 46);
  EXPECT_EQ(core.reply_to(1)->result.to.base.value(), kPa) << "older: the old page is allowed";
  expect_answer(2, 81);  // 36 + 45
  EXPECT_EQ(core.reply_to(2)->result.to.base.value(), kPa + 0x5000);
  ask(100, 3, kVa);
  expect_answer(3, 101, 100);
  EXPECT_EQ(core.reply_to(3)->result.to.base.value(), kPa + 0x5000) << "the old walk filled";
}

TEST_F(FenceTest, AMergerWhosePageTurnsOutToBeCoveredAsksAgain) {
  map(kVa, kPa, 1);  // 2 MiB
  make();
  ask(1, 1, kVa + 0x3000);
  fence(10, page(kVa));      // of another 4 KiB page: the slot stays open
  ask(12, 2, kVa + 0x3000);  // merges
  expect_answer(1, 34);      // two reads: 1 + 8 + 24 + 1
  EXPECT_EQ(core.reply_to(1)->result.verdict, Verdict::kOk);
  EXPECT_EQ(core.reply_to(2)->result.verdict, Verdict::kNeedsWalk);
  EXPECT_EQ(mmu().dtlb().stats().fills, 0u);
}

TEST_F(FenceTest, AnStlbWaiterWhosePageTurnsOutToBeCoveredIsToldToAskAgain) {
  map(kVa, kPa, 1);  // 2 MiB
  make();
  ask(1, 1, kVa + 0x3000);
  fence(10, page(kVa));  // of another 4 KiB page: the slots stay open
  ask(12, 2, kVa + 0x3000,
      AccessKind::kFetch);  // a slot of its own in the ITLB; merges in the STLB
  expect_answer(2, 34);     // with the walk of request 1: 1 + 8 + 24 + 1
  EXPECT_EQ(mmu().stlb().stats().merged, 1u);
  EXPECT_EQ(core.reply_to(1)->result.verdict, Verdict::kOk);
  EXPECT_EQ(core.reply_to(2)->result.verdict, Verdict::kNeedsWalk);
  EXPECT_FALSE(core.reply_to(2)->result.has_translation);
  EXPECT_EQ(mmu().itlb().stats().fills, 0u) << "the ITLB's slot has seen no fence";
}

TEST_F(FenceTest, OnlyAFenceThatIsNotLeafOnlyClearsTheWalkCache) {
  params.walk_cache.level1 = {4, 0};
  map(kVa, kPa);
  make();
  ask(1, 1, kVa);  // 1 + 8 + 1 + 36 + 1 = 47
  fence(100, page(kVa, /*leaf_only=*/true));
  ask(200, 2, kVa);
  expect_answer(2, 222);  // 200 + 8 + 1 + 12 + 1
  fence(300, page(kVa, /*leaf_only=*/false));
  ask(400, 3, kVa);
  expect_answer(3, 446);  // 400 + 8 + 1 + 36 + 1
}

TEST_F(FenceTest, AWalkInFlightFillsTheWalkCacheNoMoreWithWhatIsCovered) {
  params.walk_cache.level1 = {4, 0};
  map(kVa, kPa);
  make();
  ask(1, 1, kVa);  // accepted in 9, first read in 11, pointers decoded in 23 and 35
  fence(30, page(kVa, false));
  ask(100, 2, kVa);
  expect_answer(2, 146);  // all three levels: 100 + 8 + 1 + 36 + 1
}

}  // namespace
}  // namespace mmu
