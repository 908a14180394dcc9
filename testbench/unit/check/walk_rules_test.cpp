// Each rule about walks broken on purpose, one call after a walk that is in order.
#include "sim/check/walk_rules.hpp"

#include "testbench/unit/check/rules_fixture.hpp"

namespace mmu {
namespace {

constexpr PhysAddr kRootEntry{0x1008}, kMiddle{0x2000};
constexpr const char* kPointers = "reads follow the pointers";

class WalkRulesTest : public RulesTest {
 protected:
  void begin(std::optional<PhysAddr> table = {}, unsigned level = 2) {
    const TranslateRequest request{1, 0, VirtAddr(kVa), kAsid, AccessKind::kLoad, false, false};
    const Walk first(*control.format, VirtAddr(kVa), table.value_or(control.root), level);
    walks.begun(0, {1, request, control.root, AdUpdate::kHardware, 0, first});
  }
  void offer(PhysAddr entry) { walks.offered(0, at, {entry, false, 0, 0}); }
  /// Offered, taken and answered.
  void read(PhysAddr entry) {
    offer(entry);
    walks.accepted(0, at, {memory.load(entry, 8), false, false});
    walks.answered(0, at += 3);
  }
  void read_all() {
    begin();
    for (const PhysAddr entry : {kRootEntry, kMiddle, kLeaf}) read(entry);
  }
  void offer_update(PhysAddr entry) { walks.offered(0, at, {entry, true, 0, 0}); }

  WalkRules walks{rules, control, 1, false};
  Cycle at = 1;
};

TEST_F(WalkRulesTest, AWalkInOrderPasses) {
  read_all();
  walks.ended(0, at, page(kPa));
  begin(kMiddle.aligned_down(12), 1);  // with what a walk cache knows
  read(kMiddle);
  read(kLeaf);
  walks.ended(0, at, page(kPa));
}

TEST_F(WalkRulesTest, AWalkThatBeginsInATableThatNothingPointsTo) {
  expect_broken("walks begin at the root", [&] { begin(PhysAddr(0x5000), 1); });
  expect_broken("walks begin at the root", [&] { begin(PhysAddr(0x5000)); });
}

TEST_F(WalkRulesTest, APointerThatAFenceHasRemoved) {
  store(kRootEntry, encode_table(*control.format, PhysAddr(0x6000)));
  begin(kMiddle.aligned_down(12), 1);  // the old one: not fenced yet
  rules.fenced({kAsid, std::nullopt, false});
  expect_broken("walks begin at the root", [&] { begin(kMiddle.aligned_down(12), 1); });
}

TEST_F(WalkRulesTest, ALevelThatIsLeftOut) {
  begin();
  read(kRootEntry);
  expect_broken(kPointers, [&] { offer(kLeaf); });
}

TEST_F(WalkRulesTest, ALevelThatIsReadTwice) {
  begin();
  read(kRootEntry);
  read(kMiddle);
  expect_broken(kPointers, [&] { offer(kMiddle); });
}

TEST_F(WalkRulesTest, AReadAfterTheLeaf) {
  read_all();
  expect_broken(kPointers, [&] { offer(PhysAddr(kPa)); });
}

TEST_F(WalkRulesTest, AnotherEntryOfTheRightTable) {
  begin();
  read(kRootEntry);
  expect_broken(kPointers, [&] { offer(PhysAddr(0x2008)); });
}

TEST_F(WalkRulesTest, OnlyACacheOfEntriesServesReads) {
  WalkRules cached{rules, control, 1, true};
  const TranslateRequest request{1, 0, VirtAddr(kVa), kAsid, AccessKind::kLoad, false, false};
  const Walk first(*control.format, VirtAddr(kVa), control.root);
  cached.begun(0, {1, request, control.root, AdUpdate::kHardware, 0, first});
  cached.offered(0, 1, {kLeaf, false, 0, 0});
  cached.accepted(0, 1, {memory.load(kLeaf, 8), false, false});
  expect_broken("waits for its answer", [&] { cached.offered(0, 2, {kLeaf, false, 0, 0}); });
}

TEST_F(WalkRulesTest, AnAnswerThatNobodyWaitsFor) {
  begin();
  read(kRootEntry);
  expect_broken("waits for its answer", [&] { walks.answered(0, at); });
}

TEST_F(WalkRulesTest, AnEntryIsReadAgainOnlyIfItsUpdateHasFailed) {
  read_all();
  offer_update(kLeaf);
  walks.accepted(0, at, {0, false, /*changed=*/true});
  walks.answered(0, at += 3);
  read(kLeaf);
  expect_broken(kPointers, [&] { offer(kLeaf); });
}

TEST_F(WalkRulesTest, AnUpdateOfAnotherEntryThanWasReadLast) {
  read_all();
  expect_broken("as it was read", [&] { offer_update(kMiddle); });
}

TEST_F(WalkRulesTest, AnEndThatTheLastEntryDoesNotSay) {
  const char* const rule = "ends with what it has read";
  begin();
  read(kRootEntry);
  expect_broken(rule, [&] { walks.ended(0, at, page(kPa)); });
  read_all();
  expect_broken(rule, [&] { walks.ended(0, at, page(kPa + 0x1000)); });
  expect_broken(rule, [&] { walks.ended(0, at, fault(FaultKind::kMalformed)); });
}

// Two reasons to fault: the entry above is malformed before the leaf is absent.
TEST_F(WalkRulesTest, AFaultThatIsNotTheFirstOnTheWay) {
  store(kMiddle, memory.load(kMiddle, 8) | 1 << 6);  // A of a pointer is reserved
  store(kLeaf, 0);
  begin();
  read(kRootEntry);
  read(kMiddle);
  expect_broken(kPointers, [&] { offer(kLeaf); });
  TranslateResult result = fault(FaultKind::kNotPresent);
  expect_broken("ends with what it has read", [&] { walks.ended(0, at, result); });
  result.fault = {FaultKind::kMalformed, VirtAddr(kVa), 1};
  walks.ended(0, at, result);
}

}  // namespace
}  // namespace mmu
