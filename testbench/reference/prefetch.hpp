// TLB prefetches: what is wanted, what waits for a walker, what has been found. Section 5 of
// docs/timing.md.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <vector>

#include "hw/arch/software_interface.hpp"
#include "hw/mmu/prefetch_params.hpp"
#include "hw/mmu/prefetch_stats.hpp"
#include "testbench/reference/translation.hpp"

namespace mmu::reference {

class Prefetches {
 public:
  struct Waiting {
    Cycle arrival;
    TranslateRequest request;
  };
  struct Held {
    Asid asid = 0;
    VirtAddr va;
    Translation to;
    bool covers(Asid of, VirtAddr address) const {
      return (of == asid || to.global) &&
             va.value() >> to.page_shift == address.value() >> to.page_shift;
    }
  };
  /// True for a page that is held, or under way, elsewhere.
  using Known = std::function<bool(Asid, VirtAddr)>;

  Prefetches(const PrefetchParams& params, const PageTableFormat& format)
      : params_(params), format_(format), shift_(format.levels[0].lsb) {}

  bool on() const { return params_.kind != PrefetchParams::Kind::kOff; }
  bool into_stlb() const { return params_.target == PrefetchParams::Target::kStlb; }
  Held* held(Asid asid, VirtAddr va);
  void remove(const Held* gone);
  /// A request that the STLB sends, to arrive at the walkers in `arrival`.
  void trigger(const TranslateRequest& request, Cycle arrival, const Known& known);
  bool same_page(VirtAddr a, VirtAddr b) const {
    return a.value() >> shift_ == b.value() >> shift_;
  }
  /// The page is walked for on demand.
  void overtaken(const TranslateRequest& request);
  void hold(const Held& found);
  void fence(const FenceScope& scope);

  std::deque<Waiting> waiting;
  PrefetchStats stats;

 private:
  struct Past {
    Asid asid = 0;
    std::int64_t page = 0;
    std::int64_t stride = 0;
    bool has_stride = false;
  };
  /// What an instruction has done so far.
  struct Instruction {
    std::optional<std::uint64_t> pc;
    Asid asid = 0;
    std::int64_t page = 0, stride = 0;
    enum { kInitial, kTransient, kSteady, kNoPrediction } state = kInitial;
  };
  /// Which distances came after this one, the last first.
  struct Distance {
    std::int64_t from = 0;
    std::deque<std::int64_t> then;
  };
  /// One set of a table, the row used last first.
  template <class Row>
  using Set = std::list<Row>;
  template <class Row, class Is>
  Row* find_row(Set<Row>& set, Is is);
  template <class Row>
  void add_row(Set<Row>& set, const Row& row);
  std::size_t sets() const {
    return params_.table_ways == 0 ? 1 : params_.table_entries / params_.table_ways;
  }

  std::vector<std::int64_t> steps(const TranslateRequest& request);
  std::int64_t stride_of_side(const TranslateRequest& request);         ///< 0: none
  std::int64_t stride_of_instruction(const TranslateRequest& request);  ///< likewise
  std::vector<std::int64_t> distances(const TranslateRequest& request);

  PrefetchParams params_;
  const PageTableFormat& format_;
  unsigned shift_;  ///< of the smallest page
  std::deque<Held> buffer_;
  std::map<bool, Past> past_;  ///< true: of fetches
  std::map<std::uint64_t, Set<Instruction>> instructions_;
  std::map<std::uint64_t, Set<Distance>> distances_;
};

}  // namespace mmu::reference
