// Walks: the walk cache, page sizes, faults, accessed and dirty bits. Times as in
// tlb_timing_test.cpp: a walk of L reads takes P + 12 L + 1 cycles from its acceptance, which is 8
// cycles after the request.
#include "testbench/support/mmu_test.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kVa = 0x4000'0000;
constexpr std::uint64_t kPa = 0x80'0000;
constexpr std::uint64_t kAccessed = 1u << 6, kDirty = 1u << 7;  // RISC-V PTE bits A, D

using WalkTest = MmuTest;

TEST_F(WalkTest, TheWalkCacheSkipsLevelsAndItsLatencyIsPaid) {
  params.walk_cache.level1 = {4, 0};
  params.walk_cache.latency_cycles = 3;
  map(kVa, kPa);
  map(kVa + 0x1000, kPa + 0x1000);
  make();
  ask(1, 1, kVa);
  expect_answer(1, 49);  // 1 + 8 + 3 + 36 + 1
  ask(100, 2, kVa + 0x1000);
  expect_answer(2, 124);  // 100 + 8 + 3 + 12 + 1
  EXPECT_EQ(mmu().walker().stats().cache_hits_level1, 1u);
  EXPECT_EQ(mmu().walker().stats().reads, 4u);
}

TEST_F(WalkTest, ALevelTwoEntryLeavesTwoReads) {
  params.walk_cache.level2 = {4, 0};
  params.walk_cache.latency_cycles = 0;
  map(kVa, kPa);
  map(kVa + 0x20'0000, kPa + 0x1000);  // same level-2 entry, another level-1 entry
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + 0x20'0000);
  expect_answer(2, 133);  // 100 + 8 + 0 + 24 + 1
  EXPECT_EQ(mmu().walker().stats().cache_hits_level2, 1u);
}

TEST_F(WalkTest, WithTheWalkCacheOffEveryLevelIsReadAndPaid) {
  map(kVa, kPa);
  map(kVa + 0x1000, kPa + 0x1000);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + 0x1000);
  expect_answer(2, 145);  // 100 + 45
  EXPECT_EQ(mmu().walker().stats().reads, 6u);
  EXPECT_EQ(mmu().walker().stats().cache_misses, 2u);
}

TEST_F(WalkTest, ATwoMegabytePageTakesTwoReadsAndCoversAllOfItself) {
  map(kVa, kPa, 1);
  make();
  ask(1, 1, kVa + 0x1'2345);
  expect_answer(1, 34);  // 1 + 8 + 24 + 1
  EXPECT_EQ(core.reply_to(1)->result.to.of(VirtAddr(kVa + 0x1'2345)).value(), kPa + 0x1'2345);
  ask(100, 2, kVa + 0x1F'FFF8);
  expect_answer(2, 101, 100);
}

TEST_F(WalkTest, AMemoryThatRefusesDelaysTheReadAndNothingElse) {
  map(kVa, kPa);
  make();
  memory.refusing = true;
  memory.retry_at = 15;
  at(15, Rank::kFence, [this] { memory.refusing = false; });
  ask(1, 1, kVa);
  expect_answer(1, 51);  // offered in 10, accepted in 15: 5 cycles more than 46
}

TEST_F(WalkTest, AHoleIsAFaultThatFillsNothing) {
  map(kVa, kPa);
  make();
  ask(1, 1, kVa + 0x1000);
  expect_answer(1, 46);
  EXPECT_EQ(core.reply_to(1)->result.verdict, Verdict::kFault);
  EXPECT_EQ(core.reply_to(1)->result.fault.kind, FaultKind::kNotPresent);
  ask(100, 2, kVa + 0x1000);
  expect_answer(2, 145);  // walked again
  EXPECT_EQ(mmu().stlb().stats().fills, 0u);
}

TEST_F(WalkTest, AFaultOfTheWalkIsReportedToEachWaiterForItsOwnAddress) {
  make();
  ask(1, 1, kVa + 8);
  ask(2, 2, kVa + 0x123);  // merges
  expect_answer(2, 22);    // one read: 1 + 8 + 12 + 1
  EXPECT_EQ(core.reply_to(1)->result.fault.va.value(), kVa + 8);
  EXPECT_EQ(core.reply_to(2)->result.fault.va.value(), kVa + 0x123);
}

TEST_F(WalkTest, RightsAreCheckedAtEachHit) {
  map(kVa, kPa, 0, /*write=*/false);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa, AccessKind::kStore);
  expect_answer(2, 101, 100);
  EXPECT_EQ(core.reply_to(2)->result.verdict, Verdict::kFault);
  EXPECT_EQ(core.reply_to(2)->result.fault.kind, FaultKind::kNoRight);
}

TEST_F(WalkTest, AStoreThatFaultsLeavesNoEntryAndALoadThatMergedGoesAgain) {
  const PhysAddr pte = map(kVa, kPa, 0, /*write=*/false, /*accessed=*/false, /*dirty=*/false);
  make();
  ask(1, 1, kVa, AccessKind::kStore);
  ask(2, 2, kVa);
  expect_answer(1, 46);
  EXPECT_EQ(core.reply_to(1)->result.fault.kind, FaultKind::kNoRight);
  EXPECT_EQ(core.reply_to(2)->result.verdict, Verdict::kNeedsWalk);
  EXPECT_EQ(bytes.load(pte, 8) & kAccessed, 0u) << "no update when a right is missing";
  EXPECT_EQ(mmu().dtlb().stats().fills, 0u);
}

TEST_F(WalkTest, HardwareSetsAccessedByAnAtomicUpdateThatIsPaid) {
  const PhysAddr pte = map(kVa, kPa, 0, true, /*accessed=*/false, /*dirty=*/false);
  make();
  ask(1, 1, kVa);
  // Decoded in 46; the update is offered then, answered in 56, the result in 58.
  expect_answer(1, 58);
  EXPECT_EQ(bytes.load(pte, 8) & (kAccessed | kDirty), kAccessed);
  EXPECT_EQ(memory.requests.back().op, MemoryOp::kWrite);
  EXPECT_EQ(mmu().walker().stats().updates, 1u);
}

TEST_F(WalkTest, AStoreSetsDirtyOnlyWithTheRightTo) {
  const PhysAddr pte = map(kVa, kPa, 0, true, true, /*dirty=*/false);
  make();
  ask(1, 1, kVa, AccessKind::kStore, /*may_set_dirty=*/false);
  expect_answer(1, 46);
  EXPECT_EQ(core.reply_to(1)->result.verdict, Verdict::kNeedsDirty);
  EXPECT_EQ(bytes.load(pte, 8) & kDirty, 0u);
  ask(100, 2, kVa, AccessKind::kStore, /*may_set_dirty=*/true);
  // The clean entries of both TLBs do not help: 100 + 45 + 12 for the update.
  expect_answer(2, 157);
  EXPECT_EQ(core.reply_to(2)->result.verdict, Verdict::kOk);
  EXPECT_EQ(bytes.load(pte, 8) & kDirty, kDirty);
  ask(200, 3, kVa, AccessKind::kStore, /*may_set_dirty=*/false);
  expect_answer(3, 201, 200);  // the dirty entry has replaced the clean one
}

// Two stores that may both set D, so that the second meets the walk of the first under way.
TEST_F(WalkTest, AStoreThatNeedsAWalkJoinsNoOpenSlotOfItsFirstLevel) {
  params.stlb.entries = 0;  // the second level knows no entry: it merges
  map(kVa, kPa, 0, true, true, /*dirty=*/false);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa, AccessKind::kStore);
  ask(101, 3, kVa, AccessKind::kStore);
  expect_answer(2, 150);  // 100 + 1 + 37 + 12 for the update
  ASSERT_NE(core.reply_to(3), nullptr);
  EXPECT_EQ(core.reply_to(3)->at, 150u);
  EXPECT_EQ(mmu().dtlb().stats().sent, 3u);
  EXPECT_EQ(mmu().dtlb().stats().merged, 0u);
  EXPECT_EQ(mmu().stlb().stats().merged, 1u);
}

TEST_F(WalkTest, AStoreThatNeedsAWalkJoinsNoOpenSlotOfTheSecondLevel) {
  params.walker.count = 2;
  map(kVa, kPa, 0, true, true, /*dirty=*/false);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa, AccessKind::kStore);
  ask(101, 3, kVa, AccessKind::kStore);
  expect_answer(2, 157);  // 100 + 45 + 12: D is set in 145
  // A walk of its own: leaf read in 134 (clean), its update in 146 finds D set and fails (..158),
  // the leaf is read again (158..168) and acted on in 170.
  expect_answer(3, 170);
  EXPECT_EQ(mmu().stlb().stats().merged, 0u);
  EXPECT_EQ(mmu().walker().stats().walks, 3u);
  EXPECT_EQ(mmu().walker().stats().update_retries, 1u);
}

TEST_F(WalkTest, LeftToSoftwareAClearBitIsAFault) {
  control.ad_update = AdUpdate::kFault;
  const PhysAddr clean = map(kVa, kPa, 0, true, true, /*dirty=*/false);
  map(kVa + 0x1000, kPa + 0x1000, 0, true, /*accessed=*/false, false);
  make();
  ask(1, 1, kVa, AccessKind::kStore);
  expect_answer(1, 46);
  EXPECT_EQ(core.reply_to(1)->result.fault.kind, FaultKind::kNotDirty);
  ask(100, 2, kVa + 0x1000);
  expect_answer(2, 145);
  EXPECT_EQ(core.reply_to(2)->result.fault.kind, FaultKind::kNotAccessed);
  EXPECT_EQ(bytes.load(clean, 8) & kDirty, 0u);
  EXPECT_EQ(mmu().walker().stats().updates, 0u);
}

// As below, but memory refuses the second read in 58 and takes it in 60.
TEST_F(WalkTest, ARefusedSecondReadIsOfferedAgainAndNoUpdateFailsTwice) {
  const PhysAddr pte = map(kVa, kPa, 0, true, /*accessed=*/false, false);
  make();
  ask(1, 1, kVa);
  at(40, Rank::kFence, [&] { bytes.store(pte, 8, bytes.load(pte, 8) | 1u << 8); });
  at(57, Rank::kFence, [&] {
    memory.refusing = true;
    memory.retry_at = 60;
  });
  at(59, Rank::kFence, [&] { memory.refusing = false; });
  expect_answer(1, 84);  // read 60..70, decoded 72, update 72..82, result 84
  EXPECT_EQ(mmu().walker().stats().update_retries, 1u);
  EXPECT_EQ(mmu().walker().stats().reads_refused, 1u);
}

TEST_F(WalkTest, AnUpdateOfAnEntryThatHasChangedReadsItAgain) {
  const PhysAddr pte = map(kVa, kPa, 0, true, /*accessed=*/false, false);
  make();
  ask(1, 1, kVa);
  // The leaf is read in 34. Software changes it in 40 (a bit that hardware ignores), before the
  // update is accepted in 46: it fails, is answered in 56, and the leaf is read again in 58.
  at(40, Rank::kFence, [&] { bytes.store(pte, 8, bytes.load(pte, 8) | 1u << 8); });
  // Read 58..68, decoded 70, update 70..80, result 82.
  expect_answer(1, 82);
  EXPECT_EQ(mmu().walker().stats().update_retries, 1u);
  EXPECT_EQ(bytes.load(pte, 8) >> 6 & 7, 0b101u);  // RSW bit kept, A set, D clear
}

TEST_F(WalkTest, AnAddressThatTheFormatCannotExpressIsNeverWalked) {
  make();
  ask(1, 1, std::uint64_t{1} << 40);
  expect_answer(1, 2, 1);
  EXPECT_EQ(core.reply_to(1)->result.fault.kind, FaultKind::kNonCanonical);
  run_to(100);
  EXPECT_TRUE(memory.requests.empty());
}

TEST_F(WalkTest, TheWalkersAreIdleWhenNoRequestWaitsAndNoneWalks) {
  map(kVa, kPa);
  make();
  EXPECT_TRUE(mmu().walker().idle());
  ask(1, 1, kVa);
  run_to(5);  // on its way: it arrives in 1 + 1 + 7
  EXPECT_FALSE(mmu().walker().idle());
  run_to(45);  // accepted, under way
  EXPECT_FALSE(mmu().walker().idle());
  run_to(46);
  EXPECT_TRUE(mmu().walker().idle());
}

TEST_F(WalkTest, PteReadsAreMarkedAndLieInTheTable) {
  map(kVa, kPa);
  make();
  ask(1, 1, kVa);
  run_to(60);
  ASSERT_EQ(memory.requests.size(), 3u);
  for (const MemoryRequest& read : memory.requests) {
    EXPECT_TRUE(read.pte);
    EXPECT_GE(read.address.value(), kTables);
    EXPECT_LT(read.address.value(), kTables + 3 * 4096);
  }
}

}  // namespace
}  // namespace mmu
