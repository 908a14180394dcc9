// The baselines of docs/timing.md, section 11: right translations at a price that is known.
#include "testbench/support/mmu_test.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kVa = 0x4000'0000;
constexpr std::uint64_t kPa = 0x80'0000;

class BaselineTest : public MmuTest {
 protected:
  /// Asks through the entrance that the core uses, in the turn of issue of `cycle`.
  void look_up(Cycle cycle, std::uint32_t id, std::uint64_t va, AccessKind kind = AccessKind::kLoad,
               AccessContext context = {}) {
    at(cycle, Rank::kIssue, [this, cycle, id, va, kind, context] {
      auto& in = kind == AccessKind::kFetch ? mmu().fetches_in() : mmu().data_in();
      // Not the oldest: a perfect TLB does not care.
      const TranslateAnswer answer =
          in->translate({cycle, id, VirtAddr(va), kAsid, kind, false, false, context});
      ASSERT_TRUE(answer.is_now());
      core.add(id, answer.at, *answer.result);
    });
  }
  const FakeCore::Reply& reply(std::uint32_t id) { return *core.reply_to(id); }
};

class PerfectTlbTest : public BaselineTest {
 protected:
  PerfectTlbTest() { params.mode = MmuParams::Mode::kPerfectTlb; }
};

class NoTranslationTest : public BaselineTest {
 protected:
  NoTranslationTest() { params.mode = MmuParams::Mode::kNoTranslation; }
};

TEST_F(PerfectTlbTest, TheFirstLookUpHitsInTheLatencyOfItsOwnSide) {
  params.dtlb.latency_cycles = 3;
  params.itlb.latency_cycles = 2;
  map(kVa, kPa);
  make();
  look_up(100, 1, kVa + 0x123);
  look_up(100, 2, kVa, AccessKind::kFetch);
  run_to(200);
  EXPECT_EQ(reply(1).at, 103u);
  EXPECT_EQ(reply(2).at, 102u);
  EXPECT_EQ(reply(1).result.to.of(VirtAddr(kVa + 0x123)).value(), kPa + 0x123);
  EXPECT_EQ(mmu().dtlb_stats().hits, 1u);
  EXPECT_EQ(mmu().itlb_stats().accesses, 1u);
  EXPECT_EQ(mmu().stlb().stats().accesses + mmu().walker().stats().walks, 0u);
  EXPECT_TRUE(memory.requests.empty());
}

// Were it looked up, it would take 3 cycles, and the port from the load after it.
TEST_F(PerfectTlbTest, BareModeCostsNothingAndLooksNothingUp) {
  params.dtlb.latency_cycles = 3;
  params.dtlb.lookups_per_cycle = 1;
  map(kVa, kPa);
  make();
  look_up(100, 1, kVa + 0x123, AccessKind::kLoad, {AccessContext::kBare});
  look_up(100, 2, kVa);
  run_to(200);
  EXPECT_EQ(reply(1).at, 100u);
  EXPECT_EQ(reply(1).result.to.of(VirtAddr(kVa + 0x123)).value(), kVa + 0x123);
  EXPECT_EQ(reply(2).at, 103u);
  EXPECT_EQ(mmu().dtlb_stats().accesses, 1u);
}

TEST_F(PerfectTlbTest, OnePortServesOneLookUpACycle) {
  params.dtlb.lookups_per_cycle = 1;
  map(kVa, kPa);
  make();
  for (std::uint32_t id = 1; id < 4; ++id) look_up(100, id, kVa);
  run_to(200);
  EXPECT_EQ(reply(1).at, 101u);
  EXPECT_EQ(reply(2).at, 102u);  // port in 101
  EXPECT_EQ(reply(3).at, 103u);
}

TEST_F(PerfectTlbTest, AFaultIsKnownAfterTheLatency) {
  params.dtlb.latency_cycles = 3;
  map(kVa, kPa);  // its neighbour is not there
  make();
  look_up(100, 1, kVa + 0x1000);
  run_to(200);
  EXPECT_EQ(reply(1).at, 103u);
  EXPECT_EQ(reply(1).result.verdict, Verdict::kFault);
  EXPECT_EQ(reply(1).result.fault.kind, FaultKind::kNotPresent);
  EXPECT_EQ(mmu().dtlb_stats().faults, 1u);
}

TEST_F(NoTranslationTest, IsThereInTheCycleOfAskingWhateverThePorts) {
  params.dtlb.latency_cycles = 3;
  params.dtlb.lookups_per_cycle = 1;
  map(kVa, kPa);
  make();
  look_up(100, 1, kVa + 8);
  look_up(100, 2, kVa + 16);
  run_to(200);
  EXPECT_EQ(reply(1).at, 100u);
  EXPECT_EQ(reply(2).at, 100u);
  EXPECT_EQ(reply(2).result.to.of(VirtAddr(kVa + 16)).value(), kPa + 16);
}

TEST_F(NoTranslationTest, AFaultIsKnownInTheNextCycle) {
  make();
  look_up(100, 1, kVa);
  look_up(100, 2, std::uint64_t{1} << 45);  // Sv39 has 39 bits
  run_to(200);
  EXPECT_EQ(reply(1).at, 101u);
  EXPECT_EQ(reply(1).result.fault.kind, FaultKind::kNotPresent);
  EXPECT_EQ(reply(1).result.fault.level, 2u);
  EXPECT_EQ(reply(2).at, 101u);
  EXPECT_EQ(reply(2).result.fault.kind, FaultKind::kNonCanonical);
}

TEST_F(NoTranslationTest, SeesWhatMemorySaysWithoutAnyFence) {
  const PhysAddr pte = map(kVa, kPa);
  make();
  look_up(100, 1, kVa);
  at(150, Rank::kIssue, [this, pte] { bytes.store(pte, 8, 0); });
  look_up(151, 2, kVa);
  run_to(200);
  EXPECT_EQ(reply(1).result.verdict, Verdict::kOk);
  EXPECT_EQ(reply(2).result.verdict, Verdict::kFault);
}

TEST_F(NoTranslationTest, LargePagesKeepTheirOffset) {
  map(kVa, kPa, 1);
  make();
  look_up(100, 1, kVa + 0x12'3456);
  run_to(100);
  EXPECT_EQ(reply(1).result.to.page_shift, 21u);
  EXPECT_EQ(reply(1).result.to.of(VirtAddr(kVa + 0x12'3456)).value(), kPa + 0x12'3456);
}

constexpr std::uint64_t kA = 1 << 6, kD = 1 << 7;  // of RISC-V entries

TEST_F(NoTranslationTest, TheLookUpSetsAAndForAStoreD) {
  const PhysAddr pte = map(kVa, kPa, 0, true, false, false);
  make();
  look_up(100, 1, kVa);
  run_to(100);
  EXPECT_EQ(bytes.load(pte, 8) & (kA | kD), kA);
  look_up(110, 2, kVa, AccessKind::kStore);
  run_to(110);
  EXPECT_EQ(reply(2).result.verdict, Verdict::kOk);
  EXPECT_EQ(bytes.load(pte, 8) & (kA | kD), kA | kD);
}

TEST_F(NoTranslationTest, AStoreWithoutTheRightFaultsAndSetsNothing) {
  const PhysAddr pte = map(kVa, kPa, 0, false, false, false);
  make();
  look_up(100, 1, kVa, AccessKind::kStore);
  run_to(100);
  EXPECT_EQ(reply(1).result.fault.kind, FaultKind::kNoRight);
  EXPECT_EQ(bytes.load(pte, 8) & (kA | kD), 0u);
}

TEST_F(NoTranslationTest, WithBitsLeftToSoftwareClearOnesFault) {
  control.ad_update = AdUpdate::kFault;
  const PhysAddr old = map(kVa, kPa, 0, true, false, false);
  map(kVa + 0x1000, kPa, 0, true, true, false);
  make();
  look_up(100, 1, kVa);
  look_up(100, 2, kVa + 0x1000, AccessKind::kStore);
  look_up(100, 3, kVa + 0x1000);
  run_to(100);
  EXPECT_EQ(reply(1).result.fault.kind, FaultKind::kNotAccessed);
  EXPECT_EQ(reply(2).result.fault.kind, FaultKind::kNotDirty);
  EXPECT_EQ(reply(3).result.verdict, Verdict::kOk);
  EXPECT_EQ(bytes.load(old, 8) & kA, 0u);
}

TEST_F(NoTranslationTest, OfX86SetsAInEveryLevel) {
  control.format = find_format("x86-64-4level");
  map(kVa, kPa, 0, true, false, false);
  make();
  look_up(100, 1, kVa);
  run_to(100);
  constexpr std::uint64_t kAccessed = 1 << 5;
  Walk walk(*control.format, VirtAddr(kVa), control.root);
  for (unsigned level = 4; level-- > 0;) {
    const std::uint64_t pte = bytes.load(walk.entry_address(), 8);
    EXPECT_EQ(pte & kAccessed, kAccessed) << level;
    walk.consume(pte);
  }
}

}  // namespace
}  // namespace mmu
