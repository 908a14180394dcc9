#include "hw/mmu/mmu_stats.hpp"

#include <gtest/gtest.h>

namespace mmu {
namespace {

template <class Stats>
void expect_zeros() {
  for_each_field(
      Stats{}, [](const auto& field, std::uint64_t count) { EXPECT_EQ(count, 0u) << field.name; });
}

TEST(MmuStats, EveryCounterBeginsAtZero) {
  expect_zeros<TlbStats>();
  expect_zeros<WalkerStats>();
}

TEST(MmuStats, AReplayIsNoAccessAndNoMiss) {
  TlbStats stats;
  stats.count_hit(true);
  stats.count_merged(true);
  stats.count_sent(true);
  EXPECT_EQ(stats.replays, 3u);
  EXPECT_EQ(stats.replays_sent, 1u);
  EXPECT_EQ(stats.accesses + stats.hits + stats.misses + stats.merged + stats.sent, 0u);
}

TEST(MmuStats, AnAccessHitsOrMissesAndAMissMergesOrIsSent) {
  TlbStats stats;
  stats.count_hit(false);
  stats.count_merged(false);
  stats.count_sent(false);
  EXPECT_EQ(stats.accesses, 3u);
  EXPECT_EQ(stats.hits, 1u);
  EXPECT_EQ(stats.misses, 2u);
  EXPECT_EQ(stats.merged, 1u);
  EXPECT_EQ(stats.sent, 1u);
  EXPECT_EQ(stats.replays + stats.replays_sent, 0u);
}

}  // namespace
}  // namespace mmu
