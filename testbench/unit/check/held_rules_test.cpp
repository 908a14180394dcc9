// The rules about what TLBs and walk caches hold, each broken on purpose.
#include "testbench/unit/check/rules_fixture.hpp"

namespace mmu {
namespace {

class HeldRulesTest : public RulesTest {
 protected:
  HeldPage page_at(std::uint64_t va, std::uint64_t pa) const {
    return {VirtAddr(va), kAsid, page(pa).to, 0, {}};
  }
  /// Of level 1: to the table of leaves, the one of the fixture unless said otherwise.
  static HeldPointer pointer(std::uint64_t table = 0x3000) {
    return {kAsid, VirtAddr(kVa), 1, PhysAddr(table), {}};
  }
  void look(const HeldTranslations& structure) { rules.held(9, {structure}); }
  void expect_stale(const HeldTranslations& structure) {
    expect_broken("what is held is fresh", [&] { look(structure); });
  }
  const FenceScope page_{kAsid, VirtAddr(kVa), /*leaf_only=*/true};
  const FenceScope space_{kAsid, {}, false};
};

TEST_F(HeldRulesTest, WhatMemoryHoldsMayBeHeld) {
  look({"dtlb", {page_at(kVa, kPa)}, {}, {}});
  look({"walker", {}, {pointer()}, {{PhysAddr(0x2000), memory.load(PhysAddr(0x2000), 8)}}});
}

TEST_F(HeldRulesTest, APageIsHeldOnce) {
  expect_broken("a page is held once", [&] {
    look({"dtlb", {page_at(kVa, kPa), page_at(kVa, kPa)}, {}, {}});
  });
}

TEST_F(HeldRulesTest, TwoSpacesAndTwoStructuresMayHoldThePage) {
  HeldPage other = page_at(kVa, kPa);
  other.asid = 2;  // with the same table
  rules.held(9, {{"dtlb", {page_at(kVa, kPa), other}, {}, {}}, {"stlb", {other}, {}, {}}});
}

TEST_F(HeldRulesTest, AnOldPageMayBeHeldUntilItsFence) {
  map(kPa + 0x1000, true);
  look({"dtlb", {page_at(kVa, kPa)}, {}, {}});
  rules.fenced({kAsid, VirtAddr(kVa + 0x1000), true});  // another page
  look({"dtlb", {page_at(kVa, kPa)}, {}, {}});
  rules.fenced(page_);
  expect_stale({"dtlb", {page_at(kVa, kPa)}, {}, {}});
}

TEST_F(HeldRulesTest, AWrongPageIsFoundUnused) {
  expect_stale({"stlb", {page_at(kVa, kPa + 0x1000)}, {}, {}});
  expect_stale({"stlb", {page_at(kVa + 0x1000, kPa)}, {}, {}});
}

TEST_F(HeldRulesTest, APageThatIsNotAlignedIsFound) {
  HeldPage large = page_at(kVa, kPa + 0x1000);
  large.to.page_shift = 21;
  expect_broken("pages are aligned", [&] { look({"dtlb", {large}, {}, {}}); });
}

TEST_F(HeldRulesTest, AnOldPointerMayBeHeldUntilAFenceOfTables) {
  store(PhysAddr(0x2000), encode_table(*control.format, PhysAddr(0x4000)));
  rules.fenced(page_);
  look({"walker", {}, {pointer()}, {}});
  rules.fenced(space_);
  expect_stale({"walker", {}, {pointer()}, {}});
  look({"walker", {}, {pointer(0x4000)}, {}});
}

TEST_F(HeldRulesTest, APointerUnderAnOldPointerEndsWithIt) {
  store(PhysAddr(0x1008), encode_table(*control.format, PhysAddr(0x5000)));
  look({"walker", {}, {pointer()}, {}});
  rules.fenced({kAsid, VirtAddr(kVa), false});
  expect_stale({"walker", {}, {pointer()}, {}});
}

TEST_F(HeldRulesTest, AWrongPointerIsFoundUnused) {
  expect_stale({"walker", {}, {pointer(0x4000)}, {}});
  HeldPointer global = pointer();
  global.inherited.global = true;
  expect_stale({"walker", {}, {global}, {}});
  HeldPointer upper = pointer();
  upper.level = 2;
  expect_stale({"walker", {}, {upper}, {}});
}

TEST_F(HeldRulesTest, AnOldEntryMayBeHeldUntilAnyFenceOfTables) {
  const std::uint64_t before = memory.load(PhysAddr(0x2000), 8);
  store(PhysAddr(0x2000), encode_table(*control.format, PhysAddr(0x4000)));
  look({"walker", {}, {}, {{PhysAddr(0x2000), before}}});
  rules.fenced({Asid{7}, VirtAddr(0), true});
  look({"walker", {}, {}, {{PhysAddr(0x2000), before}}});
  rules.fenced({Asid{7}, VirtAddr(0), false});
  expect_stale({"walker", {}, {}, {{PhysAddr(0x2000), before}}});
}

TEST_F(HeldRulesTest, AnInclusiveLevelHoldsWhatAnyLevelBeforeItHolds) {
  HeldTranslations last{"stlb", {page_at(kVa, kPa)}, {}, {}};
  last.includes = true;
  rules.held(9, {{"itlb", {page_at(kVa, kPa)}, {}, {}}, {"dtlb", {}, {}, {}}, last});
  last.pages.clear();
  rules.held(9, {{"itlb", {}, {}, {}}, {"dtlb", {}, {}, {}}, last});
  expect_broken("an inclusive level holds all", [&] {
    rules.held(9, {{"itlb", {page_at(kVa, kPa)}, {}, {}}, {"dtlb", {}, {}, {}}, last});
  });
}

TEST_F(HeldRulesTest, AnInclusiveLevelMayBeOneForThoseRightBeforeIt) {
  HeldTranslations last{"stlb", {}, {}, {}};
  last.includes = true;
  last.reach = 1;
  rules.held(9, {{"itlb", {page_at(kVa, kPa)}, {}, {}}, {"dtlb", {}, {}, {}}, last});
  expect_broken("an inclusive level holds all", [&] {
    rules.held(9, {{"itlb", {}, {}, {}}, {"dtlb", {page_at(kVa, kPa)}, {}, {}}, last});
  });
}

TEST_F(HeldRulesTest, AnInclusiveLevelHoldsThePageForTheSameSpace) {
  HeldPage other = page_at(kVa, kPa);
  other.asid = 2;  // with the same table
  HeldTranslations last{"stlb", {other}, {}, {}};
  last.includes = true;
  expect_broken("an inclusive level holds all", [&] {
    rules.held(9, {{"dtlb", {page_at(kVa, kPa)}, {}, {}}, last});
  });
}

TEST_F(HeldRulesTest, AnExclusiveLevelHoldsNothingOfTheOneBeforeIt) {
  HeldTranslations last{"level3", {page_at(kVa, kPa)}, {}, {}};
  last.excludes = true;
  // What is further off does not matter.
  rules.held(9, {{"dtlb", {page_at(kVa, kPa)}, {}, {}}, {"stlb", {}, {}, {}}, last});
  expect_broken("an exclusive level holds none", [&] {
    rules.held(9, {{"dtlb", {}, {}, {}}, {"stlb", {page_at(kVa, kPa)}, {}, {}}, last});
  });
}

TEST_F(HeldRulesTest, PagesOfAnotherSpaceAreThoseOfItsTable) {
  rules.switched({PhysAddr(0x6000), 2});  // an empty table
  rules.switched({PhysAddr(0x1000), kAsid});
  HeldPage other = page_at(kVa, kPa);
  other.asid = 2;
  expect_stale({"dtlb", {other}, {}, {}});
  look({"dtlb", {page_at(kVa, kPa)}, {}, {}});
}

TEST_F(HeldRulesTest, TheSpaceOfTheBeginningKeepsItsTable) {
  rules.switched({PhysAddr(0x6000), 2});
  control.root = PhysAddr(0x6000);
  control.asid = 2;
  look({"dtlb", {page_at(kVa, kPa)}, {}, {}});
}

}  // namespace
}  // namespace mmu
