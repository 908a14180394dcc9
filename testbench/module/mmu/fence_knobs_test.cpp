// How exactly fences are carried out, and how long that takes. Times as in tlb_timing_test.cpp.
#include "testbench/support/mmu_test.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kVa = 0x4000'0000;
constexpr std::uint64_t kPa = 0x80'0000;
constexpr std::uint64_t kGlobalBit = 1 << 5;

/// Four pages known to the DTLB: two of ASID 1, one of ASID 2, and a global one.
class FencePrecisionTest : public MmuTest {
 protected:
  void fill(FenceParams::Precision precision) {
    params.fence.precision = precision;
    params.walk_cache.level1 = {4, 0};
    for (std::uint64_t page = 0; page < 4; ++page) {
      const PhysAddr pte = map(kVa + page * 0x1000, kPa + page * 0x1000);
      if (page == 3) bytes.store(pte, 8, bytes.load(pte, 8) | kGlobalBit);
    }
    make();
    for (std::uint32_t page = 0; page < 4; ++page) {
      const Asid asid = page == 2 ? kAsid + 1 : kAsid;
      at(1 + 100 * page, Rank::kIssue, [this, page, asid] {
        mmu().data_in()->translate(
            {1 + 100 * page, page, VirtAddr(kVa + page * 0x1000), asid, AccessKind::kLoad});
      });
    }
  }
  /// So many entries of the DTLB, and of the walk cache, are gone after a fence.
  void expect_fenced(const FenceScope& scope, std::uint64_t entries, std::uint64_t pointers) {
    fence(500, scope);
    run_to(500);
    EXPECT_EQ(mmu().dtlb().stats().fenced, entries);
    EXPECT_EQ(mmu().stlb().stats().fenced, entries);
    EXPECT_EQ(mmu().walker().stats().cache_fenced, pointers);
  }
  using Precision = FenceParams::Precision;
};

TEST_F(FencePrecisionTest, ExactRemovesThePage) {
  fill(Precision::kExact);
  expect_fenced({kAsid, VirtAddr(kVa), true}, 1, 0);
}

// The walk cache has one pointer for each of the two ASIDs: all pages lie in one region.
TEST_F(FencePrecisionTest, WithoutItsAddressAFenceRemovesAllOfTheAsidPointersToo) {
  fill(Precision::kAsid);
  expect_fenced({kAsid, VirtAddr(kVa), true}, 2, 1);
}

TEST_F(FencePrecisionTest, WithoutItsAddressAFenceOfAllAsidsRemovesEverything) {
  fill(Precision::kAsid);
  expect_fenced({{}, VirtAddr(kVa), true}, 4, 2);
}

TEST_F(FencePrecisionTest, AFenceThatHasNoAddressIsCarriedOutAsItIs) {
  fill(Precision::kAsid);
  expect_fenced({kAsid, {}, true}, 2, 0);
}

TEST_F(FencePrecisionTest, AllRemovesEverythingWhateverTheFence) {
  fill(Precision::kAll);
  expect_fenced({Asid{7}, VirtAddr(0), true}, 4, 2);
}

TEST_F(FencePrecisionTest, WalksInFlightSeeWhatIsCarriedOut) {
  params.fence.precision = Precision::kAsid;
  map(kVa, kPa);
  make();
  ask(1, 1, kVa);
  fence(20, {kAsid, VirtAddr(kVa + 0x1000), true});  // another page
  ask(21, 2, kVa);                                   // walks for itself, behind the other
  expect_answer(1, 46);
  EXPECT_EQ(mmu().dtlb().stats().fills, 0u);
  expect_answer(2, 84);  // taken up in 47: 47 + 3 * 12 + 1
}

class FenceLatencyTest : public MmuTest {
 protected:
  FenceLatencyTest() {
    params.fence.latency_cycles = 10;
    map(kVa, kPa);
    map(kVa + 0x1000, kPa + 0x1000);
  }
  const FenceScope elsewhere_{kAsid, VirtAddr(kVa + 0x9000), true};
};

TEST_F(FenceLatencyTest, LookUpsWaitUntilItIsCarriedOut) {
  make();
  ask(1, 1, kVa);
  fence(100, elsewhere_);
  ask(109, 2, kVa);
  ask(110, 3, kVa);
  expect_answer(3, 111, 110);
  EXPECT_EQ(core.refused, (std::vector<std::uint32_t>{2}));
  EXPECT_EQ(mmu().dtlb().stats().accesses, 2u) << "held is not looked up";
}

TEST_F(FenceLatencyTest, FencesInOneCycleFollowEachOther) {
  make();
  ask(1, 1, kVa);
  fence(100, elsewhere_);
  fence(100, elsewhere_);
  ask(119, 2, kVa);
  ask(120, 3, kVa);
  expect_answer(3, 121, 120);
  EXPECT_EQ(core.refused, (std::vector<std::uint32_t>{2}));
}

TEST_F(FenceLatencyTest, AShortHitIsHeldToo) {
  make();
  ask(1, 1, kVa);
  at(90, Rank::kIssue, [&] {  // remembered from now on
    EXPECT_EQ(mmu().data_in()->hit(90, VirtAddr(kVa), kAsid, AccessKind::kLoad).at, 91u);
  });
  fence(100, elsewhere_);
  at(109, Rank::kIssue,
     [&] { EXPECT_EQ(mmu().data_in()->hit(109, VirtAddr(kVa), kAsid, AccessKind::kLoad).at, 0u); });
  at(110, Rank::kIssue, [&] {
    EXPECT_EQ(mmu().data_in()->hit(110, VirtAddr(kVa), kAsid, AccessKind::kLoad).at, 111u);
  });
  run_to(110);
}

TEST_F(FenceLatencyTest, TheStlbIsHeldAsWell) {
  make();
  ask(1, 1, kVa, AccessKind::kFetch);  // known to ITLB and STLB
  ask(99, 2, kVa);                     // reaches the STLB in 100
  fence(100, elsewhere_);
  expect_answer(2, 117, 110);  // looked up in 110, 7 cycles
}

TEST_F(FenceLatencyTest, WalksGoOn) {
  make();
  ask(1, 1, kVa);
  fence(20, elsewhere_);
  fence(30, elsewhere_);
  fence(40, elsewhere_);
  expect_answer(1, 46);  // as without them
}

}  // namespace
}  // namespace mmu
