// Random numbers, random orders, and Zipf's law against its own formula.
#include "traces/workloads/random.hpp"

#include <cmath>

#include "testbench/unit/workloads/workload_test.hpp"
#include "traces/workloads/permutation.hpp"
#include "traces/workloads/zipf.hpp"

namespace mmu::traces {
namespace {

// First outputs of SplitMix64 with the state 0, as published with the algorithm (splitmix64.c).
TEST(RandomTest, MixesAsSplitMix64Does) {
  constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;
  EXPECT_EQ(mixed(kStep), 0xe220a8397b1dcdafu);
  EXPECT_EQ(mixed(2 * kStep), 0x6e789e6aa1b965f4u);
  EXPECT_EQ(mixed(3 * kStep), 0x06c45d188009454fu);
}

TEST(PermutationTest, TakesEachPlaceOnce) {
  for (const std::uint64_t n : {1u, 2u, 3u, 7u, 64u, 1000u, 4097u}) {
    const Permutation order(n, 5);
    std::vector<int> seen(n, 0);
    for (std::uint64_t i = 0; i < n; ++i) {
      ASSERT_LT(order.at(i), n);
      EXPECT_EQ(++seen[order.at(i)], 1) << n;
    }
  }
}

// In a random order of n things the neighbour of a place is its successor once on average; 10 times
// has a chance of 1e-7.
TEST(PermutationTest, LeavesNoNeighboursTogether) {
  const Permutation order(100'000, 1);
  unsigned together = 0;
  for (std::uint64_t i = 0; i + 1 < 100'000; ++i) together += order.at(i + 1) == order.at(i) + 1;
  EXPECT_LT(together, 10u);
}

TEST(ZipfTest, PowerAgreesWithTheLibrary) {
  for (const double x : {0.3, 1.0, 1.5, 2.0, 3.0, 1000.0, 1e9, 1e12}) {
    for (const double y : {-3.0, -1.0, -0.99, -0.5, 0.0, 0.7, 2.0}) {
      EXPECT_NEAR(power(x, y) / std::pow(x, y), 1, 1e-13) << x << "^" << y;
    }
  }
}

/// Ranks 0 to 48 one by one and all others together, against (i + 1)^-theta. 49 degrees of freedom:
/// 85.35 is passed by one sample in a thousand.
double distance_from_law(double theta) {
  constexpr std::size_t kItems = 1000, kApart = 49;
  constexpr double kDraws = 200'000;
  std::vector<double> expected(kApart + 1), counts(kApart + 1);
  double all = 0;
  for (std::size_t i = 0; i < kItems; ++i) all += std::pow(static_cast<double>(i + 1), -theta);
  for (std::size_t i = 0; i < kItems; ++i) {
    expected[std::min(i, kApart)] += kDraws / all * std::pow(static_cast<double>(i + 1), -theta);
  }
  Random random(7);
  const Zipf zipf(kItems, theta);
  for (int i = 0; i < kDraws; ++i) {
    ++counts[std::min<std::uint64_t>(zipf.draw(random), kApart)];
  }
  return chi_square(counts, expected);
}

TEST(ZipfTest, FrequenciesFollowTheLaw) {
  for (const double theta : {0.0, 0.5, 0.99, 1.0, 1.001, 1.5, 3.0}) {
    EXPECT_LT(distance_from_law(theta), 85.35) << "theta " << theta;
  }
}

TEST(ZipfTest, DrawsFromOneItemAndFromVeryMany) {
  Random random(1);
  EXPECT_EQ(Zipf(1, 0.99).draw(random), 0u);
  const Zipf many(std::uint64_t{1} << 40, 0.5);
  for (int i = 0; i < 1000; ++i) EXPECT_LT(many.draw(random), std::uint64_t{1} << 40);
}

}  // namespace
}  // namespace mmu::traces
