// The graph follows its power law, and the walk is a breadth-first search.
#include "traces/workloads/graph.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "testbench/unit/workloads/workload_test.hpp"

namespace mmu::traces {
namespace {

TEST(GraphTest, DegreesFollowThePowerLaw) {
  const Graph graph(1000, 16, 2.5, 1);
  EXPECT_EQ(graph.edges(), 16'000u);
  std::vector<double> degrees;
  for (std::uint64_t v = 0; v < 1000; ++v) {
    degrees.push_back(static_cast<double>(graph.first_edge(v + 1) - graph.first_edge(v)));
  }
  std::sort(degrees.rbegin(), degrees.rend());
  double all = 0;
  for (int i = 1; i <= 1000; ++i) all += std::pow(i, -1 / 1.5);
  for (int i = 1; i <= 1000; ++i) {
    EXPECT_NEAR(degrees[static_cast<std::size_t>(i - 1)], 16'000 * std::pow(i, -1 / 1.5) / all, 1.5)
        << "rank " << i;
  }
}

// As many edges end at a vertex as begin there, on average: 20 large ones and the rest, 45.3 of 20
// degrees of freedom is passed by one sample in a thousand.
TEST(GraphTest, EdgesEndInProportion) {
  const Graph graph(1000, 16, 2.5, 1);
  std::vector<std::pair<double, std::uint64_t>> by_degree;
  for (std::uint64_t v = 0; v < 1000; ++v) {
    by_degree.emplace_back(graph.first_edge(v + 1) - graph.first_edge(v), v);
  }
  std::sort(by_degree.rbegin(), by_degree.rend());
  std::vector<std::size_t> bin(1000, 20);
  std::vector<double> counts(21), expected(21);
  double all = 0;
  for (int i = 1; i <= 1000; ++i) all += std::pow(i, -1 / 1.5);
  for (std::size_t i = 0; i < 1000; ++i) {
    bin[by_degree[i].second] = std::min<std::size_t>(i, 20);
    expected[std::min<std::size_t>(i, 20)] +=
        16'000 * std::pow(static_cast<double>(i + 1), -1 / 1.5) / all;
  }
  for (std::uint64_t e = 0; e < graph.edges(); ++e) ++counts[bin[graph.target(e)]];
  EXPECT_LT(chi_square(counts, expected), 45.3);
}

/// Reads of the walk by area: offsets, edges, parents, queue.
struct Walk {
  std::vector<std::uint64_t> edges;    // numbers, as they are read
  std::vector<std::uint64_t> reached;  // vertices, as their parent is stored, until all are cleared
};

Walk walk_of(const Generated& all, std::uint64_t vertices) {
  Walk walk;
  for (const auto& [pc, record] : data_of(all)) {
    if (record.address >= area(all, 3)) continue;
    if (record.address >= area(all, 2)) {
      if (record.kind != AccessKind::kStore) continue;
      if (record.bytes == 32) return walk;
      walk.reached.push_back((record.address - area(all, 2)) / 4);
      EXPECT_LT(walk.reached.back(), vertices);
    } else if (record.address >= area(all, 1)) {
      walk.edges.push_back((record.address - area(all, 1)) / 4);
    }
  }
  return walk;
}

TEST(GraphWorkload, SearchesInBreadthAndReadsEachEdgeOnce) {
  const Graph graph(500, 4, 2.1, 9);
  const Generated all = generated("graph:vertices=500,degree=4,seed=9,accesses=100K");
  const Walk walk = walk_of(all, 500);
  EXPECT_EQ(std::set<std::uint64_t>(walk.reached.begin(), walk.reached.end()).size(), 500u);
  ASSERT_EQ(walk.reached.size(), 500u);

  // Each vertex in the order in which it was reached, each edge in order: a queue.
  std::vector<std::uint64_t> expected;
  for (const std::uint64_t vertex : walk.reached) {
    for (std::uint64_t e = graph.first_edge(vertex); e < graph.first_edge(vertex + 1); ++e) {
      expected.push_back(e);
    }
  }
  EXPECT_EQ(walk.edges, expected);
  EXPECT_EQ(walk.edges.size(), graph.edges());
}

TEST(GraphWorkload, EveryReadLiesInItsArray) {
  const Generated all = generated("graph:vertices=500,degree=4,seed=9,accesses=100K");
  const std::uint64_t bytes[] = {501 * 8, 500 * 4 * 4, 500 * 4, 500 * 4};
  for (const auto& [pc, record] : data_of(all)) {
    std::size_t i = 3;
    while (record.address < area(all, i)) --i;
    ASSERT_LE(record.address + record.bytes, area(all, i) + bytes[i]) << "array " << i;
  }
}

// The address of a parent comes from the edge just read, that of an edge from an offset.
TEST(GraphWorkload, ParentsNeedEdges) {
  const Generated all = generated("graph:vertices=500,degree=4,accesses=10K");
  const auto data = data_of(all);
  for (std::size_t i = 1; i < data.size(); ++i) {
    const TraceRecord& record = data[i].record;
    const bool parent = record.address >= area(all, 2) && record.address < area(all, 3);
    if (parent && record.kind == AccessKind::kLoad) {
      EXPECT_EQ(record.depends_on, 1u);
    } else if (record.address >= area(all, 1) && record.address < area(all, 2)) {
      ASSERT_LT(data[i - record.depends_on].record.address, area(all, 1));
    }
  }
}

}  // namespace
}  // namespace mmu::traces
