// Who is told of a miss: the observer, of each look-up that is counted as one. Times as in
// tlb_timing_test.cpp.
#include "testbench/support/mmu_test.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kVa = 0x4000'0000;
constexpr std::uint64_t kPa = 0x80'0000;

class Told : public TranslationObserver {
 public:
  void missed(TlbName tlb, const TranslateRequest& request) override {
    misses.emplace_back(tlb, request.pc);
  }
  void walked(const WalkTold& walk) override {
    if (!walk.prefetch) walks.emplace_back(walk.request.pc, walk.ended - walk.accepted);
  }

  void fenced(const FenceScope& scope, Cycle at) override { fences.emplace_back(scope.va, at); }

  std::vector<std::pair<std::optional<VirtAddr>, Cycle>> fences;
  std::vector<std::pair<TlbName, std::uint64_t>> misses;  // and the instruction
  std::vector<std::pair<std::uint64_t, Cycle>> walks;
};

class ObserverTest : public MmuTest {
 protected:
  ObserverTest() { map(kVa, kPa); }
  void watch() {
    make();
    mmu().observe(told_);
  }

  Told told_;
};

using Misses = decltype(Told::misses);

TEST_F(ObserverTest, AMissOfEverythingIsToldByBothLevelsAndTheWalker) {
  watch();
  ask(1, 7, kVa, AccessKind::kFetch);
  expect_answer(7, 46);
  EXPECT_EQ(told_.misses, (Misses{{TlbName::kItlb, 7}, {TlbName::kStlb, 7}}));
  ASSERT_EQ(told_.walks.size(), 1u);
  EXPECT_EQ(told_.walks.front(), std::make_pair(std::uint64_t{7}, Cycle{37}));  // 3 * (10 + 2) + 1
}

TEST_F(ObserverTest, EachLevelTellsItsOwnMisses) {
  params.level3 = {16, 0, 20, 0, 8, Replacement::kLru};
  params.level4 = {16, 0, 30, 0, 8, Replacement::kLru};
  watch();
  ask(1, 7, kVa);
  expect_answer(7, 96);  // 46 + 20 + 30
  EXPECT_EQ(
      told_.misses,
      (Misses{
          {TlbName::kDtlb, 7}, {TlbName::kStlb, 7}, {TlbName::kLevel3, 7}, {TlbName::kLevel4, 7}}));
}

// The STLB has the page. What it answers in 101 is in the DTLB from 108 on: 100 + 1 + 7.
TEST_F(ObserverTest, AHitOnARefillUnderWayIsAMissAndTold) {
  watch();
  ask(1, 1, kVa, AccessKind::kFetch);
  run_to(99);
  told_.misses.clear();
  ask(100, 2, kVa);
  ask(103, 3, kVa);  // looked up in 104
  ask(107, 4, kVa);  // looked up in 108: a hit
  run_to(120);
  EXPECT_EQ(core.reply_to(3)->at, 108u);
  EXPECT_EQ(core.reply_to(4)->at, 108u);
  EXPECT_EQ(mmu().dtlb().stats().misses, 2u);
  EXPECT_EQ(told_.misses, (Misses{{TlbName::kDtlb, 2}, {TlbName::kDtlb, 3}}));
}

TEST_F(ObserverTest, AMergeWithAMissUnderWayIsTold) {
  watch();
  ask(1, 1, kVa);
  ask(5, 2, kVa + 64);
  run_to(100);
  // In 1, in 2 (after the DTLB's cycle), in 5.
  EXPECT_EQ(told_.misses, (Misses{{TlbName::kDtlb, 1}, {TlbName::kStlb, 1}, {TlbName::kDtlb, 2}}));
}

// Bit 38 is the sign in Sv39. The address is refused by the first level: nobody else is told.
TEST_F(ObserverTest, AnAddressThatIsNotCanonicalIsAMissAndTold) {
  watch();
  ask(1, 1, std::uint64_t{1} << 38);
  expect_answer(1, 2, 1);  // 1 + 1
  EXPECT_EQ(core.reply_to(1)->result.fault.kind, FaultKind::kNonCanonical);
  EXPECT_EQ(told_.misses, (Misses{{TlbName::kDtlb, 1}}));
  EXPECT_EQ(mmu().dtlb().stats().accesses, 1u);
  EXPECT_EQ(mmu().dtlb().stats().misses, 1u);
}

TEST_F(ObserverTest, AFenceIsToldInItsCycle) {
  watch();
  at(20, Rank::kFence, [&] { mmu().fence({std::nullopt, VirtAddr(kVa), false}); });
  run_to(30);
  ASSERT_EQ(told_.fences.size(), 1u);
  EXPECT_EQ(told_.fences.front().second, 20u);
  EXPECT_EQ(told_.fences.front().first->value(), kVa);
}

}  // namespace
}  // namespace mmu
