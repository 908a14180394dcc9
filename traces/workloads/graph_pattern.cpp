// graph: breadth-first search, from one random vertex after the other.
#include <algorithm>

#include "traces/workloads/graph.hpp"
#include "traces/workloads/pattern.hpp"

namespace mmu::traces {
namespace {

constexpr std::uint16_t kIndex = 4;   // bytes of a vertex number
constexpr std::uint16_t kOffset = 8;  // bytes of an edge number
// Instructions at which the parts of the code begin.
constexpr unsigned kTake = 0, kEdge = 16, kPush = 32, kBegin = 48, kClear = 64;

/// Compressed sparse rows: `offsets` (V + 1), `edges` (E), `parent` (V), `queue` (V). When a search
/// has come to its end, the next one begins at a vertex that none has reached; when all are
/// reached, `parent` is cleared.
class GraphWalk final : public Pattern {
 public:
  GraphWalk(const Values& values, Program& program)
      : graph_(values.number("vertices"), values.number("degree"), values.real("exponent"),
               values.number("seed")),
        offsets_(area_of(values, program, (graph_.vertices() + 1) * kOffset)),
        edges_(area_of(values, program, graph_.edges() * kIndex)),
        parent_(area_of(values, program, graph_.vertices() * kIndex)),
        queue_area_(area_of(values, program, graph_.vertices() * kIndex)),
        roots_(graph_.vertices(), values.number("seed") + 1),
        reached_(graph_.vertices(), false),
        queue_(graph_.vertices()),
        cleared_(graph_.vertices() * kIndex) {}

  void operate(Emitter& emit) override {
    if (edge_ != last_edge_) return follow_edge(emit);
    if (head_ != tail_) return take_vertex(emit);
    if (cleared_ < graph_.vertices() * kIndex) return clear(emit);
    begin_search(emit);
  }

 private:
  void take_vertex(Emitter& emit) {
    emit.at(kTake);
    const std::uint64_t vertex = queue_[head_];
    const std::uint64_t popped = emit.load(queue_area_ + head_ * kIndex, kIndex);
    emit.compute(2);
    first_loaded_ = emit.load(offsets_ + vertex * kOffset, kOffset, popped);
    emit.load(offsets_ + (vertex + 1) * kOffset, kOffset, popped);
    emit.compute(3);
    ++head_;
    edge_ = graph_.first_edge(vertex);
    last_edge_ = graph_.first_edge(vertex + 1);
  }

  void follow_edge(Emitter& emit) {
    emit.at(kEdge);
    const std::uint64_t target = graph_.target(edge_);
    const std::uint64_t loaded = emit.load(edges_ + edge_ * kIndex, kIndex, first_loaded_);
    emit.load(parent_ + target * kIndex, kIndex, loaded);
    emit.compute(3);  // reached? next edge, branch
    ++edge_;
    if (!reached_[target]) push(emit, target, loaded);
  }

  void push(Emitter& emit, std::uint64_t vertex, std::uint64_t after) {
    emit.at(kPush);
    emit.store(parent_ + vertex * kIndex, kIndex, after);
    emit.store(queue_area_ + tail_ * kIndex, kIndex);
    emit.compute(2);
    reached_[vertex] = true;
    queue_[tail_++] = static_cast<std::uint32_t>(vertex);
  }

  void begin_search(Emitter& emit) {
    while (next_root_ < graph_.vertices() && reached_[roots_.at(next_root_)]) ++next_root_;
    head_ = tail_ = 0;
    if (next_root_ == graph_.vertices()) {
      cleared_ = next_root_ = 0;
      reached_.assign(reached_.size(), false);
      return clear(emit);
    }
    emit.at(kBegin);
    emit.compute(2);
    push(emit, roots_.at(next_root_), Emitter::kNone);
  }

  void clear(Emitter& emit) {
    constexpr std::uint64_t kAtOnce = 32;  // bytes: a vector register
    const std::uint64_t bytes = std::min(kAtOnce, graph_.vertices() * kIndex - cleared_);
    emit.at(kClear);
    emit.store(parent_ + cleared_, static_cast<std::uint16_t>(bytes));
    emit.compute(2);
    cleared_ += bytes;
  }

  Graph graph_;
  std::uint64_t offsets_, edges_, parent_, queue_area_;
  Permutation roots_;
  std::vector<bool> reached_;
  std::vector<std::uint32_t> queue_;
  std::uint64_t cleared_;  // bytes of `parent`
  std::uint64_t head_ = 0, tail_ = 0, next_root_ = 0;
  std::uint64_t edge_ = 0, last_edge_ = 0;       // of the vertex under way
  std::uint64_t first_loaded_ = Emitter::kNone;  // the record that has loaded its first edge
};

}  // namespace

WorkloadKind graph_workload() {
  return {"graph",
          "breadth-first searches in a graph of compressed sparse rows, degrees by a power law",
          "Graph500 and the GAP benchmarks (Beamer et al. 2015), top-down; graph: Chung, Lu 2002",
          {{"vertices", Parameter::Kind::kCount, "vertices", "1M", 2, 16e6, 1, "", "of the graph"},
           {"degree", Parameter::Kind::kCount, "edges", "16", 1, 256, 1, "",
            "that begin at a vertex, on average"},
           {"exponent", Parameter::Kind::kReal, "", "2.1", 2.01, 10, 1, "",
            "of the power law; the smaller, the larger the largest vertices"},
           kSeed},
          make_pattern<GraphWalk>};
}

}  // namespace mmu::traces
