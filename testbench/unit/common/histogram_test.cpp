#include "hw/common/histogram.hpp"

#include <gtest/gtest.h>

namespace mmu {
namespace {

TEST(Histogram, OfNothingIsZero) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.percentile(50), 0u);
  EXPECT_EQ(histogram.max(), 0u);
}

// Nearest rank: of n values the ceil(n x percent / 100)-th smallest.
TEST(Histogram, PercentilesAreExact) {
  Histogram histogram;
  for (const std::uint64_t value : {15u, 20u, 35u, 40u, 50u}) histogram.add(value);
  EXPECT_EQ(histogram.percentile(5), 15u);
  EXPECT_EQ(histogram.percentile(20), 15u);
  EXPECT_EQ(histogram.percentile(21), 20u);
  EXPECT_EQ(histogram.percentile(30), 20u);
  EXPECT_EQ(histogram.percentile(40), 20u);
  EXPECT_EQ(histogram.percentile(50), 35u);
  EXPECT_EQ(histogram.percentile(100), 50u);
  EXPECT_EQ(histogram.percentile(0), 15u);
  EXPECT_EQ(histogram.sum(), 160u);
  EXPECT_EQ(histogram.max(), 50u);
}

TEST(Histogram, CountsRepeatedValues) {
  Histogram histogram;
  for (int i = 0; i < 99; ++i) histogram.add(4);
  histogram.add(1'000'000);
  EXPECT_EQ(histogram.percentile(99), 4u);
  EXPECT_EQ(histogram.percentile(100), 1'000'000u);
}

TEST(Histogram, IsExactOnBothSidesOfItsDenseRange) {
  Histogram histogram;
  for (const std::uint64_t value : {4095u, 4096u, 4097u}) histogram.add(value);
  EXPECT_EQ(histogram.percentile(33), 4095u);
  EXPECT_EQ(histogram.percentile(34), 4096u);
  EXPECT_EQ(histogram.percentile(67), 4097u);
  EXPECT_EQ(histogram.max(), 4097u);
}

TEST(Histogram, ZeroIsAValueLikeAnyOther) {
  Histogram histogram;
  histogram.add(0);
  histogram.add(3);
  EXPECT_EQ(histogram.percentile(50), 0u);
  EXPECT_EQ(histogram.percentile(51), 3u);
}

}  // namespace
}  // namespace mmu
