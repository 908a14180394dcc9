// Asking again only when it can help, and running ahead of the kernel, must not be seen in any
// result: random hierarchies are run in both ways side by side.
#include <gtest/gtest.h>

#include "testbench/module/memory/random_hierarchy.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kMachines = 60;

void expect_same_requests(const Asker& a, const Asker& b, const char* who) {
  for (std::size_t i = 0; i < a.requests.size(); ++i) {
    ASSERT_NE(a.requests[i].ready, 0u) << who << " request " << i << " was never answered";
    ASSERT_EQ(a.requests[i].ready, b.requests[i].ready) << who << " request " << i;
    ASSERT_EQ(a.requests[i].from, b.requests[i].from) << who << " request " << i;
  }
}

/// Equal but for the times that somebody was refused, which depend on how often he asks.
template <class Stats>
void expect_same_stats(Stats a, Stats b, const char* who) {
  a.refused = b.refused = 0;
  for_each_field(a, [&](const auto& field, std::uint64_t value) {
    EXPECT_EQ(value, b.*(field.member)) << who << '.' << field.name;
  });
}

void expect_sums(const CacheStats& stats) {
  EXPECT_EQ(stats.accesses, stats.hits + stats.misses);
  EXPECT_EQ(stats.pte_accesses, stats.pte_hits + stats.pte_misses);
  EXPECT_LE(stats.merged, stats.misses);
}

void expect_same(const RandomHierarchy& a, const RandomHierarchy& b) {
  expect_same_requests(a.core, b.core, "core");
  expect_same_requests(a.walkers, b.walkers, "walkers");
  expect_same_requests(a.fetch, b.fetch, "fetch");
  expect_same_stats(a.l1.stats(), b.l1.stats(), "l1");
  expect_same_stats(a.l2.stats(), b.l2.stats(), "l2");
  expect_same_stats(a.dram.stats(), b.dram.stats(), "dram");
}

TEST(MemoryEquivalence, AskingWhenToldIsTheSameAsAskingInEveryCycle) {
  std::vector<std::unique_ptr<RandomHierarchy>> told, polled, yielding;
  for (std::uint64_t seed = 0; seed < kMachines; ++seed) {
    const std::string n = std::to_string(seed);
    told.push_back(std::make_unique<RandomHierarchy>(("told" + n).c_str(), seed, true, false));
    polled.push_back(std::make_unique<RandomHierarchy>(("polled" + n).c_str(), seed, true, true));
    yielding.push_back(
        std::make_unique<RandomHierarchy>(("yielding" + n).c_str(), seed, false, false));
  }
  sc_core::sc_start(
      sc_core::sc_time::from_value(RandomHierarchy::kEnd * RandomHierarchy::kPeriodPs));
  CacheStats l1, l2;
  DramStats dram;
  for (std::uint64_t seed = 0; seed < kMachines; ++seed) {
    SCOPED_TRACE("machine " + std::to_string(seed));
    told[seed]->timeline.rethrow_failure();
    expect_same(*told[seed], *polled[seed]);
    expect_same(*told[seed], *yielding[seed]);
    expect_sums(told[seed]->l1.stats());
    expect_sums(told[seed]->l2.stats());
    EXPECT_EQ(told[seed]->l1.stats().writebacks_out, told[seed]->l2.stats().writebacks_in);
    EXPECT_EQ(told[seed]->l2.stats().writebacks_out, told[seed]->dram.stats().writes);
    l1.refused += told[seed]->l1.stats().refused;
    l2.refused += told[seed]->l2.stats().refused;
    l2.writebacks_in += told[seed]->l2.stats().writebacks_in;
    dram.refused += told[seed]->dram.stats().refused;
    dram.refreshes += told[seed]->dram.stats().refreshes;
  }
  // The machines do meet what they are here for.
  EXPECT_GT(l1.refused, 1000u);
  EXPECT_GT(l2.refused, 1000u);
  EXPECT_GT(l2.writebacks_in, 1000u);
  EXPECT_GT(dram.refused, 1000u);
  EXPECT_GT(dram.refreshes, 500u);
}

}  // namespace
}  // namespace mmu
