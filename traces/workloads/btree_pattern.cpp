// btree: looking for keys in a tree. It needs no memory here: what a node holds follows from its
// number.
#include <algorithm>
#include <vector>

#include "traces/workloads/keys.hpp"
#include "traces/workloads/pattern.hpp"

namespace mmu::traces {
namespace {

constexpr std::uint16_t kWord = 8;
constexpr std::uint64_t kHead = 16;            // bytes of a node before its keys
constexpr unsigned kNode = 16, kCompare = 32;  // instructions at which these parts begin

/// Full nodes of a head, the keys, the pointers to children (or values); levels lie one behind the
/// other, the root's first.
class Btree final : public Pattern {
 public:
  Btree(const Values& values, Program& program)
      : keys_(values.number("keys")),
        node_(values.number("node")),
        fanout_((node_ - kHead) / (2 * kWord)),
        wanted_(values, keys_) {
    std::vector<std::uint64_t> nodes{(keys_ + fanout_ - 1) / fanout_};
    while (nodes.back() > 1) nodes.push_back((nodes.back() + fanout_ - 1) / fanout_);
    std::uint64_t before = 0;
    for (std::size_t i = nodes.size(); i-- > 0;) {
      levels_.push_back({before, i == 0 ? keys_ : nodes[i - 1], 1});
      before += nodes[i];
    }
    for (std::size_t i = levels_.size() - 1; i-- > 0;) {
      levels_[i].keys_below = levels_[i + 1].keys_below * fanout_;
    }
    base_ = area_of(values, program, before * node_);
  }

  void operate(Emitter& emit) override {
    const std::uint64_t key = wanted_.next();
    emit.at(0);
    emit.compute(4);
    std::uint64_t pointer = Emitter::kNone;
    for (const Level& level : levels_) {
      const std::uint64_t child = key / level.keys_below;  // of all of this level's
      const std::uint64_t number = child / fanout_, index = child % fanout_;
      const std::uint64_t address = base_ + (level.first_node + number) * node_;
      search(emit, address, std::min(fanout_, level.children - number * fanout_), index, pointer);
      pointer = emit.load(address + kHead + (fanout_ + index) * kWord, kWord, pointer);
    }
  }

 private:
  struct Level {
    std::uint64_t first_node = 0;
    std::uint64_t children = 0;    // of all its nodes; keys, if these are leaves
    std::uint64_t keys_below = 1;  // a child
  };

  /// For the last of `count` keys that is not greater: `index`. Key 0 needs no comparison.
  static void search(Emitter& emit, std::uint64_t node, std::uint64_t count, std::uint64_t index,
                     std::uint64_t pointer) {
    emit.at(kNode);
    emit.load(node, kWord, pointer);  // how many keys
    emit.compute(2);
    std::uint64_t low = 0, high = count;
    while (high - low > 1) {
      const std::uint64_t middle = (low + high) / 2;
      emit.at(kCompare);
      emit.compute(3);
      emit.load(node + kHead + middle * kWord, kWord, pointer);
      emit.compute(2);
      (middle <= index ? low : high) = middle;
    }
    emit.compute(2);
  }

  std::uint64_t keys_, node_, fanout_;
  Keys wanted_;
  std::vector<Level> levels_;  // the root's first
  std::uint64_t base_ = 0;
};

}  // namespace

WorkloadKind btree_workload() {
  return {"btree",
          "keys are looked for in a B+-tree, by binary search in each node",
          "B-trees (Bayer, McCreight 1972; Comer 1979), all nodes full",
          {{"keys", Parameter::Kind::kCount, "keys", "4M", 1, 1e12, 1, "", "in the tree"},
           {"node", Parameter::Kind::kBytes, "", "4KiB", 64, 0x1p20, 16, "",
            "of a node: 16 bytes, then for each child a key and a pointer"},
           theta_parameter("0", "Zipf's, of the keys; 0: all alike"),
           kSeed},
          make_pattern<Btree>};
}

}  // namespace mmu::traces
