// A second level of two TLBs, one for fetches and one for data. Times as in tlb_timing_test.cpp: a
// request reaches the second level after 1 cycle, the STLB's look-up takes 7 and a walk of three
// reads 37; the L2 ITLB's look-up takes 5 here.
#include "hw/arch/errors.hpp"
#include "testbench/support/mmu_test.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kVa = 0x4000'0000;
constexpr std::uint64_t kPa = 0x80'0000;
constexpr std::uint64_t kPage = 0x1000;
constexpr auto kFetch = AccessKind::kFetch;

class SecondLevelTest : public MmuTest {
 protected:
  SecondLevelTest() {
    params.second_level = MmuParams::SecondLevel::kSplit;
    params.itlb = params.dtlb = {1, 1, 1, 0, 8, Replacement::kLru};
    params.l2_itlb = {16, 4, 5, 0, 8, Replacement::kLru};
    for (std::uint64_t i = 0; i < 4; ++i) map(kVa + i * kPage, kPa + i * kPage);
  }
  const TlbStats& l2_itlb() { return mmu().l2_itlb()->stats(); }
  const TlbStats& stlb() { return mmu().stlb().stats(); }
  std::vector<std::uint64_t> pages(const std::string& of) {
    std::vector<std::uint64_t> numbers;
    for (const HeldTranslations& structure : mmu().held()) {
      if (structure.name != of) continue;
      for (const HeldPage& page : structure.pages) {
        numbers.push_back((page.page.value() - kVa) / kPage);
      }
    }
    return numbers;
  }
};

using Pages = std::vector<std::uint64_t>;

TEST_F(SecondLevelTest, FetchesAreServedByTheL2Itlb) {
  make();
  ask(1, 1, kVa, kFetch);
  expect_answer(1, 44);  // 1 + 1 + 5 + 37
  ask(100, 2, kVa + kPage, kFetch);
  ask(200, 3, kVa, kFetch);
  expect_answer(3, 206, 201);  // 200 + 1 + 5; known when it is looked up
  EXPECT_EQ(l2_itlb().accesses, 3u);
  EXPECT_EQ(l2_itlb().hits, 1u);
  EXPECT_EQ(stlb().accesses, 0u);
}

TEST_F(SecondLevelTest, DataByTheStlbWhichKnowsNothingOfFetches) {
  make();
  ask(1, 1, kVa, kFetch);
  ask(100, 2, kVa);
  expect_answer(2, 145);  // 100 + 1 + 7 + 37
  ask(200, 3, kVa + kPage);
  ask(300, 4, kVa);
  expect_answer(4, 308, 301);
  EXPECT_EQ(stlb().accesses, 3u);
  EXPECT_EQ(stlb().hits, 1u);
  EXPECT_EQ(l2_itlb().accesses, 1u);
}

TEST_F(SecondLevelTest, EachHasPortsOfItsOwn) {
  params.l2_itlb.lookups_per_cycle = params.stlb.lookups_per_cycle = 1;
  make();
  ask(1, 1, kVa, kFetch);
  ask(100, 2, kVa + kPage, kFetch);
  ask(200, 3, kVa);
  ask(300, 4, kVa + kPage);
  ask(400, 5, kVa, kFetch);
  ask(400, 6, kVa);
  expect_answer(5, 406, 401);
  EXPECT_EQ(core.reply_to(6)->at, 408u);  // a unified one would answer in 409
}

// Both arrive in 2, and the one place at the walkers is the L2 ITLB's until the first walker has
// accepted its request in 2 + 5. The STLB is next in 8.
TEST_F(SecondLevelTest, AtTheWalkersFetchesComeFirst) {
  params.walker.count = 2;
  params.walker.queue_entries = 1;
  make();
  ask(1, 1, kVa + kPage);
  ask(1, 2, kVa, kFetch);
  expect_answer(2, 44);  // 7 + 37
  expect_answer(1, 52);  // 8 + 7 + 37
}

// The load is sent on in 2 and arrives in 9, the fetch in 3 and 8.
TEST_F(SecondLevelTest, WalkersTakeWhatArrivesFirst) {
  make();
  ask(1, 1, kVa + kPage);
  ask(2, 2, kVa, kFetch);
  expect_answer(2, 45);  // 8 + 37
  expect_answer(1, 83);  // 46 + 37
}

TEST_F(SecondLevelTest, TheyMeetInTheThirdLevel) {
  params.level3 = {16, 0, 20, 0, 8, Replacement::kLru};
  make();
  ask(1, 1, kVa, kFetch);
  expect_answer(1, 64);  // 1 + 1 + 5 + 20 + 37
  ask(100, 2, kVa);
  expect_answer(2, 128, 108);  // 100 + 1 + 7 + 20
  ask(200, 3, kVa + kPage, kFetch);
  ask(200, 4, kVa + kPage);
  expect_answer(3, 263);
  EXPECT_EQ(core.reply_to(4)->at, 263u);  // joined in 208
  EXPECT_EQ(mmu().further_levels().front()->stats().merged, 1u);
  EXPECT_EQ(mmu().walker().stats().walks, 2u);
}

TEST_F(SecondLevelTest, WithoutEntriesFetchesHaveNoSecondLevel) {
  params.l2_itlb.entries = params.l2_itlb.ways = 0;
  make();
  ask(1, 1, kVa, kFetch);
  expect_answer(1, 39);  // 1 + 1 + 37
  ask(100, 2, kVa);
  expect_answer(2, 145);
}

TEST_F(SecondLevelTest, ItsCyclesAndMissesAreItsOwn) {
  struct Told : TranslationObserver {
    void missed(TlbName tlb, const TranslateRequest&) override { misses.push_back(tlb); }
    void walked(const WalkTold&) override {}
    std::vector<TlbName> misses;
  } told;
  make();
  mmu().observe(told);
  ask(1, 1, kVa, kFetch);
  run_to(44);
  const Story& story = core.reply_to(1)->story;
  EXPECT_EQ(story[0].part, Part::kL1Tlb);
  EXPECT_EQ(story[0].end, 2u);
  EXPECT_EQ(story[1].part, Part::kL2Itlb);
  EXPECT_EQ(story[1].end, 7u);
  EXPECT_EQ(told.misses, (std::vector<TlbName>{TlbName::kItlb, TlbName::kL2Itlb}));
}

TEST_F(SecondLevelTest, AnInclusiveOneTakesPagesFromItsFirstLevelOnly) {
  params.l2_itlb = {1, 1, 5, 0, 8, Replacement::kLru};
  params.itlb.entries = params.itlb.ways = 2;
  params.l2_itlb_inclusion = Inclusion::kInclusive;
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa, kFetch);
  ask(200, 3, kVa + kPage, kFetch);
  run_to(300);
  EXPECT_EQ(pages("itlb"), Pages{1});
  EXPECT_EQ(pages("dtlb"), Pages{0});
  EXPECT_EQ(mmu().itlb().stats().back_invalidated, 1u);
  EXPECT_EQ(mmu().dtlb().stats().back_invalidated, 0u);
}

TEST_F(SecondLevelTest, AnInclusiveThirdLevelTakesThemFromAll) {
  params.level3 = {1, 1, 20, 0, 8, Replacement::kLru};
  params.level3_inclusion = Inclusion::kInclusive;
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa, kFetch);
  ask(200, 3, kVa + kPage);
  run_to(300);
  for (const char* tlb : {"itlb", "l2_itlb"}) EXPECT_EQ(pages(tlb), Pages{}) << tlb;
  for (const char* tlb : {"dtlb", "stlb", "level3"}) EXPECT_EQ(pages(tlb), Pages{1}) << tlb;
  EXPECT_EQ(l2_itlb().back_invalidated, 1u);
  EXPECT_EQ(stlb().back_invalidated, 1u);
}

TEST_F(SecondLevelTest, EachTakesTheVictimsOfItsOwnFirstLevel) {
  params.l2_itlb_inclusion = params.stlb_inclusion = Inclusion::kExclusive;
  make();
  ask(1, 1, kVa, kFetch);
  ask(100, 2, kVa + kPage, kFetch);
  ask(200, 3, kVa + 2 * kPage);
  ask(300, 4, kVa + 3 * kPage);
  run_to(400);
  EXPECT_EQ(pages("l2_itlb"), Pages{0});
  EXPECT_EQ(pages("stlb"), Pages{2});
}

TEST_F(SecondLevelTest, OneMayBeExclusiveAndTheOtherNot) {
  params.l2_itlb_inclusion = Inclusion::kExclusive;
  make();
  ask(1, 1, kVa, kFetch);
  ask(100, 2, kVa + kPage);
  run_to(200);
  EXPECT_EQ(pages("l2_itlb"), Pages{});
  EXPECT_EQ(pages("stlb"), Pages{1});
}

TEST_F(SecondLevelTest, AnExclusiveThirdLevelTakesTheVictimsOfBoth) {
  params.l2_itlb = params.stlb = {1, 1, 5, 0, 8, Replacement::kLru};
  params.level3 = {16, 0, 20, 0, 8, Replacement::kLru};
  params.level3_inclusion = Inclusion::kExclusive;
  make();
  ask(1, 1, kVa, kFetch);
  ask(100, 2, kVa + kPage, kFetch);
  ask(200, 3, kVa + 2 * kPage);
  ask(300, 4, kVa + 3 * kPage);
  run_to(400);
  EXPECT_EQ(pages("level3"), (Pages{0, 2}));
}

TEST_F(SecondLevelTest, FencesReachBothAndTheirMisses) {
  make();
  ask(1, 1, kVa, kFetch);
  ask(100, 2, kVa);
  fence(200, {kAsid, VirtAddr(kVa), true});
  run_to(200);
  EXPECT_EQ(l2_itlb().fenced, 1u);
  EXPECT_EQ(stlb().fenced, 1u);
  ask(300, 3, kVa, kFetch);
  fence(320, {kAsid, VirtAddr(kVa), true});  // in the midst of its walk
  run_to(400);
  EXPECT_EQ(pages("l2_itlb"), Pages{});
}

TEST_F(SecondLevelTest, AFenceThatTakesTimeHoldsBoth) {
  params.fence.latency_cycles = 50;
  params.walker.count = 2;
  make();
  ask(99, 1, kVa, kFetch);
  ask(99, 2, kVa + kPage);
  fence(100, {kAsid, VirtAddr(kVa + 3 * kPage), true});  // both have just arrived
  expect_answer(1, 192);                                 // 150 + 5 + 37
  expect_answer(2, 194);                                 // 150 + 7 + 37
}

TEST_F(SecondLevelTest, APrefetchEntersTheOneOfItsAccess) {
  params.prefetch.kind = PrefetchParams::Kind::kNextPage;
  params.prefetch.target = PrefetchParams::Target::kStlb;
  make();
  ask(1, 1, kVa, kFetch);
  ask(200, 2, kVa + 2 * kPage);
  run_to(400);
  EXPECT_EQ(pages("l2_itlb"), (Pages{0, 1}));
  EXPECT_EQ(pages("stlb"), (Pages{2, 3}));
  ask(500, 3, kVa + kPage);  // the STLB does not know it
  expect_answer(3, 545);
}

// What one of them holds is known for its own side alone.
TEST_F(SecondLevelTest, APageOfTheOtherSideIsWorthAPrefetch) {
  params.prefetch.kind = PrefetchParams::Kind::kNextPage;
  params.prefetch.target = PrefetchParams::Target::kStlb;
  make();
  ask(1, 1, kVa + kPage);  // page 1 and 2 for data
  ask(200, 2, kVa, kFetch);
  run_to(400);
  EXPECT_EQ(pages("l2_itlb"), (Pages{0, 1}));
}

TEST_F(SecondLevelTest, IsRefusedWithoutASplitFirstLevel) {
  params.first_level = MmuParams::FirstLevel::kUnified;
  EXPECT_THROW(make(), ConfigError);
}

TEST_F(SecondLevelTest, AnL2ItlbIsRefusedUnlessTheLevelIsSplit) {
  params.second_level = MmuParams::SecondLevel::kUnified;
  EXPECT_THROW(make(), ConfigError);
}

}  // namespace
}  // namespace mmu
