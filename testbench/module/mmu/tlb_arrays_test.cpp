// Arrays for page sizes of their own, and what it costs to look for several sizes. Times as in
// tlb_timing_test.cpp: a miss of everything that is asked in t is answered in t + 45; of a 2 MiB
// page, which takes a read less, in t + 33.
#include "hw/arch/errors.hpp"
#include "testbench/support/mmu_test.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kSmall = 0x4000'0000;
constexpr std::uint64_t kLarge = 0x4040'0000;
constexpr std::uint64_t kStep = 0x20'0000;
constexpr std::uint64_t kPa = 0x80'0000;

class TlbArraysTest : public MmuTest {
 protected:
  /// A DTLB of one entry for small pages and, with `large`, so many for large ones.
  void split(std::uint32_t large) {
    params.dtlb.entries = params.dtlb.ways = 1;
    params.dtlb.page_sizes = "4K";
    params.dtlb.large = {large, 0, Replacement::kLru, "2M"};
  }
  void map_all() {
    map(kSmall, kPa);
    map(kSmall + 0x1000, kPa + 0x1000);
    map(kLarge, 8 * kStep, 1);
    map(kLarge + kStep, 9 * kStep, 1);
  }
  void sequential(TlbParams& tlb, std::uint32_t probe_cycles) {
    tlb.probing = TlbParams::Probing::kSequential;
    tlb.probe_cycles = probe_cycles;
  }
};

TEST_F(TlbArraysTest, PagesOfDifferentSizesDoNotDisplaceEachOther) {
  split(1);
  map_all();
  make();
  ask(1, 1, kSmall);
  ask(100, 2, kLarge);
  ask(200, 3, kSmall);
  ask(300, 4, kLarge);
  expect_answer(3, 201, 200);
  expect_answer(4, 301, 300);
  EXPECT_EQ(mmu().dtlb().stats().evictions, 0u);
}

TEST_F(TlbArraysTest, PagesOfOneSizeDoNotUseTheOtherArray) {
  split(2);
  map_all();
  make();
  ask(1, 1, kSmall);
  ask(100, 2, kSmall + 0x1000);  // displaces the first
  ask(200, 3, kSmall);
  expect_answer(3, 208, 201);  // STLB: 200 + 1 + 7
  ask(300, 4, kLarge);
  ask(400, 5, kLarge + kStep);
  ask(500, 6, kLarge);
  expect_answer(6, 501, 500);
}

TEST_F(TlbArraysTest, APageOfASizeThatNoArrayHoldsIsNotEntered) {
  split(0);
  map_all();
  make();
  ask(1, 1, kLarge);
  expect_answer(1, 34);  // 1 + 33
  EXPECT_EQ(mmu().dtlb().stats().fills, 0u);
  EXPECT_EQ(mmu().stlb().stats().fills, 1u);
  ask(100, 2, kLarge);
  expect_answer(2, 108, 101);  // in the STLB only
}

TEST_F(TlbArraysTest, AFenceReachesEveryArray) {
  split(2);
  map_all();
  make();
  ask(1, 1, kSmall);
  ask(100, 2, kLarge);
  fence(200, {});
  ask(300, 3, kLarge);
  expect_answer(3, 333);
  EXPECT_EQ(mmu().dtlb().stats().fenced, 2u);
}

TEST_F(TlbArraysTest, AHitPaysForTheProbesBeforeItsOwn) {
  sequential(params.dtlb, 5);
  map_all();
  make();
  ask(1, 1, kSmall);
  ask(100, 2, kLarge);
  ask(200, 3, kSmall);
  ask(300, 4, kLarge);
  expect_answer(3, 201, 200);  // 4K is looked for first
  expect_answer(4, 306, 300);  // 300 + 1 + 5
}

TEST_F(TlbArraysTest, AMissPaysForTheProbesOfAllSizesOfTheFormat) {
  sequential(params.dtlb, 5);
  sequential(params.stlb, 3);
  map_all();
  make();
  ask(1, 1, kSmall);
  // 4K, 2M, 1G: 1 + 1 + 2 * 5 + 7 + 2 * 3 + 37.
  expect_answer(1, 62);
  ask(100, 2, kLarge);
  ask(200, 3, kLarge, AccessKind::kFetch);  // ITLB: parallel
  expect_answer(3, 211, 201);               // 200 + 1 + 7 + 3
}

TEST_F(TlbArraysTest, ArraysProbeBesideEachOther) {
  split(4);
  params.dtlb.large.page_sizes = "2M+1G";
  sequential(params.dtlb, 5);
  map_all();
  make();
  ask(1, 1, kLarge);
  // The longer of {4K} and {2M, 1G}: 1 + 1 + 5 + 7 + 25.
  expect_answer(1, 39);
  ask(100, 2, kLarge);
  expect_answer(2, 101, 100);  // the first of its array
}

TEST_F(TlbArraysTest, AnEntryThatNeedsAWalkIsAMissAndPaysForAllProbes) {
  params.dtlb.page_sizes = "4K+2M";
  sequential(params.dtlb, 5);
  map(kSmall, kPa, 0, true, true, false);
  make();
  ask(1, 1, kSmall);
  ask(100, 2, kSmall, AccessKind::kStore);
  // 100 + (1 + 5) + 7 + 37, and the update of D: 10 + 2.
  expect_answer(2, 162);
}

TEST_F(TlbArraysTest, ImpossibleShapesAreRefused) {
  const auto refuses = [this](const std::string& text) {
    try {
      make();
      ADD_FAILURE() << "accepted, should be: " << text;
    } catch (const ConfigError& error) {
      EXPECT_NE(std::string(error.what()).find(text), std::string::npos) << error.what();
    }
  };
  params.dtlb.large.entries = 2;  // the base array holds all
  refuses("mmu.dtlb.large.page_sizes: 2M: another array");
  params.dtlb.page_sizes = "4K 2M";
  refuses("mmu.dtlb.page_sizes: 4K 2M is no list");
}

TEST_F(TlbArraysTest, LargePagesMayBeHeldToSomeWays) {
  params.dtlb.entries = params.dtlb.ways = 2;
  params.dtlb.large_page_ways = 1;
  map_all();
  make();
  ask(1, 1, kLarge);
  ask(100, 2, kLarge + kStep);  // takes the first's way, though the other is empty
  ask(200, 3, kLarge);
  expect_answer(3, 208, 201);  // STLB: 200 + 1 + 7
  ask(300, 4, kSmall);         // the other
  ask(400, 5, kLarge);
  expect_answer(5, 401, 400);
  ask(500, 6, kSmall);
  expect_answer(6, 501, 500);
}

TEST_F(TlbArraysTest, ALargePageDisplacesWhatItsWaysHold) {
  params.dtlb.entries = params.dtlb.ways = 2;
  params.dtlb.large_page_ways = 1;
  map_all();
  make();
  ask(1, 1, kSmall);
  ask(100, 2, kSmall + 0x1000);
  ask(200, 3, kSmall);  // the other is the least recently used one
  ask(300, 4, kLarge);
  ask(400, 5, kSmall + 0x1000);
  ask(500, 6, kSmall);
  expect_answer(5, 401, 400);
  expect_answer(6, 508, 501);
}

TEST_F(TlbArraysTest, TheSmallestPagesOfTheArrayAreNotHeldToThem) {
  params.dtlb.entries = params.dtlb.ways = 2;
  params.dtlb.page_sizes = "2M";
  params.dtlb.large_page_ways = 1;
  map_all();
  make();
  ask(1, 1, kLarge);
  ask(100, 2, kLarge + kStep);
  ask(200, 3, kLarge);
  expect_answer(3, 201, 200);
}

TEST_F(TlbArraysTest, MoreWaysForLargePagesThanASetHasAreRefused) {
  params.dtlb.entries = params.dtlb.ways = 2;
  params.dtlb.large_page_ways = 3;
  EXPECT_THROW(make(), ConfigError);
}

}  // namespace
}  // namespace mmu
