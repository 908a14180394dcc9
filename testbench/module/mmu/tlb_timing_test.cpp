// Which cycle a translation is there in: hits, misses, merges, ports, slots. With the fixture's
// machine (L1 1 cycle, STLB 7, no walk cache, 3 levels, N = 10) a miss of everything that is asked
// in t is answered in t + 1 (DTLB) + 7 (STLB) + 0 (walk cache) + 3 * (10 + 2) + 1 = t + 45.
#include "testbench/support/mmu_test.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kVa = 0x4000'0000;
constexpr std::uint64_t kPa = 0x8000'0;  // any frame

using TlbTimingTest = MmuTest;

TEST_F(TlbTimingTest, AMissOfEverythingCostsBothLatenciesAndTheWalk) {
  map(kVa, kPa << 4);
  make();
  ask(1, 1, kVa + 0x123);
  expect_answer(1, 46);  // 1 + 45
  EXPECT_EQ(core.reply_to(1)->result.to.of(VirtAddr(kVa + 0x123)).value(), (kPa << 4) + 0x123);
}

TEST_F(TlbTimingTest, AnL1HitCostsTheL1Latency) {
  params.dtlb.latency_cycles = 3;
  map(kVa, kPa << 4);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + 8);
  expect_answer(2, 103, 100);  // 100 + 3
  EXPECT_EQ(mmu().dtlb().stats().hits, 1u);
}

TEST_F(TlbTimingTest, BothSidesAreIdenticalForIdenticalSettings) {
  map(kVa, kPa << 4);
  make();
  ask(1, 1, kVa, AccessKind::kFetch);
  expect_answer(1, 46);
  ask(100, 2, kVa, AccessKind::kFetch);
  expect_answer(2, 101, 100);
}

TEST_F(TlbTimingTest, AnStlbHitCostsBothLatencies) {
  map(kVa, kPa << 4);
  make();
  ask(1, 1, kVa, AccessKind::kFetch);  // brings it into ITLB and STLB
  ask(100, 2, kVa);                    // the DTLB does not have it
  // 100 + 1 (DTLB) + 7 (STLB); known in 101, when the STLB is looked up.
  expect_answer(2, 108, 101);
  EXPECT_EQ(mmu().stlb().stats().hits, 1u);
  EXPECT_EQ(mmu().walker().stats().walks, 1u);
}

TEST_F(TlbTimingTest, WithoutStlbEntriesItsLatencyIsNotPaid) {
  params.stlb.entries = 0;
  map(kVa, kPa << 4);
  make();
  ask(1, 1, kVa);
  expect_answer(1, 39);  // 1 + 1 + 0 + 37
}

TEST_F(TlbTimingTest, ALookUpBeforeTheRefillIsAMergeAnsweredWithIt) {
  map(kVa, kPa << 4);
  make();
  ask(1, 1, kVa);
  ask(5, 2, kVa + 64);
  ask(46, 3, kVa + 128);  // the refill is there: a hit
  expect_answer(2, 46);
  EXPECT_EQ(core.reply_to(3)->at, 47u);
  EXPECT_EQ(mmu().dtlb().stats().merged, 1u);
  EXPECT_EQ(mmu().walker().stats().walks, 1u);
}

TEST_F(TlbTimingTest, BothFirstLevelsMergeInTheStlb) {
  map(kVa, kPa << 4);
  make();
  ask(1, 1, kVa);
  ask(3, 2, kVa, AccessKind::kFetch);
  expect_answer(2, 46);  // with the walk of request 1
  EXPECT_EQ(mmu().stlb().stats().merged, 1u);
  EXPECT_EQ(mmu().walker().stats().walks, 1u);
}

// Four reads with pages of 16 KiB: 1 + 7 + 4 * 12 + 1.
TEST_F(TlbTimingTest, MissesMergeByTheSmallestPageOfTheFormat) {
  control.format = find_format("aarch64-16k");
  map(kVa, kPa << 6);
  make();
  ask(1, 1, kVa + 0x123);
  ask(5, 2, kVa + 0x3123);  // the same page
  expect_answer(2, 58);
  EXPECT_EQ(core.reply_to(2)->result.to.of(VirtAddr(kVa + 0x3123)).value(), (kPa << 6) + 0x3123);
  EXPECT_EQ(mmu().dtlb().stats().merged, 1u);
  EXPECT_EQ(mmu().walker().stats().walks, 1u);
}

TEST_F(TlbTimingTest, OnePortServesOneLookUpACycle) {
  params.dtlb.lookups_per_cycle = 1;
  map(kVa, kPa << 4);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa);
  ask(100, 3, kVa);
  ask(101, 4, kVa);
  run_to(101);
  EXPECT_EQ(core.reply_to(2)->at, 101u);  // port in 100
  EXPECT_EQ(core.reply_to(3)->at, 102u);  // port in 101
  EXPECT_EQ(core.reply_to(4)->at, 103u);  // port in 102
}

TEST_F(TlbTimingTest, OneStlbLookUpACycleDelaysTheSecond) {
  params.stlb.lookups_per_cycle = 1;
  params.walker.count = 2;
  map(kVa, kPa << 4);
  map(kVa + 0x1000, kPa << 5);
  make();
  ask(1, 1, kVa);
  ask(1, 2, kVa + 0x1000);
  expect_answer(1, 46);
  expect_answer(2, 47);  // looked up in 3 instead of 2
}

TEST_F(TlbTimingTest, WithoutAFreeSlotARequestIsRefusedUntilTheCycleAfterTheAnswer) {
  params.dtlb.miss_slots = 1;
  map(kVa, kPa << 4);
  map(kVa + 0x1000, kPa << 5);
  make();
  ask(1, 1, kVa);
  ask(2, 2, kVa + 0x1000);
  ask(46, 3, kVa + 0x1000);  // the slot is in use up to 46
  ask(47, 4, kVa + 0x1000);
  run_to(200);
  EXPECT_EQ(core.refused, (std::vector<std::uint32_t>{2, 3}));
  EXPECT_EQ(core.reply_to(4)->at, 92u);  // 47 + 45
  EXPECT_EQ(core.rooms.back(), 47u);
}

TEST_F(TlbTimingTest, AFullStlbSlotTableHoldsBackTheOthers) {
  params.stlb.miss_slots = 1;
  params.walker.count = 2;
  map(kVa, kPa << 4);
  map(kVa + 0x1000, kPa << 5);
  make();
  ask(1, 1, kVa);
  ask(1, 2, kVa + 0x1000);
  expect_answer(1, 46);
  // The slot is in use up to 46; looked up in 47: 47 + 7 + 37.
  expect_answer(2, 91);
}

TEST_F(TlbTimingTest, MMissesOnNWalkersTakeTheClosedForm) {
  params.walker.count = 2;
  for (std::uint64_t i = 0; i < 4; ++i) map(kVa + i * 0x1000, (kPa << 4) + i * 0x1000);
  make();
  for (std::uint32_t i = 0; i < 4; ++i) ask(1, i, kVa + i * 0x1000);
  expect_answer(0, 46);
  EXPECT_NE(core.reply_to(1), nullptr);
  // The other two are accepted in 47, the cycle after a walker's result: 47 + 37.
  expect_answer(2, 84);
  EXPECT_EQ(core.reply_to(3)->at, 84u);
}

TEST_F(TlbTimingTest, AFullWalkerQueueHoldsBackTheStlbUntilAWalkerAccepts) {
  params.walker.queue_entries = 1;
  map(kVa, kPa << 4);
  map(kVa + 0x1000, kPa << 5);
  make();
  ask(1, 1, kVa);
  ask(1, 2, kVa + 0x1000);
  expect_answer(1, 46);
  // Request 1 holds the place from 2 to 9, when it is accepted. Request 2 is looked up in 10, at
  // the walkers in 17, accepted in 47.
  expect_answer(2, 84);
  EXPECT_EQ(mmu().walker().stats().queue_cycles, 30u);  // 47 - 17
}

TEST_F(TlbTimingTest, APlaceInTheWalkersQueueIsInUseFromSendingToAcceptance) {
  params.walker.queue_entries = 2;
  for (std::uint64_t i = 0; i < 4; ++i) map(kVa + i * 0x1000, (kPa << 4) + i * 0x1000);
  make();
  for (std::uint32_t i = 0; i < 4; ++i) ask(1, i, kVa + i * 0x1000);
  // All arrive at the STLB in 2. Requests 0 and 1 are sent (two places), reach the walkers in 9;
  // 0 is accepted in 9: 46. Request 2 is sent in 10 (there in 17), 1 accepted in 47: 84. Request 3
  // is sent in 48 (there in 55), 2 accepted in 85: 122, and 3 in 123: 160.
  expect_answer(0, 46);
  expect_answer(1, 84);
  expect_answer(2, 122);
  expect_answer(3, 160);
  EXPECT_EQ(mmu().walker().stats().queue_cycles, 174u);  // (47 - 9) + (85 - 17) + (123 - 55)
}

TEST_F(TlbTimingTest, AHitBehindARequestThatTheWalkersRefuseIsHeldBackToo) {
  params.walker.queue_entries = 1;
  for (std::uint64_t i = 0; i < 3; ++i) map(kVa + i * 0x1000, (kPa << 4) + i * 0x1000);
  make();
  ask(1, 1, kVa, AccessKind::kFetch);  // brings it into the STLB
  ask(100, 2, kVa + 0x1000);           // sent in 101, accepted in 108
  ask(100, 3, kVa + 0x2000);           // refused from 101 on, sent in 109
  ask(100, 4, kVa);                    // in the STLB, but looked up behind 3: 109 + 7
  expect_answer(4, 116, 109);
}

TEST_F(TlbTimingTest, AStoreThatMustSetDirtyUsesTheEntryThatItFound) {
  params.dtlb = {2, 2, 1, 0, 8, Replacement::kLru};
  map(kVa, kPa << 4, 0, true, true, false);  // clean
  map(kVa + 0x1000, (kPa << 4) + 0x1000);
  map(kVa + 0x2000, (kPa << 4) + 0x2000);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + 0x1000);                      // the younger of the two in the DTLB
  ask(200, 3, kVa + 0x2000, AccessKind::kFetch);  // into the STLB
  ask(300, 4, kVa, AccessKind::kStore);           // walks; now the first is the younger
  ask(305, 5, kVa + 0x2000);                      // 305 + 8: displaces the second
  ask(320, 6, kVa);
  expect_answer(6, 321, 320);  // 320 + 1: still there
  EXPECT_EQ(core.reply_to(4), nullptr) << "the walk is under way";
  EXPECT_EQ(core.reply_to(5)->at, 313u);
  EXPECT_EQ(mmu().dtlb().stats().evictions, 1u);
}

TEST_F(TlbTimingTest, TheSegmentsOfAStorySayWhereTheCyclesWent) {
  map(kVa, kPa << 4);
  make();
  ask(1, 1, kVa);
  run_to(46);
  const Story& story = core.reply_to(1)->story;
  ASSERT_EQ(story.size(), 7u);
  const std::pair<Cycle, Part> expected[] = {
      {2, Part::kL1Tlb},
      {9, Part::kStlb},
      {9, Part::kWalkerQueue},
      {9, Part::kWalkCache},
      {22, pte_part(2, Served::kMemory)},  // offered 10, there 20, acted on in 22
      {34, pte_part(1, Served::kMemory)},  // 22 + 12
      {46, pte_part(0, Served::kMemory)}};
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(story[i].end, expected[i].first) << i;
    EXPECT_EQ(story[i].part, expected[i].second) << i;
  }
}

}  // namespace
}  // namespace mmu
