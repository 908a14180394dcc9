// When there is a walk cache at all: then its cycles are paid.
#include "hw/mmu/walk_params.hpp"

#include <gtest/gtest.h>

namespace mmu {
namespace {

using Organisation = WalkCacheParams::Organisation;

WalkCacheParams split(std::uint32_t level1, std::uint32_t level2, std::uint32_t level3,
                      std::uint32_t level4) {
  WalkCacheParams params;
  params.level1.entries = level1;
  params.level2.entries = level2;
  params.level3.entries = level3;
  params.level4.entries = level4;
  return params;
}

TEST(WalkCacheParams, EntriesAtAnyLevelMakeASplitCache) {
  EXPECT_FALSE(split(0, 0, 0, 0).enabled());
  EXPECT_TRUE(split(1, 0, 0, 0).enabled());
  EXPECT_TRUE(split(0, 1, 0, 0).enabled());
  EXPECT_TRUE(split(0, 0, 1, 0).enabled());
  EXPECT_TRUE(split(0, 0, 0, 1).enabled());
}

TEST(WalkCacheParams, EqualNumbersOfEntriesDoNotCancel) {
  EXPECT_TRUE(split(4, 4, 0, 0).enabled());
  EXPECT_TRUE(split(0, 4, 4, 0).enabled());
  EXPECT_TRUE(split(0, 0, 4, 4).enabled());
  EXPECT_TRUE(split(4, 0, 0, 4).enabled());
}

TEST(WalkCacheParams, OnlyTheSharedArrayCountsForTheOthers) {
  for (const Organisation organisation : {Organisation::kUnified, Organisation::kPteTagged}) {
    WalkCacheParams params = split(4, 4, 4, 4);
    params.organisation = organisation;
    params.shared.entries = 0;
    EXPECT_FALSE(params.enabled());
    params = split(0, 0, 0, 0);
    params.organisation = organisation;
    params.shared.entries = 1;
    EXPECT_TRUE(params.enabled());
  }
}

// A machine file that names none of it gets a look-up of one cycle, as `machine show` says.
TEST(WalkCacheParams, ByDefaultThereIsACacheOfOneCycle) {
  EXPECT_TRUE(WalkCacheParams{}.enabled());
  EXPECT_EQ(WalkCacheParams{}.latency_cycles, 1u);
  constexpr std::uint32_t kEntries[] = {32, 8, 2, 1};
  for (unsigned level = 1; level <= 4; ++level) {
    EXPECT_EQ(WalkCacheParams{}.of_level(level).entries, kEntries[level - 1]) << level;
  }
}

TEST(WalkCacheParams, EachLevelHasItsShape) {
  const WalkCacheParams params = split(11, 12, 13, 14);
  for (unsigned level = 1; level <= 4; ++level) {
    EXPECT_EQ(params.of_level(level).entries, 10 + level);
  }
}

}  // namespace
}  // namespace mmu
