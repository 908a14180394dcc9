// hash and btree against the formulas of their books.
#include <cmath>
#include <set>

#include "testbench/unit/workloads/workload_test.hpp"

namespace mmu::traces {
namespace {

/// Of each whole operation, its data accesses: it begins where the code does.
std::vector<std::vector<DataAccess>> operations(const Generated& all) {
  std::vector<std::vector<DataAccess>> list;
  std::uint64_t pc = 0;
  for (const TraceRecord& record : all.records) {
    if (record.kind == AccessKind::kFetch) {
      pc = record.address;
      if (pc == all.header.image[0].start) list.emplace_back();
    } else {
      list.back().push_back({pc, record});
    }
  }
  list.pop_back();  // may be cut short
  return list;
}

// Knuth, volume 3, 6.4: an unsuccessful search in uniform hashing takes 1 / (1 - load) probes on
// average; their standard deviation is sqrt(load) / (1 - load). Bound: 5 of the mean's.
TEST(HashWorkload, ProbesAsOftenAsUniformHashingDoes) {
  for (const unsigned percent : {0u, 50u, 75u, 90u}) {
    const double load = percent / 100.0;
    const Generated all =
        generated("hash:bytes=16MiB,accesses=200K,load=" + std::to_string(percent));
    const auto lookups = operations(all);
    double probes = 0;
    for (const auto& lookup : lookups) probes += static_cast<double>(lookup.size()) - 1;
    const double count = static_cast<double>(lookups.size());
    EXPECT_NEAR(probes / count, 1 / (1 - load), 5 * std::sqrt(load / count) / (1 - load) + 1e-9)
        << percent << " %";
  }
}

TEST(HashWorkload, EachProbeNeedsTheKeyAndLiesInTheTable) {
  const Generated all = generated("hash:bytes=1MiB,accesses=10K,load=80");
  for (const auto& lookup : operations(all)) {
    EXPECT_GE(lookup[0].record.address, area(all, 1));
    std::set<std::uint64_t> slots;
    for (std::size_t i = 1; i < lookup.size(); ++i) {
      EXPECT_EQ(lookup[i].record.depends_on, i);
      EXPECT_LT(lookup[i].record.address, area(all, 0) + (1 << 20));
      EXPECT_TRUE(slots.insert(lookup[i].record.address).second) << "looked at twice";
    }
  }
}

TEST(HashWorkload, TheSameKeyTakesTheSameWay) {
  const auto lookups = operations(generated("hash:bytes=64KiB,accesses=50K,load=80,theta=5"));
  std::map<std::uint64_t, std::size_t> probes;  // by the first slot
  std::size_t again = 0;
  for (const auto& lookup : lookups) {
    const auto [found, is_new] = probes.emplace(lookup[1].record.address, lookup.size());
    again += !is_new && found->second == lookup.size() ? 1u : 0u;
  }
  EXPECT_GT(again, lookups.size() * 9 / 10);  // theta 5: nearly always the same few keys
}

// Nodes of 64 bytes have (64 - 16) / 16 = 3 children: 3^6 = 729 < 1000 keys <= 3^7.
TEST(BtreeWorkload, IsAsDeepAsItsFanoutDemands) {
  struct Case {
    std::uint64_t keys, node, depth;
  };
  for (const Case& c : {Case{1000, 64, 7}, Case{729, 64, 6}, Case{730, 64, 7}, Case{3, 64, 1},
                        Case{1, 64, 1}, Case{65025, 4096, 2}, Case{65026, 4096, 3}}) {
    const Generated all = generated("btree:accesses=20K,keys=" + std::to_string(c.keys) +
                                    ",node=" + std::to_string(c.node));
    for (const auto& lookup : operations(all)) {
      std::set<std::uint64_t> nodes;
      for (const DataAccess& access : lookup) {
        nodes.insert((access.record.address - area(all, 0)) / c.node);
      }
      ASSERT_EQ(nodes.size(), c.depth) << c.keys << " keys";
      ASSERT_EQ(*nodes.begin(), 0u) << "the root";
    }
  }
}

// A node: its head, at most ceil(log2 255) = 8 comparisons, one pointer; all need the pointer
// before, which is the last access of the node above.
TEST(BtreeWorkload, SearchesEachNodeByHalves) {
  const Generated all = generated("btree:keys=1M,node=4KiB,accesses=20K");
  for (const auto& lookup : operations(all)) {
    std::size_t in_node = 0, pointer = 0;
    for (std::size_t i = 0; i < lookup.size(); ++i) {
      const std::uint64_t at = lookup[i].record.address - area(all, 0);
      if (at % 4096 == 0) {
        pointer = i;
        in_node = 0;
      }
      ASSERT_EQ(lookup[i].record.depends_on, at < 4096 ? 0 : i - pointer + 1);
      ASSERT_LE(++in_node, 10u);
    }
  }
}

// 1M keys in nodes of 255: 3,922 leaves, 16 nodes above them, the root with 16 children, which are
// searched with log2 16 = 4 comparisons: head, 4 keys, pointer.
TEST(BtreeWorkload, FollowsThePointersThatItReads) {
  const Generated all = generated("btree:keys=1M,node=4KiB,accesses=20K");
  for (const auto& lookup : operations(all)) {
    std::vector<std::uint64_t> nodes, pointers;  // which node, which of its pointers
    for (const DataAccess& access : lookup) {
      const std::uint64_t at = access.record.address - area(all, 0);
      if (at % 4096 == 0) nodes.push_back(at / 4096);
      if (at % 4096 >= 16 + 255 * 8) pointers.push_back((at % 4096 - 16) / 8 - 255);
    }
    ASSERT_EQ(nodes.size(), 3u);
    ASSERT_EQ(pointers.size(), 3u);
    EXPECT_EQ(lookup[6].record.address - area(all, 0), nodes[1] * 4096);
    EXPECT_EQ(nodes[1], 1 + pointers[0]);
    EXPECT_EQ(nodes[2], 17 + pointers[0] * 255 + pointers[1]);
  }
}

TEST(BtreeWorkload, ReachesEveryLeaf) {
  const Generated all = generated("btree:keys=100,node=64,accesses=20K");
  std::set<std::uint64_t> nodes;
  for (const DataAccess& access : data_of(all)) {
    nodes.insert((access.record.address - area(all, 0)) / 64);
  }
  EXPECT_EQ(nodes.size(), 34u + 12 + 4 + 2 + 1);  // ceil(100 / 3), and so on
}

}  // namespace
}  // namespace mmu::traces
