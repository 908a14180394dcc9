// Page faults and system calls. Times as in issue_test.cpp; a trap takes 1000 cycles.
#include "testbench/support/core_test.hpp"

namespace mmu {
namespace {

using TrapTest = CoreTest;

TEST_F(TrapTest, AFaultIsServedAndTheAccessGoesAgain) {
  dtlb.faulting = {0x1};
  load(0x1000);
  run();
  ASSERT_EQ(software.traps.size(), 1u);
  EXPECT_EQ(software.traps[0].at, 2u);          // asked in 1, known for 2, nothing else under way
  EXPECT_EQ(done, (std::vector<Cycle>{1007}));  // goes on in 1002
  EXPECT_EQ(fences.at, (std::vector<Cycle>{1002}));
  EXPECT_EQ(stats.page_faults, 1u);
  EXPECT_EQ(latency(Part::kFaultOs), 1000u);
  EXPECT_EQ(sum(core().accounts().latency()), 1006u);  // issued in 1
}

TEST_F(TrapTest, TheFaultWaitsForOlderAccessesAndSquashesYoungerOnes) {
  l1d.latency = 50;
  params.issue_width = 4;
  dtlb.faulting = {0x2};
  load(0x1000);  // all three issue in 1; its data is there in 52
  load(0x2000);  // faults in 2
  load(0x3000);  // not issued: known in the turn of the fault
  run();
  EXPECT_EQ(software.traps[0].at, 52u);
  EXPECT_EQ(software.traps[0].access, 1u);
  EXPECT_EQ(stats.squashed, 0u);
  EXPECT_EQ(done, (std::vector<Cycle>{52, 1103, 1103}));  // 52 + 1000 + 51
}

TEST_F(TrapTest, AYoungerAccessUnderWayIsWaitedForAndSquashed) {
  l1d.latency = 50;
  params.dependence = CpuParams::Dependence::kTrace;
  dtlb.faulting = {0x2};
  load(0x1000);
  load(0x2000, 1);  // starts, and faults, when access 0 is there
  load(0x3000);     // issued in 3, complete in 54
  run();
  EXPECT_EQ(stats.squashed, 1u);
  EXPECT_EQ(software.traps[0].at, 54u);  // fault known for 53; access 2 under way up to 54
  EXPECT_EQ(done[1], 1105u);             // 1054 + 51
  EXPECT_EQ(done[2], 1106u);             // issues again, a slot later
  EXPECT_EQ(stats.accesses, 3u) << "replays are not counted as accesses";
  EXPECT_TRUE(dtlb.requests.back().replay);
}

TEST_F(TrapTest, TheOldestOfTwoFaultsIsServedFirst) {
  l1d.latency = 20;
  dtlb.faulting = {0x2, 0x3};
  load(0x1000);
  load(0x2000, 1);  // faults late
  load(0x3000);     // faults early
  run();
  ASSERT_EQ(software.traps.size(), 2u);
  EXPECT_EQ(software.traps[0].access, 1u);
  EXPECT_EQ(software.traps[1].access, 2u);
}

TEST_F(TrapTest, AStoreThatWaitsForDirtyHoldsUpNoTrapEvenIfToldSoForALaterCycle) {
  dtlb.faulting = {0x2};
  dtlb.clean = {0x3};
  dtlb.latency_of = {{0x3, 200}};
  load(0x1000);                         // data is there in 6
  load(0x2000, 1);                      // starts in 6, faults in 7
  load(0x3000, 0, AccessKind::kStore);  // asks in 3; told for 203 that D is clear
  run();
  ASSERT_EQ(software.traps.size(), 1u);
  EXPECT_EQ(software.traps[0].at, 7u);
  EXPECT_EQ(stats.squashed, 1u);
  // Goes on in 1007: data in 1012. The store asks in 1008 (answer for 1208), again then, being the
  // oldest (answer for 1408), data in 1412.
  EXPECT_EQ(done, (std::vector<Cycle>{6, 1012, 1412}));
}

TEST_F(TrapTest, ASystemCallWaitsForEverythingBeforeIt) {
  load(0x1000);  // retires in 6
  event({});
  load(0x2000);
  run();
  EXPECT_EQ(software.calls, (std::vector<Cycle>{6}));
  EXPECT_EQ(done, (std::vector<Cycle>{6, 1011}));
  EXPECT_EQ(cycles(Part::kSystemCall), 1000u);
  EXPECT_EQ(sum(core().accounts().cycles()), stats.cycles);
}

TEST_F(TrapTest, AccessesHeldByAFenceIssueAndWait) {
  dtlb.held_until = 21;
  load(0x1000);  // issues in 1
  load(0x2000);  // issues in 2
  run();
  EXPECT_EQ(done, (std::vector<Cycle>{26, 26}));  // both ask in 21: 1 + 4 more
  EXPECT_EQ(latency(Part::kFence), 20u + 19u);
  EXPECT_EQ(cycles(Part::kFence), 20u);
  EXPECT_FALSE(dtlb.requests[0].replay);
}

TEST_F(TrapTest, TheAccessThatFaultedIsHeldByTheFencesOfItsTrap) {
  dtlb.faulting = {0x1};
  software.at_end = [this] { dtlb.held_until = 1002 + 30; };
  load(0x1000);
  run();
  EXPECT_EQ(done, (std::vector<Cycle>{1037}));  // 1002 + 30 + 5
  EXPECT_EQ(latency(Part::kFaultOs), 1000u);
  EXPECT_EQ(latency(Part::kFence), 30u);
}

TEST_F(TrapTest, ASwitchOfSpacesAndTheCoresStateTakeEffectAtTheEnd) {
  software.call.spaces = {{PhysAddr(0x5000), 3}, {PhysAddr(0x6000), 7}};
  software.call.fences = {{}};
  software.call.context = riscv_context(true, true, false);
  load(0x1000);  // retires in 6
  event({});
  load(0x2000);
  load(0x3000);
  run();
  EXPECT_EQ(fences.switched_at, (std::vector<Cycle>{1006, 1006}));
  ASSERT_EQ(fences.spaces.size(), 2u);
  EXPECT_EQ(fences.spaces[1].root.value(), 0x6000u);
  EXPECT_EQ(fences.at, (std::vector<Cycle>{1006}));
  EXPECT_EQ(dtlb.requests[0].asid, 1u);
  EXPECT_EQ(dtlb.requests[0].context, AccessContext{});
  for (const TranslateRequest& later : {dtlb.requests[1], dtlb.requests[2]}) {
    EXPECT_EQ(later.asid, 7u);
    EXPECT_EQ(later.context, riscv_context(true, true, false));
  }
}

TEST_F(TrapTest, TheShortFormOfAHitIsForTheDefaultStateOnly) {
  software.call.context = riscv_context(true, true, false);
  load(0x1000);
  event({});
  load(0x2000);
  load(0x3000);
  run();
  EXPECT_EQ(dtlb.short_forms, 1u);
}

TEST_F(TrapTest, AFaultTellsTheAsidThatHasTheCore) {
  software.call.spaces = {{PhysAddr(0x5000), 7}};
  event({});
  load(0x2000);
  dtlb.faulting = {0x2};
  run();
  ASSERT_EQ(software.traps.size(), 1u);
  EXPECT_EQ(software.traps[0].asid, 7u);
}

TEST_F(TrapTest, AHandleStandsForTheResultOfItsEvent) {
  OsEvent map;
  map.type = OsEventType::kMmap;
  map.handle = 3;
  event(map);
  load(0x10);
  trace.records[0].handle = 3;
  software.value = 0x7000;
  run();
  EXPECT_EQ(dtlb.requests[0].va.value(), 0x7010u);
}

TEST_F(TrapTest, TheFetchAfterASystemCallIsAnAccess) {
  record(AccessKind::kFetch, 0x1000, 4, 1);
  event({});
  record(AccessKind::kFetch, 0x1004, 4, 1);
  run();
  EXPECT_EQ(stats.fetches, 2u);
}

}  // namespace
}  // namespace mmu
