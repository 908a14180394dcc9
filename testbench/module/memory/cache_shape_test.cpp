// Each knob of the array of lines changes what hits. (The other knobs: cache_module_test.cpp and
// cache_refusal_test.cpp.)
#include <initializer_list>

#include "testbench/module/memory/cache_fixture.hpp"

namespace mmu {
namespace {

class CacheShapeTest : public CacheModuleTest {
 protected:
  /// Hits of one read after the other, far enough apart to be over.
  std::uint64_t hits(std::initializer_list<std::uint64_t> lines) {
    Cycle cycle = 10;
    std::uint32_t id = 0;
    for (const std::uint64_t line : lines) ask(cycle += 20, id++, line);
    run_to(cycle + 20);
    return cache().stats().hits;
  }
};

// Lines 0, 2 and 4 lie in one set of two lines: nothing is left of 0.
TEST_F(CacheShapeTest, ThreeLinesDoNotFitIntoTwoWays) { EXPECT_EQ(hits({0, 2, 4, 0}), 0u); }

TEST_F(CacheShapeTest, TwiceTheSizeIsTwiceTheSets) {
  params_.size_bytes = 512;  // 4 sets: 2 lies elsewhere
  EXPECT_EQ(hits({0, 2, 4, 0}), 1u);
}

TEST_F(CacheShapeTest, TwiceTheWaysIsOneSet) {
  params_.ways = 4;
  EXPECT_EQ(hits({0, 2, 4, 0}), 1u);
}

TEST_F(CacheShapeTest, SetsNeedNotBeAPowerOfTwo) {
  params_.size_bytes = 3 * 2 * 64;                // 3 sets: 0 and 3, 2, 4
  EXPECT_EQ(hits({0, 2, 4, 0, 3, 6, 3, 0}), 2u);  // 0 again; 3 again; 0 has gone for 6
}

TEST_F(CacheShapeTest, LongerLinesHoldTheNeighbour) {
  params_.line_bytes = 128;  // 64-byte lines 0 and 1 are one
  EXPECT_EQ(hits({0, 1}), 1u);
  EXPECT_EQ(memory_.requests.size(), 1u);
}

// One set of four, filled 0 1 2 3 and 0 used again. Then 4 comes: true LRU gives up 1, the tree
// (root away from 0's half, there away from 3) gives up 2.
TEST_F(CacheShapeTest, LruGivesUpTheLeastRecentlyUsed) {
  params_.ways = 4;
  EXPECT_EQ(hits({0, 1, 2, 3, 0, 4, 2}), 2u);
}
TEST_F(CacheShapeTest, TreePlruGivesUpWhatTheTreePointsTo) {
  params_.ways = 4;
  params_.replacement = Replacement::kTreePlru;
  EXPECT_EQ(hits({0, 1, 2, 3, 0, 4, 2}), 1u);
}

TEST_F(CacheShapeTest, RandomReplacementKeepsPartOfALoopThatIsTooLong) {
  params_.ways = 4;
  params_.replacement = Replacement::kRandom;
  // LRU would never hit in a loop over five lines of four.
  EXPECT_GT(hits({0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4}), 3u);
}
TEST_F(CacheShapeTest, LruNeverHitsInALoopThatIsTooLong) {
  params_.ways = 4;
  EXPECT_EQ(hits({0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4}), 0u);
}

}  // namespace
}  // namespace mmu
