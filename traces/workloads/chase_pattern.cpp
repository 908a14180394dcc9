// chase: a linked list through all of an array.
#include <algorithm>

#include "hw/arch/errors.hpp"
#include "traces/workloads/pattern.hpp"
#include "traces/workloads/permutation.hpp"

namespace mmu::traces {
namespace {

constexpr std::uint16_t kPointer = 8;

/// The i-th node of the list is place P(i), and the last one points to the first: one cycle.
class Chase final : public Pattern {
 public:
  Chase(const Values& values, Program& program)
      : node_(values.number("node")),
        nodes_(std::max<std::uint64_t>(values.number("bytes") / node_, 1)),
        random_order_(values.is("order", "random")),
        base_(area_of(values, program, values.number("bytes"))),
        places_(nodes_, values.number("seed")) {
    if (node_ > values.number("bytes")) {
      throw ConfigError("workload chase: node is larger than bytes; it must be at most that");
    }
  }

  void operate(Emitter& emit) override {
    emit.at(0);
    const std::uint64_t place = random_order_ ? places_.at(next_) : next_;
    last_ = emit.load(base_ + place * node_, kPointer, last_);
    emit.compute(2);  // compare, branch
    next_ = next_ + 1 == nodes_ ? 0 : next_ + 1;
  }

 private:
  std::uint64_t node_, nodes_;
  bool random_order_;
  std::uint64_t base_;
  Permutation places_;
  std::uint64_t next_ = 0;
  std::uint64_t last_ = Emitter::kNone;  // the record that has loaded the pointer
};

}  // namespace

WorkloadKind chase_workload() {
  return {"chase",
          "a linked list in a cycle through all nodes of an array; each load needs the one before",
          "lmbench lat_mem_rd (McVoy, Staelin 1996)",
          {bytes_parameter("64MiB", "of the array"),
           {"node", Parameter::Kind::kBytes, "", "64", 8, kMostBytes, 8, "",
            "of one node; the pointer is its first 8 bytes"},
           {"order", Parameter::Kind::kChoice, "", "random", 0, 0, 1, "random|sequential",
            "of the nodes in the list"},
           kSeed},
          make_pattern<Chase>};
}

}  // namespace mmu::traces
