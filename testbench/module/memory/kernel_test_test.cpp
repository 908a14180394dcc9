// The fixture itself: run_to() ends exactly after its cycle, running ahead or not.
#include "testbench/support/kernel_test.hpp"

#include <string>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

class KernelTestTest : public KernelTest, public testing::WithParamInterface<bool> {
 protected:
  KernelTestTest() : KernelTest(GetParam()) {}
  std::string happened_;
};
INSTANTIATE_TEST_SUITE_P(RunAhead, KernelTestTest, testing::Bool());

TEST_P(KernelTestTest, RunsUpToAndIncludingTheCycleThatIsNamed) {
  at(4, Rank::kIssue, [&] { happened_ += "4i "; });
  at(4, Rank::kDram, [&] { happened_ += "4d "; });
  at(5, Rank::kDram, [&] { happened_ += "5d "; });
  at(4, Rank::kIssue, [&] { happened_ += "4j "; });
  run_to(3);
  EXPECT_EQ(happened_, "");
  run_to(4);
  EXPECT_EQ(happened_, "4d 4i 4j ");
  run_to(4);
  EXPECT_EQ(happened_, "4d 4i 4j ");
  at(9, Rank::kWatchdog, [&] { happened_ += "9w "; });
  run_to(8);
  EXPECT_EQ(happened_, "4d 4i 4j 5d ");
  run_to(5000);
  EXPECT_EQ(happened_, "4d 4i 4j 5d 9w ");
}

TEST_P(KernelTestTest, AnActionMayAddOthersLaterInItsOwnCycle) {
  at(2, Rank::kL2, [&] { at(2, Rank::kIssue, [&] { happened_ += "later"; }); });
  run_to(1);
  EXPECT_EQ(happened_, "");
  run_to(2);
  EXPECT_EQ(happened_, "later");
}

TEST_P(KernelTestTest, WhatAnActionThrowsReachesTheTest) {
  at(2, Rank::kL2, [] { throw ModelError("on purpose"); });
  run_to(1);
  EXPECT_THROW(run_to(2), ModelError);
}

}  // namespace
}  // namespace mmu
