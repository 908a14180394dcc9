// Depths against a list that is searched from the top.
#include "traces/reuse/stack_distance.hpp"

#include <gtest/gtest.h>

#include "testbench/unit/reuse/naive_stack.hpp"
#include "traces/workloads/random.hpp"

namespace mmu::traces {
namespace {

// a b c b a d a: the stack, top first, before each touch: -, a, ba, cba, bca, abc, dabc.
TEST(StackDistanceTest, CountsWhatLiesAboveAndThePageItself) {
  StackDistance stack;
  const std::uint64_t pages[] = {10, 11, 12, 11, 10, 13, 10};
  const std::uint64_t depths[] = {0, 0, 0, 2, 3, 0, 2};
  for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(stack.touch(pages[i]), depths[i]) << i;
  EXPECT_EQ(stack.touch(10), 1u);
  EXPECT_EQ(stack.distinct(), 4u);
}

/// Pages among `most`, near ones more often.
std::vector<std::uint64_t> random_pages(std::size_t count, std::uint64_t most, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::uint64_t> pages;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t range = std::uint64_t{1} << random.below(40);
    pages.push_back(random.below(std::min(range, most)) * 77);
  }
  return pages;
}

TEST(StackDistanceTest, AgreesWithAListThatIsSearched) {
  for (const std::uint64_t most : {3u, 8u, 9u, 10u, 100u, 3000u}) {
    StackDistance stack;
    NaiveStack naive;
    for (const std::uint64_t page : random_pages(20'000, most, most)) {
      ASSERT_EQ(stack.touch(page), naive.touch(page)) << most << " pages";
    }
  }
}

// The slots, 65,536 of them, run out several times.
TEST(StackDistanceTest, AgreesAfterSlotsAreSqueezed) {
  StackDistance stack;
  NaiveStack naive;
  for (const std::uint64_t page : random_pages(400'000, 300, 4)) {
    ASSERT_EQ(stack.touch(page), naive.touch(page));
  }
}

// A cycle through n pages: every touch at depth n. More pages than slots at the beginning.
TEST(StackDistanceTest, AgreesWithTheFormulaOfACycle) {
  constexpr std::uint64_t kPages = 100'000;
  StackDistance stack;
  for (std::uint64_t i = 0; i < kPages; ++i) ASSERT_EQ(stack.touch(i), StackDistance::kFirst);
  for (std::uint64_t i = 0; i < 2 * kPages; ++i) ASSERT_EQ(stack.touch(i % kPages), kPages);
}

TEST(PageSlotsTest, KeepsEveryPagesNumber) {
  PageSlots slots;
  for (std::uint64_t page = 0; page < 50'000; ++page) slots[page << 20] = page + 1;
  EXPECT_EQ(slots.size(), 50'000u);
  for (std::uint64_t page = 0; page < 50'000; ++page) ASSERT_EQ(slots[page << 20], page + 1);
  EXPECT_EQ(slots[1], 0u);
}

}  // namespace
}  // namespace mmu::traces
