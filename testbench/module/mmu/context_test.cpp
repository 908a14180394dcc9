// What takes effect without a fence: privilege, SUM, MXR, bare mode. Times as in walk_test.cpp: a
// first access of Sv39 without a walk cache takes 1 + 7 + 36 + 1 = 45 cycles, a hit 1.
#include "testbench/support/mmu_test.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kVa = 0x4000'0000;
constexpr std::uint64_t kPa = 0x80'0000;

class ContextTest : public MmuTest {
 protected:
  void ask_as(Cycle cycle, std::uint32_t id, AccessContext context,
              AccessKind kind = AccessKind::kLoad) {
    at(cycle, Rank::kIssue, [this, cycle, id, context, kind] {
      const TranslateAnswer answer = mmu().dtlb().in->translate(
          {cycle, id, VirtAddr(kVa), kAsid, kind, /*may_set_dirty=*/true, false, context});
      if (answer.is_now()) core.add(id, answer.at, *answer.result);
    });
  }
  Verdict verdict_of(std::uint32_t id) { return core.reply_to(id)->result.verdict; }
};

TEST_F(ContextTest, AHitIsCheckedAgainWithTheRegistersOfNow) {
  map(kVa, kPa);
  make();
  ask_as(1, 1, {});
  expect_answer(1, 46);
  ask_as(100, 2, riscv_context(true, /*sum=*/false, false));
  expect_answer(2, 101, 100);
  EXPECT_EQ(verdict_of(2), Verdict::kFault);
  EXPECT_EQ(core.reply_to(2)->result.fault.kind, FaultKind::kNoRight);
  ask_as(200, 3, riscv_context(true, /*sum=*/true, false));
  expect_answer(3, 201, 200);
  EXPECT_EQ(verdict_of(3), Verdict::kOk);
  ask_as(300, 4, {});
  expect_answer(4, 301, 300);
  EXPECT_EQ(verdict_of(4), Verdict::kOk);
  EXPECT_EQ(mmu().walker().stats().walks, 1u) << "no look-up but the first missed";
}

TEST_F(ContextTest, AMergedMissIsJudgedForEachInItsOwnContext) {
  map(kVa, kPa);
  make();
  ask_as(1, 1, riscv_context(true, false, false));
  ask_as(2, 2, {});
  expect_answer(1, 46);
  ASSERT_NE(core.reply_to(2), nullptr);
  EXPECT_EQ(verdict_of(1), Verdict::kFault);
  EXPECT_EQ(verdict_of(2), Verdict::kOk);
  EXPECT_EQ(mmu().dtlb().stats().fills, 0u) << "the first decides what may be entered";
}

TEST_F(ContextTest, BareModeCostsNothingAndLooksNothingUp) {
  map(kVa, kPa);
  make();
  ask_as(1, 1, {AccessContext::kBare}, AccessKind::kStore);
  expect_answer(1, 1, 1);
  EXPECT_EQ(verdict_of(1), Verdict::kOk);
  EXPECT_EQ(core.reply_to(1)->result.to.of(VirtAddr(kVa + 5)).value(), kVa + 5);
  EXPECT_EQ(mmu().dtlb().stats().accesses, 0u);
  ask_as(10, 2, {});  // and leaves nothing behind
  expect_answer(2, 55);
  EXPECT_EQ(core.reply_to(2)->result.to.base.value(), kPa);
}

}  // namespace
}  // namespace mmu
