// Each rule of the run-time checker broken on purpose, one call after a history that is in order.
#include "sim/check/translation_rules.hpp"

#include <gtest/gtest.h>

#include "hw/arch/errors.hpp"
#include "hw/common/sparse_memory.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kVa = 0x4000'0000;
constexpr std::uint64_t kPa = 0x80'0000;
constexpr Asid kAsid = 1;

/// Sv39 with the page at kVa: read and write, A set, D clear.
class RulesTest : public testing::Test {
 protected:
  RulesTest() {
    store(PhysAddr(0x1008), encode_table(*control.format, PhysAddr(0x2000)));  // VA 38:30 = 1
    store(PhysAddr(0x2000), encode_table(*control.format, PhysAddr(0x3000)));
    map(kPa, true);
  }
  void store(PhysAddr entry, std::uint64_t value) {
    rules.stored(entry, 8, value);
    memory.store(entry, 8, value);
  }
  void map(std::uint64_t pa, bool write, bool dirty = false) {
    store(kLeaf,
          encode_leaf(*control.format, 0, PhysAddr(pa), {true, write, true, true}, true, dirty));
  }
  void ask(Cycle at, AccessKind kind = AccessKind::kLoad, bool may_set_dirty = false) {
    rules.asked(at, {at, 0, VirtAddr(kVa), kAsid, kind, may_set_dirty, false});
  }
  TranslateResult page(std::uint64_t pa, bool write = true, bool dirty = false) const {
    TranslateResult result;
    result.has_translation = true;
    result.to = {PhysAddr(pa), 12, {true, write, true, true}, false, true, dirty};
    return result;
  }
  static TranslateResult fault(FaultKind kind) {
    TranslateResult result;
    result.verdict = Verdict::kFault;
    result.fault = {kind, VirtAddr(kVa), 0};
    return result;
  }
  template <class Action>
  void expect_broken(const std::string& rule, Action action) {
    try {
      action();
      ADD_FAILURE() << "not seen";
    } catch (const ModelError& error) {
      EXPECT_NE(std::string(error.what()).find(rule), std::string::npos) << error.what();
    }
  }

  static constexpr PhysAddr kLeaf{0x3000};
  TranslationControl control{find_format("sv39"), PhysAddr(0x1000), kAsid, AdUpdate::kHardware};
  SparseMemory memory{1 << 24};
  TranslationRules rules{control, memory};
};

TEST_F(RulesTest, WhatIsInOrderPasses) {
  ask(1);
  rules.read(2, 0, kLeaf);
  rules.answered(9, 0, 9, page(kPa));
  rules.used(9, 0, PhysAddr(kPa));
  rules.ended(10, true);
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

TEST_F(RulesTest, ATrapWhileAnAccessIsUnderWay) {
  ask(1);
  expect_broken("no access is under way", [&] { rules.called(5); });
}

}  // namespace
}  // namespace mmu
