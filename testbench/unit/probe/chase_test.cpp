#include "sim/probe/chase.hpp"

#include <gtest/gtest.h>

#include <set>

namespace mmu {
namespace {

constexpr AccessKind kLoad = AccessKind::kLoad;

std::uint64_t start_of(const TraceBlock& block) { return block.events.at(0).event.args[0]; }

TEST(Chase, GoesThroughItsPagesInOrderRoundAfterRound) {
  ChaseTrace trace({2, 8, 3}, kLoad, 2, 64);
  TraceBlock block;
  ASSERT_TRUE(trace.next(block));
  const std::uint64_t pages[] = {0, 1, 2, 8, 9, 10};
  ASSERT_EQ(block.records.size(), 12u);
  const std::uint64_t start = start_of(block);
  for (std::size_t i = 0; i < 12; ++i) {
    EXPECT_EQ(block.records[i].address, start + pages[i % 6] * 4096 + i % 6 * 64) << i;
    EXPECT_EQ(block.records[i].depends_on, i == 0 ? 0 : 1) << i;
    EXPECT_EQ(block.records[i].kind, AccessKind::kLoad);
  }
  EXPECT_EQ(block.events[0].event.args[1], 11u * 4096);  // pages 0..10
  EXPECT_FALSE(trace.next(block));
}

// Fetches of one line that follow each other would be one access.
TEST(Chase, OfFetchesHasExecutableMemoryAndNoLineTwiceInARow) {
  ChaseTrace trace({1, 1, 1}, AccessKind::kFetch, 3, 64);
  TraceBlock block;
  ASSERT_TRUE(trace.next(block));
  EXPECT_EQ(block.events[0].event.args[2], linux_abi::kProtRead | linux_abi::kProtExec);
  ASSERT_EQ(block.records.size(), 3u);
  const std::uint64_t lines[] = {0, 1, 0};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(block.records[i].kind, AccessKind::kFetch);
    EXPECT_EQ(block.records[i].address, start_of(block) + lines[i] * 64);
    EXPECT_EQ(block.records[i].depends_on, 0);
  }
}

TEST(Chase, BeginsAtABoundaryOfItsPages) {
  ChaseTrace trace({1, 2, 2, std::uint64_t{1} << 36}, kLoad, 1, 64);
  TraceBlock block;
  trace.next(block);
  EXPECT_EQ(start_of(block), std::uint64_t{1} << 36);
}

TEST(Chase, StaysInItsPages) {
  ChaseTrace trace({1, 200, 200}, kLoad, 1, 64);
  TraceBlock block;
  trace.next(block);
  const std::uint64_t start = start_of(block);
  for (std::size_t i = 0; i < 200; ++i) EXPECT_EQ((block.records[i].address - start) / 4096, i);
}

TEST(Chase, MayGoThroughLargerPages) {
  ChaseTrace trace({2, 3, 1, 0x10000}, kLoad, 1, 64);
  TraceBlock block;
  trace.next(block);
  EXPECT_EQ(block.records[1].address - block.records[0].address, 3u * 0x10000 + 64);
  EXPECT_EQ(block.events[0].event.args[1], 4u * 0x10000);
}

// With frames in the order of first use, page i lies in frame i of some 32: a cache of 2048 sets
// has 5 bits of the frame and 6 of the line in its index.
TEST(Chase, UsesTheSetsOfACacheEvenly) {
  ChaseTrace trace({1, 2048, 2048}, kLoad, 1, 64);
  TraceBlock block;
  trace.next(block);
  std::set<std::uint64_t> sets;
  for (const TraceRecord& load : block.records) sets.insert(load.address / 64 % 2048);
  EXPECT_EQ(sets.size(), 2048u);
}

TEST(SetStride, IsAMultipleOfEachNumberOfSetsThatIsPossible) {
  EXPECT_EQ(set_stride(1536, 1, 1), 1536u);
  EXPECT_EQ(set_stride(12, 4, 1), 12u);     // at least 2 ways: 1, 2, 3, 4 or 6 sets
  EXPECT_EQ(set_stride(12, 8, 1), 6u);      // at least 4 ways: 1, 2 or 3
  EXPECT_EQ(set_stride(1536, 800, 1), 6u);  // at least 400 ways: 1, 2 or 3
  EXPECT_EQ(set_stride(0, 1, 0), 1u);
}

TEST(SetStride, LeavesRoomForARun) {
  EXPECT_EQ(set_stride(12, 8, 6), 6u);
  EXPECT_EQ(set_stride(12, 8, 7), 12u);
}

TEST(Knee, IsTheLastThatFits) {
  for (std::uint64_t last = 0; last <= 70; ++last) {
    EXPECT_EQ(knee([&](std::uint64_t n) { return n <= last; }, 1000), last);
  }
}

TEST(Knee, EndsAtTheLimit) {
  for (const std::uint64_t limit : {1u, 7u, 8u, 9u}) {
    EXPECT_EQ(knee([&](std::uint64_t n) { return n <= limit; }, limit), limit);
    EXPECT_EQ(knee(
                  [&](std::uint64_t n) {
                    EXPECT_LE(n, limit);
                    return true;
                  },
                  limit),
              limit);
  }
}

}  // namespace
}  // namespace mmu
