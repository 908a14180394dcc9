// Compiled without fused multiply-adds, as zipf.cpp is.
#include "traces/workloads/graph.hpp"

namespace mmu::traces {

Graph::Graph(std::uint64_t vertices, std::uint64_t degree, double exponent, std::uint64_t seed)
    : seed_(seed),
      vertex_of_rank_(vertices, seed),
      targets_(vertices, 1 / (exponent - 1)),
      first_(vertices + 1, 0) {
  std::vector<double> weights(vertices);
  double all = 0;
  for (std::uint64_t i = 0; i < vertices; ++i) {
    weights[i] = power(static_cast<double>(i + 1), -1 / (exponent - 1));
    all += weights[i];
  }
  // Rounded so that the sum is exact.
  const std::uint64_t edges = vertices * degree;
  double sum = 0;
  std::uint64_t given = 0;
  for (std::uint64_t i = 0; i < vertices; ++i) {
    sum += weights[i];
    const std::uint64_t until =
        i + 1 == vertices ? edges
                          : static_cast<std::uint64_t>(static_cast<double>(edges) * (sum / all));
    first_[vertex_of_rank_.at(i) + 1] = static_cast<std::uint32_t>(until - given);
    given = until;
  }
  for (std::uint64_t v = 0; v < vertices; ++v) first_[v + 1] += first_[v];
}

std::uint64_t Graph::target(std::uint64_t edge) const {
  Random random(mixed(edge) + seed_);
  return vertex_of_rank_.at(targets_.draw(random));
}

}  // namespace mmu::traces
