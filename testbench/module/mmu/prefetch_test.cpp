// TLB prefetches: when they are walked for, what they may do, and what they are good for. Times as
// in walk_test.cpp: a request reaches the STLB after 1 cycle and the walkers after 8; a walk of
// three reads takes 37 cycles from its acceptance.
#include "testbench/support/mmu_test.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kVa = 0x4000'0000;
constexpr std::uint64_t kPa = 0x80'0000;
constexpr std::uint64_t kPage = 0x1000;
constexpr std::uint64_t kFar = 0x20'0000;  // its next page is not mapped
constexpr std::uint64_t kAccessed = 1u << 6, kDirty = 1u << 7;

class PrefetchTest : public MmuTest {
 protected:
  PrefetchTest() {
    params.prefetch.kind = PrefetchParams::Kind::kNextPage;
    map(kVa, kPa);
    map(kVa + kFar, kPa + kFar);
  }
  const PrefetchStats& prefetches() { return mmu().walker().prefetch_stats(); }
};

TEST_F(PrefetchTest, TheNextPageIsWalkedForAfterTheDemandAndThenSparesItsWalk) {
  map(kVa + kPage, kPa + kPage);
  make();
  ask(1, 1, kVa);
  expect_answer(1, 46);
  // Its prefetch has the walker from 47 on, up to 84. A hit costs what an STLB hit costs.
  ask(84, 2, kVa + kPage);
  expect_answer(2, 92, 85);
  EXPECT_EQ(core.reply_to(2)->result.to.base.value(), kPa + kPage);
  EXPECT_EQ(prefetches().walks, 1u);
  EXPECT_EQ(prefetches().filled, 1u);
  EXPECT_EQ(prefetches().hits, 1u);
  EXPECT_EQ(mmu().stlb().stats().fills, 2u) << "it moves to the STLB";
  EXPECT_EQ(prefetches().triggers, 2u);
}

TEST_F(PrefetchTest, ARequestForAPageUnderWayJoinsIt) {
  map(kVa + kPage, kPa + kPage);
  make();
  ask(1, 1, kVa);
  ask(82, 2, kVa + kPage);  // reaches the STLB in 83, a cycle before the result
  expect_answer(2, 84);
  EXPECT_EQ(prefetches().late, 1u);
  EXPECT_EQ(prefetches().hits, 0u);
  EXPECT_EQ(core.reply_to(2)->story.back().part, Part::kMergeWait);
  EXPECT_EQ(core.reply_to(2)->story.back().end, 84u);
  EXPECT_EQ(mmu().stlb().stats().fills, 2u);
}

TEST_F(PrefetchTest, AFreeWalkerTakesAPrefetchInTheSameTurn) {
  params.walker.count = 2;
  map(kVa + kPage, kPa + kPage);
  make();
  ask(1, 1, kVa);
  ask(46, 2, kVa + kPage);
  expect_answer(2, 54, 47);  // both walks end in 46
}

TEST_F(PrefetchTest, DemandGoesFirst) {
  map(kVa + kPage, kPa + kPage);
  make();
  ask(1, 1, kVa);
  ask(2, 2, kVa + kFar);  // younger than the prefetch, and taken before it in 47
  expect_answer(2, 84);
  ask(130, 3, kVa + kPage);
  expect_answer(3, 138, 131);  // walked for in 85 to 122
}

TEST_F(PrefetchTest, TheWalkerIsLeftToARequestOnItsWay) {
  map(kVa + kPage, kPa + kPage);
  make();
  ask(1, 1, kVa);
  ask(45, 2, kVa + kFar);  // sent in 46, a cycle before the prefetch could have the walker
  expect_answer(2, 90);    // 45 + 8 + 37
}

TEST_F(PrefetchTest, ADemandForAPageThatWaitsIsWalkedForOnDemand) {
  map(kVa + kPage, kPa + kPage);
  make();
  ask(1, 1, kVa);
  ask(20, 2, kVa + kPage);
  expect_answer(2, 84);  // accepted in 47
  EXPECT_EQ(prefetches().withdrawn, 1u);
  EXPECT_EQ(prefetches().walks, 0u);
}

TEST_F(PrefetchTest, AHoleIsNoFaultUntilSomebodyAsks) {
  make();
  ask(1, 1, kVa);
  run_to(99);
  EXPECT_EQ(core.replies.size(), 1u);
  EXPECT_EQ(prefetches().dropped, 1u);
  EXPECT_EQ(mmu().walker().stats().faults, 0u);
  ask(100, 2, kVa + kPage);
  expect_answer(2, 145);
  EXPECT_EQ(core.reply_to(2)->result.fault.kind, FaultKind::kNotPresent);
}

TEST_F(PrefetchTest, WhoJoinsAPrefetchThatWouldFaultIsWalkedForAnew) {
  params.walker.count = 2;
  make();
  ask(1, 1, kVa);
  ask(10, 2, kVa + kPage);  // joins the walk of 9 to 46, which has read the hole in 34
  at(40, Rank::kFence, [this] { map(kVa + kPage, kPa + kPage); });
  expect_answer(2, 83);  // 46 + 37
  EXPECT_EQ(core.reply_to(2)->result.verdict, Verdict::kOk);
  EXPECT_EQ(mmu().walker().stats().walks, 2u);
}

TEST_F(PrefetchTest, WhoJoinsAndIsNotMappedAfterAllFaults) {
  params.walker.count = 2;
  make();
  ask(1, 1, kVa);
  ask(10, 2, kVa + kPage + 8);
  expect_answer(2, 83);
  EXPECT_EQ(core.reply_to(2)->result.fault.kind, FaultKind::kNotPresent);
  EXPECT_EQ(core.reply_to(2)->result.fault.va.value(), kVa + kPage + 8);
  EXPECT_EQ(mmu().walker().stats().faults, 1u);
}

TEST_F(PrefetchTest, NeitherANorDIsSet) {
  const PhysAddr pte = map(kVa + kPage, kPa + kPage, 0, true, /*accessed=*/false, false);
  make();
  ask(1, 1, kVa, AccessKind::kStore);
  run_to(99);
  EXPECT_EQ(bytes.load(pte, 8) & (kAccessed | kDirty), 0u);
  EXPECT_EQ(prefetches().dropped, 1u);
  ask(100, 2, kVa + kPage);
  expect_answer(2, 157);  // 100 + 45 + 12
}

TEST_F(PrefetchTest, WhoJoinsHasItsBitsSet) {
  params.walker.count = 2;
  const PhysAddr pte = map(kVa + kPage, kPa + kPage, 0, true, /*accessed=*/false, false);
  make();
  ask(1, 1, kVa);
  ask(10, 2, kVa + kPage, AccessKind::kStore);
  expect_answer(2, 58);  // 46 + 12
  EXPECT_EQ(bytes.load(pte, 8) & (kAccessed | kDirty), kAccessed | kDirty);
}

TEST_F(PrefetchTest, ACleanPageIsWalkedForAgainWhenAStoreMaySetD) {
  const PhysAddr pte = map(kVa + kPage, kPa + kPage, 0, true, true, /*dirty=*/false);
  make();
  ask(1, 1, kVa, AccessKind::kStore);
  run_to(99);
  EXPECT_EQ(bytes.load(pte, 8) & kDirty, 0u);
  EXPECT_EQ(prefetches().filled, 1u);
  ask(100, 2, kVa + kPage, AccessKind::kStore);
  expect_answer(2, 157);  // 100 + 45 + 12
  EXPECT_EQ(bytes.load(pte, 8) & kDirty, kDirty);
  EXPECT_EQ(prefetches().hits, 0u);
  EXPECT_EQ(prefetches().displaced, 1u);
}

TEST_F(PrefetchTest, AFenceRemovesWhatItCoversFromTheBuffer) {
  params.prefetch.degree = 2;
  map(kVa + kPage, kPa + kPage);
  map(kVa + 2 * kPage, kPa + 2 * kPage);
  make();
  ask(1, 1, kVa);  // both pages are in the buffer in 122
  fence(150, {kAsid, VirtAddr(kVa + kPage), true});
  ask(200, 2, kVa + 2 * kPage);
  expect_answer(2, 208, 201);
  EXPECT_EQ(prefetches().fenced, 1u);
  // The walker looks for two more pages in 208 to 283.
  ask(300, 3, kVa + kPage);
  expect_answer(3, 345);
}

TEST_F(PrefetchTest, AFenceDropsWhatItCoversOfThePrefetchesUnderWay) {
  params.walker.count = 2;
  map(kVa + kPage, kPa + kPage);
  make();
  ask(1, 1, kVa);
  fence(45, {kAsid, VirtAddr(kVa + kPage), true});
  ask(100, 2, kVa + kPage);
  expect_answer(2, 145);
  EXPECT_EQ(prefetches().dropped, 2u) << "that one, and the next page's, which is a hole";
}

TEST_F(PrefetchTest, AFenceOfAnotherPageDropsNoPrefetch) {
  params.walker.count = 2;
  map(kVa + kPage, kPa + kPage);
  make();
  ask(1, 1, kVa);
  fence(45, {kAsid, VirtAddr(kVa), true});
  ask(100, 2, kVa + kPage);
  expect_answer(2, 108, 101);
}

TEST_F(PrefetchTest, WhoComesAfterAFenceDoesNotJoin) {
  params.walker.count = 3;
  map(kVa + kPage, kPa + kPage);
  make();
  ask(1, 1, kVa);
  fence(20, {kAsid, std::nullopt, true});
  ask(21, 2, kVa + kPage);
  expect_answer(2, 66);  // 21 + 8 + 37, by the third walker
  EXPECT_EQ(prefetches().late, 0u);
}

TEST_F(PrefetchTest, ThePrefetchOfAnotherAddressSpaceIsNotMade) {
  map(kVa + kPage, kPa + kPage);
  make();
  ask(1, 1, kVa);
  at(46, Rank::kIssue, [this] { control.asid = kAsid + 1; });
  run_to(100);
  EXPECT_EQ(prefetches().withdrawn, 1u);
  EXPECT_EQ(prefetches().walks, 0u);
}

TEST_F(PrefetchTest, TheStlbMayBeTheTarget) {
  params.prefetch.target = PrefetchParams::Target::kStlb;
  map(kVa + kPage, kPa + kPage);
  make();
  ask(1, 1, kVa);
  run_to(90);
  EXPECT_EQ(mmu().stlb().stats().fills, 2u);
  ask(100, 2, kVa + kPage);
  expect_answer(2, 108, 101);
  EXPECT_EQ(mmu().stlb().stats().hits, 1u);
  EXPECT_EQ(prefetches().hits, 1u);
  ask(200, 3, kVa + kPage, AccessKind::kFetch);
  expect_answer(3, 208, 201);
  EXPECT_EQ(mmu().stlb().stats().hits, 2u);
  EXPECT_EQ(prefetches().hits, 1u) << "its first use counts";
}

TEST_F(PrefetchTest, AFullBufferGivesUpTheOldest) {
  params.prefetch.degree = 2;
  params.prefetch.buffer_entries = 1;
  map(kVa + kPage, kPa + kPage);
  map(kVa + 2 * kPage, kPa + 2 * kPage);
  make();
  ask(1, 1, kVa);  // the first is there in 84, the second in 122
  run_to(121);
  EXPECT_EQ(prefetches().displaced, 0u);
  run_to(122);
  EXPECT_EQ(prefetches().displaced, 1u);
  ask(200, 2, kVa + 2 * kPage);
  expect_answer(2, 208, 201);
}

TEST_F(PrefetchTest, AFullQueueTakesNoMore) {
  params.prefetch.degree = 3;
  params.prefetch.queue_entries = 2;
  make();
  ask(1, 1, kVa);
  run_to(200);
  EXPECT_EQ(prefetches().proposed, 3u);
  EXPECT_EQ(prefetches().refused, 1u);
  EXPECT_EQ(prefetches().walks, 2u);
}

TEST_F(PrefetchTest, WhatIsKnownOrUnderWayIsNotProposedAgain) {
  params.walker.count = 4;
  params.prefetch.degree = 2;
  map(kVa + kPage, kPa + kPage);
  make();
  ask(1, 1, kVa + kPage);    // wants pages 2 and 3, which are holes
  ask(100, 2, kVa);          // page 1 is in the STLB, 2 is looked for again
  ask(101, 3, kVa - kPage);  // page 0 has a walk on demand under way
  run_to(200);
  EXPECT_EQ(prefetches().proposed, 6u);
  EXPECT_EQ(prefetches().filtered, 3u);  // page 1 twice, page 0
  EXPECT_EQ(prefetches().walks, 3u);
}

TEST_F(PrefetchTest, AnAddressThatIsNotCanonicalIsNotWalkedFor) {
  constexpr std::uint64_t kLast = 0x3F'FFFF'F000;
  map(kLast, kPa);
  make();
  ask(1, 1, kLast);
  run_to(100);
  EXPECT_EQ(prefetches().filtered, 1u);
  EXPECT_EQ(prefetches().walks, 0u);
}

TEST_F(PrefetchTest, AStrideSeenTwiceGoesOn) {
  params.prefetch.kind = PrefetchParams::Kind::kStride;
  for (std::uint64_t i = 0; i < 4; ++i) map(kVa + 3 * i * kPage, kPa + i * kPage);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + 3 * kPage);
  ask(200, 3, kVa + 6 * kPage);
  run_to(299);
  EXPECT_EQ(prefetches().walks, 1u);
  ask(300, 4, kVa + 9 * kPage);
  expect_answer(4, 308, 301);
}

}  // namespace
}  // namespace mmu
