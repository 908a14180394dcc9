// Clocks worked out by hand from docs/timing.md, section 9.
#include "hw/dram/dram_timing.hpp"

#include <gtest/gtest.h>

#include <string>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

class DramTimingTest : public testing::Test {
 protected:
  DramTimingTest() {
    params_.channels = 2;
    params_.banks = 2;
    params_.t_cl = 10;
    params_.t_rcd = 20;
    params_.t_rp = 30;
    params_.t_ras = 100;
    params_.burst_clocks = 4;
    params_.t_refi = 0;
    params_.t_rfc = 50;
  }

  /// Data of a bank that first opens row 1 in clock 5, then serves `row` in clock `at`.
  std::uint64_t second(std::uint64_t row, std::uint64_t at) {
    DramTiming timing(params_);
    timing.serve({0, 0, 1}, 5, stats_);
    return timing.serve({0, 0, row}, at, stats_);
  }

  DramParams params_;
  DramStats stats_;
};

TEST_F(DramTimingTest, ClosedRowIsOpenedFirst) {
  DramTiming timing(params_);
  EXPECT_FALSE(timing.is_open(0, 1));
  // act 5, cas 5 + 20 = 25, data 25 + 10 = 35, end 35 + 4
  EXPECT_EQ(timing.serve({0, 0, 1}, 5, stats_), 39u);
  EXPECT_TRUE(timing.is_open(0, 1));
  EXPECT_EQ(timing.free_at(0), 29u);  // 39 - 10
  EXPECT_EQ(timing.free_at(1), 0u);
  EXPECT_EQ(stats_.row_closed, 1u);
  EXPECT_EQ(stats_.bus_clocks, 4u);
}

TEST_F(DramTimingTest, OpenRowCostsTheColumnAccessOnly) {
  EXPECT_EQ(second(1, 50), 64u);  // 50 + 10 + 4
  EXPECT_EQ(stats_.row_hits, 1u);
}

TEST_F(DramTimingTest, HitsToAnOpenRowFollowEachOtherAtTheRateOfTheBus) {
  DramTiming timing(params_);
  std::uint64_t end = timing.serve({0, 0, 1}, 5, stats_);
  for (int i = 0; i < 5; ++i) {
    const std::uint64_t next = timing.serve({0, 0, 1}, timing.free_at(0), stats_);
    EXPECT_EQ(next, end + 4);
    end = next;
  }
}

TEST_F(DramTimingTest, AnotherRowIsPrechargedNotBeforeTRas) {
  // act before 5: precharge at max(k, 105), act + 30, cas + 20, data + 10, end + 4
  EXPECT_EQ(second(2, 104), 169u);
  EXPECT_EQ(second(2, 105), 169u);
  EXPECT_EQ(second(2, 106), 170u);
  EXPECT_EQ(stats_.row_conflicts, 3u);
}

TEST_F(DramTimingTest, TRasCountsFromTheActivationAfterAConflict) {
  DramTiming timing(params_);
  timing.serve({0, 0, 1}, 5, stats_);
  timing.serve({0, 0, 2}, 200, stats_);  // act 230
  // max(300, 330) + 30 + 20 + 10 + 4
  EXPECT_EQ(timing.serve({0, 0, 3}, 300, stats_), 394u);
}

TEST_F(DramTimingTest, BanksOfAChannelShareItsBusOthersDoNot) {
  DramTiming timing(params_);
  EXPECT_EQ(timing.serve({0, 0, 1}, 5, stats_), 39u);
  EXPECT_EQ(timing.serve({0, 1, 1}, 5, stats_), 43u);  // data max(35, 39), end 43
  EXPECT_EQ(timing.free_at(1), 33u);                   // 43 - 10
  EXPECT_EQ(timing.serve({1, 2, 1}, 5, stats_), 39u);
  EXPECT_EQ(timing.serve({1, 3, 1}, 9, stats_), 43u);   // data 39: the bus is just free
  EXPECT_EQ(timing.serve({0, 0, 1}, 60, stats_), 74u);  // long free again
}

TEST_F(DramTimingTest, RefreshClosesTheRowInTheClockInWhichItBegins) {
  params_.t_refi = 1000;
  EXPECT_EQ(second(1, 999), 1013u);  // still open: 999 + 14
  EXPECT_EQ(stats_.refreshes, 0u);
  EXPECT_EQ(second(1, 1000), 1084u);  // over at 1050: act, + 20 + 10 + 4
  EXPECT_EQ(stats_.refreshes, 1u);
  EXPECT_EQ(second(1, 1049), 1084u);
  EXPECT_EQ(second(1, 1050), 1084u);
  EXPECT_EQ(second(1, 1051), 1085u);
  EXPECT_EQ(stats_.row_conflicts, 0u) << "what a refresh closed is closed";
}

TEST_F(DramTimingTest, RefreshIsPaidOnceByEachBank) {
  params_.t_refi = 1000;
  DramTiming timing(params_);
  EXPECT_EQ(timing.serve({0, 0, 1}, 1000, stats_), 1084u);
  EXPECT_EQ(timing.serve({0, 0, 1}, 1100, stats_), 1114u);
  EXPECT_EQ(timing.serve({0, 1, 1}, 1020, stats_), 1118u);  // 1084, but the bus: 1114 + 4
  EXPECT_EQ(stats_.refreshes, 2u);
  // 2 and 3 have passed over bank 0; at 3500 nothing of them is left to wait for.
  EXPECT_EQ(timing.serve({0, 0, 1}, 3500, stats_), 3534u);
  EXPECT_EQ(stats_.refreshes, 4u);
}

TEST_F(DramTimingTest, EachParameterMovesTheClocksItShould) {
  const auto moved = [this](std::uint32_t DramParams::*knob, std::uint64_t row, std::uint64_t at) {
    const std::uint64_t before = second(row, at);
    params_.*knob += 3;
    const std::uint64_t after = second(row, at);
    params_.*knob -= 3;
    return after - before;
  };
  EXPECT_EQ(moved(&DramParams::t_cl, 1, 500), 3u);
  EXPECT_EQ(moved(&DramParams::burst_clocks, 1, 500), 3u);
  EXPECT_EQ(moved(&DramParams::t_rcd, 1, 500), 0u);
  EXPECT_EQ(moved(&DramParams::t_rcd, 2, 500), 3u);
  EXPECT_EQ(moved(&DramParams::t_rp, 1, 500), 0u);
  EXPECT_EQ(moved(&DramParams::t_rp, 2, 500), 3u);
  EXPECT_EQ(moved(&DramParams::t_ras, 2, 500), 0u);
  EXPECT_EQ(moved(&DramParams::t_ras, 2, 50), 3u);
  params_.t_refi = 1000;
  EXPECT_EQ(moved(&DramParams::t_rfc, 1, 500), 0u);
  EXPECT_EQ(moved(&DramParams::t_rfc, 1, 1010), 3u);
  EXPECT_EQ(moved(&DramParams::t_refi, 1, 1004), 3u);  // begins at 1003
}

TEST_F(DramTimingTest, RefreshMustBeShorterThanItsInterval) {
  params_.t_refi = 50;
  try {
    DramTiming timing(params_);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(), "dram.t_rfc must be less than dram.t_refi (50), is 50");
  }
  params_.t_refi = 51;
  EXPECT_NO_THROW(DramTiming{params_});
}

}  // namespace
}  // namespace mmu
