#include "traces/read_ahead.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

#include "testbench/unit/traces/random_trace.hpp"
#include "testbench/unit/traces/trace_test_support.hpp"

namespace mmu::traces {
namespace {

std::vector<TraceBlock> random_blocks(unsigned count) {
  std::mt19937_64 random(5);
  std::vector<TraceBlock> blocks;
  for (unsigned i = 0; i < count; ++i) blocks.push_back(random_block(random, 1 + i, i % 3));
  return blocks;
}

/// Counts what it has delivered.
class CountedTrace final : public TraceSource {
 public:
  explicit CountedTrace(std::atomic<unsigned>& count) : count_(count) {}
  const TraceHeader& header() const override { return header_; }
  bool next(TraceBlock& block) override {
    block.clear();
    block.records.resize(1);
    ++count_;
    return true;
  }

 private:
  TraceHeader header_;
  std::atomic<unsigned>& count_;
};

TEST(ReadAhead, DeliversTheSameBlocksAndHeader) {
  const std::vector<TraceBlock> blocks = random_blocks(100);
  for (const std::size_t ahead : {1u, 3u, 1000u}) {
    TraceHeader header;
    header.command = "x";
    ReadAhead trace(std::make_unique<FakeTrace>(header, blocks), ahead);
    EXPECT_EQ(trace.header().command, "x");
    TraceBlock block;
    for (const TraceBlock& expected : blocks) {
      ASSERT_TRUE(trace.next(block));
      ASSERT_TRUE(same(block, expected));
    }
    EXPECT_FALSE(trace.next(block));
    EXPECT_FALSE(trace.next(block)) << "and again";
  }
}

TEST(ReadAhead, ErrorComesBehindTheBlocksBeforeIt) {
  const std::vector<TraceBlock> blocks = random_blocks(10);
  for (const std::size_t ahead : {1u, 3u, 1000u}) {
    ReadAhead trace(std::make_unique<FakeTrace>(TraceHeader(), blocks, "broken"), ahead);
    TraceBlock block;
    for (const TraceBlock& expected : blocks) {
      ASSERT_TRUE(trace.next(block));
      ASSERT_TRUE(same(block, expected));
    }
    EXPECT_EQ(input_error([&] { trace.next(block); }), "broken");
    EXPECT_EQ(input_error([&] { trace.next(block); }), "broken") << "and again";
  }
}

TEST(ReadAhead, DecodesNoFurtherThanItsBlocks) {
  std::atomic<unsigned> decoded{0};
  ReadAhead trace(std::make_unique<CountedTrace>(decoded), 3);
  const auto settles_at = [&decoded](unsigned count) {
    for (int i = 0; i < 1000 && decoded < count; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return decoded == count;
  };
  EXPECT_TRUE(settles_at(3)) << decoded;
  TraceBlock block;
  trace.next(block);
  EXPECT_TRUE(settles_at(4)) << decoded;
}

TEST(ReadAhead, CanBeDestroyedAtAnyMoment) {
  for (unsigned taken = 0; taken < 50; ++taken) {
    std::atomic<unsigned> decoded{0};
    ReadAhead trace(std::make_unique<CountedTrace>(decoded), 2);
    TraceBlock block;
    for (unsigned i = 0; i < taken; ++i) ASSERT_TRUE(trace.next(block));
  }
}

}  // namespace
}  // namespace mmu::traces
