// When accesses issue and complete. With the fixture's core a load that issues in t has its data
// in t + 1 (TLB) + 4 (L1D) = t + 5.
#include "testbench/support/core_test.hpp"

namespace mmu {
namespace {

using IssueTest = CoreTest;

TEST_F(IssueTest, OneInstructionACycleByIssueWidthOne) {
  for (int i = 0; i < 3; ++i) load(0x1000);
  run();
  EXPECT_EQ(done, (std::vector<Cycle>{6, 7, 8}));  // issued in 1, 2, 3
}

TEST_F(IssueTest, IssueWidthTwoPairsInstructions) {
  params.issue_width = 2;
  for (int i = 0; i < 4; ++i) load(0x1000);
  run();
  EXPECT_EQ(done, (std::vector<Cycle>{6, 6, 7, 7}));
}

TEST_F(IssueTest, InstructionsWithoutAccessesTakeIssueSlotsToo) {
  record(AccessKind::kLoad, 0x1000, 8, 1);
  record(AccessKind::kLoad, 0x1000, 8, 10);
  run();
  EXPECT_EQ(done[1], 16u);  // slots 2..11, data in 11 + 5
}

TEST_F(IssueTest, ATranslationThatCostsNothingAsksTheCacheInTheSameCycle) {
  dtlb.latency = 0;
  params.window = 1;
  for (int i = 0; i < 2; ++i) load(0x1000);
  run();
  EXPECT_EQ(done, (std::vector<Cycle>{5, 9}));  // issued in 1 and 5, + 4
  EXPECT_EQ(latency(Part::kL1Tlb), 0u);
  EXPECT_EQ(sum(core().accounts().latency()), 8u);
}

TEST_F(IssueTest, WindowOneBlocks) {
  params.window = 1;
  for (int i = 0; i < 3; ++i) load(0x1000);
  run();
  // Each has the slot from the cycle on in which the one before retires: 6, 11, 16.
  EXPECT_EQ(done, (std::vector<Cycle>{6, 11, 16}));
}

TEST_F(IssueTest, AWindowOfEightHidesWhatOneOfOneDoesNot) {
  l1d.latency = 100;
  for (int i = 0; i < 16; ++i) load(0x1000);
  run();
  EXPECT_EQ(done[7], 109u);  // issued in 8
  EXPECT_EQ(done[8], 203u);  // the slot of access 0: retired in 102, + 101
  EXPECT_EQ(done[15], 210u);
}

TEST_F(IssueTest, ADependentLoadStartsWhenItsDataIsThere) {
  load(0x1000);
  load(0x2000, 1);
  load(0x3000);
  run();
  EXPECT_EQ(done, (std::vector<Cycle>{6, 11, 8}));  // the second starts in 6, the third issues in 3
  EXPECT_EQ(latency(Part::kDependence), 4u);        // issued in 2, started in 6
}

TEST_F(IssueTest, DependenceCanBeSwitchedOffOrMadeSerial) {
  params.dependence = CpuParams::Dependence::kNone;
  load(0x1000);
  load(0x2000, 1);
  run();
  EXPECT_EQ(done, (std::vector<Cycle>{6, 7}));
}

TEST_F(IssueTest, SerialMakesEachDataAccessWaitForTheOneBefore) {
  params.dependence = CpuParams::Dependence::kSerial;
  load(0x1000);
  record(AccessKind::kFetch, 0x9000, 4, 1);  // fetches wait for nothing
  load(0x2000);
  run();
  EXPECT_EQ(done, (std::vector<Cycle>{6, 7, 11}));
}

TEST_F(IssueTest, ABlockOfFetchesIsOneAccess) {
  for (std::uint64_t pc = 0x1000; pc < 0x1080; pc += 4) record(AccessKind::kFetch, pc, 4, 1);
  run();
  EXPECT_EQ(stats.instructions, 32u);
  EXPECT_EQ(stats.fetches, 2u);
  EXPECT_EQ(l1i.requests.size(), 2u);
  // The second block is entered by instruction 17; the run lasts to instruction 32's cycle.
  EXPECT_EQ(done, (std::vector<Cycle>{6, 22}));
  EXPECT_EQ(stats.cycles, 32u);
}

TEST_F(IssueTest, AFetchThatLeavesItsBlockEntersTheNext) {
  record(AccessKind::kFetch, 0x103E, 4, 1);
  run();
  ASSERT_EQ(l1i.requests.size(), 2u);
  EXPECT_EQ(l1i.requests[0].address.value(), 0x103Eu);
  EXPECT_EQ(l1i.requests[1].address.value(), 0x1040u);
}

TEST_F(IssueTest, SmallerFetchBlocksMakeMoreAccesses) {
  params.fetch_block_bytes = 16;
  for (std::uint64_t pc = 0x1000; pc < 0x1040; pc += 4) record(AccessKind::kFetch, pc, 4, 1);
  run();
  EXPECT_EQ(stats.fetches, 4u);
}

TEST_F(IssueTest, AnAccessThatCrossesALineOrAPageIsTwo) {
  record(AccessKind::kStore, 0x103C, 8, 1);
  record(AccessKind::kLoad, 0x1FFC, 8, 1);
  run();
  EXPECT_EQ(stats.accesses, 4u);
  EXPECT_EQ(stats.line_splits, 2u);
  EXPECT_EQ(stats.page_splits, 1u);
  EXPECT_EQ(dtlb.requests[3].va.value(), 0x2000u);
  EXPECT_EQ(done, (std::vector<Cycle>{6, 6, 7, 7}));  // a second part takes no slot of its own
}

TEST_F(IssueTest, AStoreToACleanPageWaitsUntilItIsTheOldest) {
  l1d.latency = 50;
  dtlb.clean = {0x2};
  load(0x1000);                         // retires in 1 + 1 + 50 = 52
  load(0x2000, 0, AccessKind::kStore);  // told in 3 that D is clear
  run();
  EXPECT_EQ(done[1], 103u);  // asks again in 52
  EXPECT_EQ(dtlb.requests.back().at, 52u);
  EXPECT_TRUE(dtlb.requests.back().may_set_dirty);
  EXPECT_TRUE(dtlb.requests.back().replay);
  EXPECT_EQ(latency(Part::kAdUpdate), 49u);  // 3 to 52
}

TEST_F(IssueTest, WhatTheCacheRefusesIsAskedAgainAndKeepsItsOrder) {
  l1d.refusing = true;
  l1d.retry_at = 20;
  at(20, Rank::kFence, [this] { l1d.refusing = false; });
  load(0x1000);
  load(0x2000);
  run();
  EXPECT_EQ(done, (std::vector<Cycle>{24, 24}));
  EXPECT_EQ(l1d.requests[0].address.value(), 0x1000u);
  EXPECT_EQ(l1d.requests[1].address.value(), 0x2000u);
}

TEST_F(IssueTest, BothStacksSum) {
  l1d.latency = 30;
  for (int i = 0; i < 20; ++i) load(0x1000, i % 3 == 0 ? 1 : 0);
  run();
  EXPECT_EQ(sum(core().accounts().cycles()), stats.cycles);
  EXPECT_EQ(sum(core().accounts().latency()), stats.latency_cycles);
  EXPECT_GT(cycles(data_part(Served::kMemory)), 0u);
}

}  // namespace
}  // namespace mmu
