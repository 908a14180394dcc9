#include "hw/arch/spelling.hpp"

#include <gtest/gtest.h>

namespace mmu {
namespace {

TEST(Spelling, CountsInsertionsDeletionsReplacementsAndSwaps) {
  EXPECT_EQ(edit_distance("stlb", "stlb"), 0u);
  EXPECT_EQ(edit_distance("stlb", "sltb"), 1u);       // neighbours swapped
  EXPECT_EQ(edit_distance("entrys", "entries"), 2u);  // y -> i, e inserted
  EXPECT_EQ(edit_distance("", "ways"), 4u);
  EXPECT_EQ(edit_distance("ways", ""), 4u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(Spelling, FindsTheNearestWordAndTheFirstOfEquals) {
  EXPECT_EQ(nearest_word("skylak", {"cva6", "skylake"}), "skylake");
  EXPECT_EQ(nearest_word("x", {"a", "b"}), "a");
}

}  // namespace
}  // namespace mmu
