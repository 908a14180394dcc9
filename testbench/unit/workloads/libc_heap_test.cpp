// The allocator against a plain list of what is allocated and what the kernel has given.
#include "traces/workloads/libc_heap.hpp"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "traces/workloads/random.hpp"

namespace mmu::traces {
namespace {

constexpr std::uint64_t kBreak = 0x1000'0000, kLimit = kBreak + (64 << 20), kMappings = 0x4000'0000;

class LibcHeapTest : public testing::Test {
 protected:
  std::uint64_t malloc(std::uint64_t bytes) {
    const std::uint64_t address = heap_.malloc(bytes);
    EXPECT_EQ(address % 16, 0u);
    live_[address] = bytes;
    return address;
  }
  void free(std::uint64_t address) {
    live_.erase(address);
    heap_.free(address);
  }

  /// Blocks with their size fields lie in memory that is there, apart from each other.
  void check() const {
    std::uint64_t end = 0;
    for (const auto& [address, bytes] : live_) {
      const std::uint64_t start = address - LibcHeap::kSizeField;
      ASSERT_GE(start, end) << "two blocks overlap";
      end = address + bytes;
      if (start < kMappings) {
        ASSERT_GE(start, kBreak);
        ASSERT_LE(end, break_);
        continue;
      }
      auto mapping = mappings_.upper_bound(start);
      ASSERT_NE(mapping, mappings_.begin());
      --mapping;
      ASSERT_LE(end, mapping->first + mapping->second) << "outside of its mapping";
    }
  }

  void take(const OsEvent& call) {
    const auto result = static_cast<std::uint64_t>(call.result);
    if (call.type == OsEventType::kBrk) {
      ASSERT_GE(result, kBreak);
      ASSERT_LE(result, kLimit);
      break_ = result;
    } else if (call.type == OsEventType::kMmap) {
      ASSERT_TRUE(mappings_.emplace(result, call.args[1]).second);
    } else {
      const auto found = mappings_.find(call.args[0]);
      ASSERT_TRUE(found != mappings_.end() && found->second == call.args[1]);
      mappings_.erase(found);
    }
    ++calls_;
  }

  std::uint64_t break_ = kBreak;
  std::map<std::uint64_t, std::uint64_t> mappings_, live_;
  unsigned calls_ = 0;
  LibcHeap heap_{kBreak, kLimit, kMappings, [this](const OsEvent& call) { take(call); }};
};

TEST_F(LibcHeapTest, BlocksNeverOverlapAndLieInMemoryThatIsThere) {
  Random random(3);
  std::vector<std::uint64_t> blocks;
  for (int i = 0; i < 20'000; ++i) {
    if (blocks.size() < 200 && random.chance(60)) {
      const std::uint64_t power = std::uint64_t{1} << random.below(19);  // up to 512 KiB
      blocks.push_back(malloc(power + random.below(power)));
    } else if (!blocks.empty()) {
      std::swap(blocks[random.below(blocks.size())], blocks.back());
      free(blocks.back());
      blocks.pop_back();
    }
    if (i % 50 == 0) check();
  }
  for (const std::uint64_t block : blocks) free(block);
  EXPECT_TRUE(mappings_.empty());
  EXPECT_LE(break_, kBreak + 128 * 1024 + 2 * 4096) << "the top is trimmed to its pad";
}

// glibc: 128 KiB of pad (M_TOP_PAD) beside what is asked for, so the next blocks need no call.
TEST_F(LibcHeapTest, GrowsTheBreakByAPad) {
  malloc(1000);
  EXPECT_EQ(break_, kBreak + 132 * 1024);      // 1008 + 128 KiB, in whole pages
  for (int i = 1; i < 134; ++i) malloc(1000);  // 135,168 / 1008 = 134.1
  EXPECT_EQ(calls_, 1u);
  malloc(1000);
  EXPECT_EQ(calls_, 2u);
}

TEST_F(LibcHeapTest, LargeBlocksAreMappings) {
  const std::uint64_t small = malloc(128 * 1024 - 24), large = malloc(128 * 1024);
  EXPECT_LT(small, kMappings);
  EXPECT_EQ(mappings_.at(large - 16), 132u * 1024);
  free(large);
  EXPECT_TRUE(mappings_.empty());
}

TEST_F(LibcHeapTest, MapsWhereAMappingWas) {
  const std::uint64_t first = malloc(300'000), second = malloc(200'000);
  free(first);
  EXPECT_EQ(malloc(250'000), first);
  EXPECT_GT(malloc(300'000), second);
}

TEST_F(LibcHeapTest, TakesTheSmallestHoleThatFits) {
  const std::uint64_t a = malloc(1000), b = malloc(100), c = malloc(500), d = malloc(100);
  free(a);
  free(c);
  EXPECT_EQ(malloc(400), c);
  EXPECT_EQ(malloc(600), a);
  EXPECT_LT(b, d);
}

TEST_F(LibcHeapTest, FreeNeighboursAreJoined) {
  const std::uint64_t a = malloc(1000), b = malloc(1000), c = malloc(1000), d = malloc(16);
  free(a);
  free(c);
  free(b);
  EXPECT_EQ(malloc(3000), a);
  free(d);
}

TEST_F(LibcHeapTest, MapsWhenTheBreakCanGoNoFurther) {
  for (int i = 0; i < 1100; ++i) malloc(64 * 1024);  // 68.75 MiB of 64
  check();
  EXPECT_FALSE(mappings_.empty());
}

}  // namespace
}  // namespace mmu::traces
