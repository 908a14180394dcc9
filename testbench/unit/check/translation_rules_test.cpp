// Each rule of the run-time checker broken on purpose, one call after a history that is in order.
#include "testbench/unit/check/rules_fixture.hpp"

namespace mmu {
namespace {

TEST_F(RulesTest, WhatIsInOrderPasses) {
  ask(1);
  rules.read(2, 0, kLeaf);
  rules.answered(9, 0, 9, page(kPa));
  rules.used(9, 0, PhysAddr(kPa));
  rules.ended(10, true);
}

TEST_F(RulesTest, InBareModePaIsVa) {
  const auto ask_bare = [&](Cycle at) {
    rules.asked(
        at, {at, 0, VirtAddr(kVa), kAsid, AccessKind::kLoad, false, false, {AccessContext::kBare}});
  };
  ask_bare(1);
  rules.answered(1, 0, 1, page(kVa));
  rules.used(1, 0, PhysAddr(kVa));
  ask_bare(2);
  expect_broken("without translation PA is VA", [&] { rules.answered(2, 0, 2, page(kPa)); });
}

TEST_F(RulesTest, RightsAreThoseOfTheStateThatTheCoreHas) {
  const auto ask_as = [&](Cycle at, AccessContext context) {
    rules.asked(at, {at, 0, VirtAddr(kVa), kAsid, AccessKind::kLoad, false, false, context});
  };
  ask_as(1, riscv_context(true, /*sum=*/true, false));
  rules.answered(1, 0, 2, page(kPa));
  ask_as(3, riscv_context(true, /*sum=*/false, false));
  expect_broken("rights are checked", [&] { rules.answered(3, 0, 4, page(kPa)); });
}

TEST_F(RulesTest, AnOldTranslationIsAllowedUntilItsFence) {
  map(kPa + 0x1000, true);
  ask(1);
  rules.answered(2, 0, 2, page(kPa));  // replaced, and not fenced
  ask(3);
  rules.fenced({kAsid, VirtAddr(kVa), true});
  rules.answered(4, 0, 4, page(kPa));  // asked before the fence
  ask(5);
  expect_broken("translations are fresh", [&] { rules.answered(6, 0, 6, page(kPa)); });
}

TEST_F(RulesTest, AFenceOfAnotherPageOrAddressSpaceRemovesNothing) {
  map(kPa + 0x1000, true);
  rules.fenced({kAsid, VirtAddr(kVa + 0x1000), false});
  rules.fenced({Asid{kAsid + 1}, std::nullopt, false});
  ask(1);
  rules.answered(2, 0, 2, page(kPa));
}

TEST_F(RulesTest, AFrameThatNoTableHasHeldIsNotFresh) {
  ask(1);
  expect_broken("translations are fresh", [&] { rules.answered(2, 0, 2, page(kPa + 0x5000)); });
}

TEST_F(RulesTest, ATablePointerIsStaleOnlyAfterAFenceOfTables) {
  store(PhysAddr(0x2000), encode_table(*control.format, PhysAddr(0x4000)));
  rules.fenced({kAsid, std::nullopt, true});
  ask(1);
  rules.answered(2, 0, 2, page(kPa));
  rules.fenced({kAsid, std::nullopt, false});
  ask(3);
  expect_broken("translations are fresh", [&] { rules.answered(4, 0, 4, page(kPa)); });
}

TEST_F(RulesTest, AStoreThatThePageDoesNotAllow) {
  map(kPa, false);
  ask(1, AccessKind::kStore);
  expect_broken("rights are checked", [&] { rules.answered(2, 0, 2, page(kPa, false)); });
}

TEST_F(RulesTest, AFaultOfAPageThatIsThere) {
  ask(1);
  expect_broken("faults are those of the page table",
                [&] { rules.answered(2, 0, 2, fault(FaultKind::kNotPresent)); });
}

TEST_F(RulesTest, ASecondResponseAndOneToNobody) {
  ask(1);
  rules.answered(2, 0, 2, page(kPa));
  expect_broken("one response", [&] { rules.answered(3, 0, 3, page(kPa)); });
  expect_broken("one response", [&] { rules.answered(3, 7, 3, page(kPa)); });
}

TEST_F(RulesTest, ARequestThatIsNeverAnswered) {
  ask(1);
  expect_broken("one response", [&] { rules.ended(9, true); });
}

TEST_F(RulesTest, ASlotThatIsNotGivenBack) {
  expect_broken("slots and queue places", [&] { rules.ended(9, false); });
}

TEST_F(RulesTest, AnAnswerForAnEarlierCycle) {
  ask(5);
  expect_broken("time does not run backwards", [&] { rules.answered(6, 0, 4, page(kPa)); });
}

TEST_F(RulesTest, DataOfAnotherAddressThanTheTranslatedOne) {
  ask(1);
  rules.answered(2, 0, 2, page(kPa));
  expect_broken("translated address", [&] { rules.used(2, 0, PhysAddr(kPa + 8)); });
}

TEST_F(RulesTest, AWalkerThatReadsWhatNobodyNeeds) {
  ask(1);
  expect_broken("walkers read what a walk needs", [&] { rules.read(2, 0, PhysAddr(0x3008)); });
  expect_broken("walkers read what a walk needs", [&] { rules.read(2, 0, PhysAddr(0x3004)); });
}

TEST_F(RulesTest, AnUpdateOfAnEntryThatHasChanged) {
  ask(1, AccessKind::kStore, true);
  rules.read(2, 0, kLeaf);
  map(kPa + 0x1000, true);
  rules.update(8, 0, kLeaf);
  expect_broken("as it was read", [&] { map(kPa + 0x1000, true, true); });
}

TEST_F(RulesTest, AnUpdateOfMoreThanAAndD) {
  ask(1, AccessKind::kStore, true);
  rules.read(2, 0, kLeaf);
  rules.update(8, 0, kLeaf);
  expect_broken("other bits", [&] { map(kPa + 0x1000, true, true); });
}

TEST_F(RulesTest, DSetForAStoreThatMayNot) {
  ask(1, AccessKind::kStore, false);
  rules.read(2, 0, kLeaf);
  rules.update(8, 0, kLeaf);
  expect_broken("may have it set", [&] { map(kPa, true, true); });
}

TEST_F(RulesTest, ALargePageWhoseFrameIsNotAligned) {
  ask(1);
  TranslateResult large = page(kPa + 0x1000);
  large.to.page_shift = 21;
  expect_broken("pages are aligned", [&] { rules.answered(2, 0, 2, large); });
}

TEST_F(RulesTest, ALoadThatIsToldToWaitForD) {
  ask(1);
  TranslateResult waits = page(kPa);
  waits.verdict = Verdict::kNeedsDirty;
  expect_broken("waits for D", [&] { rules.answered(2, 0, 2, waits); });
}

TEST_F(RulesTest, ATrapForAFaultThatWasNotIssued) {
  PageFault trap;
  trap.cause = {FaultKind::kNotPresent, VirtAddr(kVa), 0};
  expect_broken("faults that the MMU has issued", [&] { rules.trapped(5, trap); });
}

TEST_F(RulesTest, ATrapOfAnOlderAccessThanTheLast) {
  for (const std::uint64_t number : {7u, 7u, 9u, 8u}) {
    ask(1);
    map(kPa, true);
    store(kLeaf, 0);
    rules.answered(2, 0, 2, fault(FaultKind::kNotPresent));
    PageFault trap;
    trap.cause = {FaultKind::kNotPresent, VirtAddr(kVa), 0};
    trap.access_number = number;
    if (number != 8) {
      rules.trapped(5, trap);
    } else {
      expect_broken("program order", [&] { rules.trapped(5, trap); });
    }
  }
}

TEST_F(RulesTest, ATrapWhileAnAccessIsUnderWay) {
  ask(1);
  expect_broken("no access is under way", [&] { rules.called(5); });
}

}  // namespace
}  // namespace mmu
