// One pass against one TLB for each size; a sample against all pages.
#include "traces/reuse/reuse_counts.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "testbench/unit/reuse/naive_stack.hpp"
#include "traces/workloads/random.hpp"
#include "traces/workloads/zipf.hpp"

namespace mmu::traces {
namespace {

std::vector<std::uint64_t> zipf_pages(std::size_t count, std::uint64_t pages, double theta) {
  Random random(3);
  const Zipf zipf(pages, theta);
  std::vector<std::uint64_t> list;
  for (std::size_t i = 0; i < count; ++i) list.push_back(mixed(zipf.draw(random)) >> 20);
  return list;
}

ReuseCounts counts_of(const std::vector<std::uint64_t>& pages, double rate = 1) {
  ReuseCounts counts(rate);
  for (const std::uint64_t page : pages) counts.touch(page);
  counts.settle();
  return counts;
}

TEST(ReuseCountsTest, KnowTheMissesOfEverySizeAtOnce) {
  const std::vector<std::uint64_t> pages = zipf_pages(20'000, 300, 0.8);
  const ReuseCounts counts = counts_of(pages);
  for (std::size_t entries = 1; entries <= 310; ++entries) {
    ASSERT_EQ(counts.misses(entries), static_cast<double>(misses_of_lru(pages, entries)))
        << entries;
  }
  EXPECT_EQ(counts.accesses(), 20'000u);
  EXPECT_EQ(counts.error(5), 0);
}

TEST(ReuseCountsTest, SayHowManyEntriesAreEnough) {
  const std::vector<std::uint64_t> pages = {1, 2, 3, 4, 1, 9, 9};
  const ReuseCounts counts = counts_of(pages);
  EXPECT_EQ(counts.enough(), 4u);
  EXPECT_EQ(counts.misses(4), 5);
  EXPECT_EQ(counts.misses(3), 6);
  EXPECT_EQ(counts_of({}).enough(), 1u);
  EXPECT_EQ(counts_of({1, 2, 3}).misses(1), 3);
}

// Of 50,000 pages about 5,000 are in the sample. Three times the error that it states for itself
// is six standard errors.
TEST(ReuseCountsTest, ASampleIsWithinTheErrorThatItStates) {
  for (const double theta : {0.0, 0.6, 0.9}) {
    const std::vector<std::uint64_t> pages = zipf_pages(1'000'000, 50'000, theta);
    const ReuseCounts exact = counts_of(pages), sample = counts_of(pages, 0.1);
    EXPECT_EQ(sample.accesses(), exact.accesses());
    EXPECT_NEAR(static_cast<double>(sample.distinct()) / static_cast<double>(exact.distinct()), 0.1,
                0.01);
    for (const std::uint64_t entries : {100u, 1000u, 5000u, 20'000u, 50'000u}) {
      EXPECT_NEAR(sample.ratio(entries), exact.ratio(entries), 3 * sample.error(entries) + 1e-3)
          << "theta " << theta << ", " << entries;
      // So few entries are but one or two in each of the eight parts.
      EXPECT_LT(sample.error(entries), entries < 1000 ? 0.1 : 0.05);
    }
  }
}

TEST(ReuseCountsTest, ASampleOfTooFewPagesSaysSo) {
  const ReuseCounts few = counts_of(zipf_pages(10'000, 300, 0), 0.1);
  EXPECT_TRUE(few.too_few());
  EXPECT_EQ(few.error(10), 1);
  EXPECT_FALSE(counts_of(zipf_pages(10'000, 300, 0)).too_few());
}

// A page again and again costs a sample nothing, and counts as a hit whether it is in or not.
TEST(ReuseCountsTest, ASampleKnowsRepetitions) {
  std::vector<std::uint64_t> pages;
  for (std::uint64_t page = 0; page < 10'000; ++page) pages.insert(pages.end(), 10, page);
  const ReuseCounts sample = counts_of(pages, 0.1);
  EXPECT_EQ(sample.accesses(), 100'000u);
  EXPECT_NEAR(sample.ratio(1), 0.1, 0.01);
}

}  // namespace
}  // namespace mmu::traces
