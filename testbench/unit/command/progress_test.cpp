#include "sim/command/progress.hpp"

#include <gtest/gtest.h>

namespace mmu {
namespace {

TEST(Progress, TellsShareRateAndTimeLeft) {
  // 12 M in 4 s: 3 M/s, 6 M to go
  EXPECT_EQ(progress_text({12'000'000, 18'000'000, 4, "records"}),
            "12.0 M of 18.0 M records (67 %), 3.0 M/s, 2.0 s left");
}

TEST(Progress, WithoutATotalTellsRateOnly) {
  EXPECT_EQ(progress_text({1500, 0, 3, "records"}), "1.5 k records, 500/s");
}

TEST(Progress, LongTimesAreInMinutesAndHours) {
  // 1000 a second; 100 s and 7200 s to go
  EXPECT_EQ(progress_text({1000, 101'000, 1, "records"}),
            "1.0 k of 101.0 k records (1 %), 1.0 k/s, 1 min 40 s left");
  EXPECT_EQ(progress_text({1000, 7'201'000, 1, "records"}),
            "1.0 k of 7.2 M records (0 %), 1.0 k/s, 2 h 00 min left");
}

TEST(Progress, SurvivesATotalThatWasTooSmall) {
  EXPECT_EQ(progress_text({30, 20, 1, "records"}), "30 records, 30/s");
}

}  // namespace
}  // namespace mmu
