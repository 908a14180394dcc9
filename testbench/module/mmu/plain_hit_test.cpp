// The short form of a request to a first-level TLB, hit(): it does all that translate() does for a
// hit that needs nothing more, and nothing at all for anything else.
#include "testbench/support/mmu_test.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kVa = 0x4000'0000;
constexpr std::uint64_t kPa = 0x80'0000;

class PlainHitTest : public MmuTest {
 protected:
  /// In the turn of issue of `cycle`.
  void ask_shortly(Cycle cycle, std::uint64_t va, AccessKind kind = AccessKind::kLoad) {
    at(cycle, Rank::kIssue,
       [this, cycle, va, kind] { hit_ = mmu().dtlb().in->hit(cycle, VirtAddr(va), kAsid, kind); });
    run_to(cycle);
  }
  std::uint64_t looked_up() { return mmu().dtlb().stats().accesses; }

  PlainHit hit_;
};

TEST_F(PlainHitTest, IsOneFromTheCycleOnInWhichTheRefillIsThere) {
  map(kVa, kPa);
  make();
  ask(1, 1, kVa);  // there in 46: 1 + 1 (DTLB) + 7 (STLB) + 3 * (10 + 2) + 1
  ask_shortly(44, kVa + 8);
  EXPECT_EQ(hit_.at, 0u) << "in 45 the entry would not be there";
  EXPECT_EQ(looked_up(), 1u) << "nothing may have happened";
  ask_shortly(46, kVa + 8);
  EXPECT_EQ(hit_.at, 47u);  // 46 + 1
  EXPECT_EQ(hit_.pa, PhysAddr(kPa + 8));
  EXPECT_EQ(looked_up(), 2u);
  EXPECT_EQ(mmu().dtlb().stats().hits, 1u);
}

TEST_F(PlainHitTest, TakesNoMissAndNoVerdictButGranted) {
  map(kVa, kPa, 0, /*write=*/true, /*accessed=*/true, /*dirty=*/false);
  make();
  ask(1, 1, kVa);
  ask_shortly(100, kVa, AccessKind::kStore);
  EXPECT_EQ(hit_.at, 0u) << "D must be set first";
  ask_shortly(101, kVa + 4096);
  EXPECT_EQ(hit_.at, 0u) << "another page";
  EXPECT_EQ(looked_up(), 1u);
  ask_shortly(102, kVa);
  EXPECT_EQ(hit_.at, 103u);
  ask_shortly(103, kVa, AccessKind::kStore);
  EXPECT_EQ(hit_.at, 0u) << "remembered with the rights that it has";
}

TEST_F(PlainHitTest, AnotherPageOfTheSamePlaceInTheMemoIsNoHit) {
  map(kVa, kPa);
  make();
  ask(1, 1, kVa);
  ask_shortly(100, kVa);
  EXPECT_EQ(hit_.at, 101u);
  ask_shortly(101, kVa + 64 * 4096);
  EXPECT_EQ(hit_.at, 0u);
}

TEST_F(PlainHitTest, IsNoneWhileABlockingTlbHasAMiss) {
  params.dtlb.hit_under_miss = false;
  map(kVa, kPa);
  map(kVa + 4096, kPa + 4096);
  make();
  ask(1, 1, kVa);
  ask_shortly(100, kVa);
  ask_shortly(101, kVa);
  EXPECT_EQ(hit_.at, 102u) << "remembered";
  ask(102, 2, kVa + 4096);  // there in 147
  ask_shortly(103, kVa);
  EXPECT_EQ(hit_.at, 0u);
  ask_shortly(147, kVa);
  EXPECT_EQ(hit_.at, 0u);
  EXPECT_EQ(looked_up(), 4u) << "nothing may have happened";
  ask_shortly(148, kVa);
  EXPECT_EQ(hit_.at, 149u);
}

TEST_F(PlainHitTest, IsForgottenByAFence) {
  map(kVa, kPa);
  make();
  ask(1, 1, kVa);
  ask_shortly(100, kVa);
  EXPECT_EQ(hit_.at, 101u);
  fence(101, {});
  ask_shortly(101, kVa);
  EXPECT_EQ(hit_.at, 0u);
}

TEST_F(PlainHitTest, UsesAPortAndIsNoneWhenItsPortComesLater) {
  params.dtlb.lookups_per_cycle = 1;
  map(kVa, kPa);
  make();
  ask(1, 1, kVa);
  ask_shortly(100, kVa);
  EXPECT_EQ(hit_.at, 101u);
  at(101, Rank::kIssue, [this] {
    EXPECT_EQ(mmu().dtlb().in->hit(101, VirtAddr(kVa), kAsid, AccessKind::kLoad).at, 102u);
    // The port is free in 102 only, so that the page is there in 103: later than the next cycle.
    EXPECT_EQ(mmu().dtlb().in->hit(101, VirtAddr(kVa), kAsid, AccessKind::kLoad).at, 0u);
  });
  run_to(101);
  EXPECT_EQ(looked_up(), 3u);
}

TEST_F(PlainHitTest, CountsAsUseForReplacement) {
  params.dtlb.entries = params.dtlb.ways = 2;
  for (std::uint64_t page = 0; page < 3; ++page) map(kVa + page * 4096, kPa + page * 4096);
  make();
  ask(1, 1, kVa);
  ask(100, 2, kVa + 4096);
  ask_shortly(200, kVa);        // the first page is the one used last now
  ask(201, 3, kVa + 2 * 4096);  // so the second one goes
  ask_shortly(300, kVa);
  EXPECT_EQ(hit_.at, 301u);
  ask_shortly(301, kVa + 4096);
  EXPECT_EQ(hit_.at, 0u);
}

}  // namespace
}  // namespace mmu
