// A directed graph with a few vertices of many edges.
#pragma once

#include <cstdint>
#include <vector>

#include "traces/workloads/permutation.hpp"
#include "traces/workloads/zipf.hpp"

namespace mmu::traces {

/// The model of Chung and Lu ("The average distances in random graphs with given expected
/// degrees", PNAS 2002): the i-th largest vertex has a weight of i^-(1 / (exponent - 1)), so that
/// degrees follow a power law with this exponent; it has out-edges in proportion, and each edge
/// ends at a vertex with a probability in proportion. Vertices are numbered at random. Takes 4
/// bytes for each vertex; edges are computed when asked for.
class Graph {
 public:
  /// Requires vertices * degree < 2^32, exponent > 2.
  Graph(std::uint64_t vertices, std::uint64_t degree, double exponent, std::uint64_t seed);

  std::uint64_t vertices() const { return first_.size() - 1; }
  std::uint64_t edges() const { return first_.back(); }
  /// Edges of `vertex` are those from first_edge(vertex) to first_edge(vertex + 1) - 1.
  std::uint64_t first_edge(std::uint64_t vertex) const { return first_[vertex]; }
  std::uint64_t target(std::uint64_t edge) const;

 private:
  std::uint64_t seed_;
  Permutation vertex_of_rank_;
  Zipf targets_;
  std::vector<std::uint32_t> first_;
};

}  // namespace mmu::traces
