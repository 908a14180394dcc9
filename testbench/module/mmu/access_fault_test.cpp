// Memory answers the read of a page-table entry with an error: an access fault for the request that
// the walk was made for, and nothing for those that have joined it (docs/timing.md, section 5).
#include "testbench/support/mmu_test.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kVa = 0x4000'0000;

class AccessFaultTest : public MmuTest {
 protected:
  AccessFaultTest() {
    bytes.broken = map(kVa, 0x80'0000);
    make();
  }
  void expect_access_fault(std::uint32_t id) {
    ASSERT_NE(core.reply_to(id), nullptr);
    EXPECT_EQ(core.reply_to(id)->result.verdict, Verdict::kFault);
    EXPECT_EQ(core.reply_to(id)->result.fault.kind, FaultKind::kAccessFault);
  }
  void expect_to_ask_again(std::uint32_t id) {
    ASSERT_NE(core.reply_to(id), nullptr);
    EXPECT_EQ(core.reply_to(id)->result.verdict, Verdict::kNeedsWalk);
  }
};

TEST_F(AccessFaultTest, IsAnsweredInTheTimeOfAnyOtherAnswer) {
  ask(1, 1, kVa);
  expect_answer(1, 46);  // 1 + 1 (DTLB) + 7 (STLB) + 3 * (10 + 2) + 1
  expect_access_fault(1);
}

TEST_F(AccessFaultTest, WhoHasJoinedInTheFirstLevelAsksAgain) {
  ask(1, 1, kVa);
  ask(2, 2, kVa + 8);
  expect_answer(1, 46);
  expect_access_fault(1);
  expect_to_ask_again(2);
}

TEST_F(AccessFaultTest, WhoHasJoinedInTheSecondLevelAsksAgain) {
  ask(1, 1, kVa, AccessKind::kFetch);
  ask(1, 2, kVa);  // through the DTLB: it meets the fetch in the STLB
  expect_answer(1, 46);
  expect_access_fault(1);
  expect_to_ask_again(2);
}

TEST_F(AccessFaultTest, IsNotRemembered) {
  ask(1, 1, kVa);
  run_to(60);
  bytes.broken = PhysAddr(~std::uint64_t{0});
  ask(100, 2, kVa);
  expect_answer(2, 145);  // the whole walk again
  EXPECT_EQ(core.reply_to(2)->result.verdict, Verdict::kOk);
}

}  // namespace
}  // namespace mmu
