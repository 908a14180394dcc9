// Prefetchers that learn in a table, as compared by Kandiraju and Sivasubramaniam ("Going the
// Distance for TLB Prefetching: An Application-Driven Study", ISCA 2002). docs/timing.md,
// section 5.
#pragma once

#include <algorithm>
#include <array>

#include "hw/common/set_assoc.hpp"
#include "hw/mmu/prefetch_params.hpp"
#include "hw/mmu/prefetcher.hpp"

namespace mmu {

/// Rows under any 64-bit number but 2^63 - 1.
template <class Row>
class PrefetchTable {
 public:
  explicit PrefetchTable(const PrefetchParams& params)
      : rows_("mmu.prefetch.table", params.table_entries, params.table_ways, Replacement::kLru, 0) {
  }
  /// Marked as used; nullptr: there is none.
  Row* find(std::uint64_t index, std::uint64_t of) { return rows_.find(index, key(of)); }
  void insert(std::uint64_t index, std::uint64_t of, const Row& row) {
    rows_.insert(index, key(of), row);
  }

 private:
  // All ones would mark an empty way; they are a PC that is not known, and a distance of -1.
  static std::uint64_t key(std::uint64_t of) { return of ^ std::uint64_t{1} << 63; }
  SetAssoc<Row> rows_;
};

/// Arbitrary stride prefetching: each instruction has a stride of its own. The table and the states
/// of a row are those of Chen and Baer ("Effective Hardware-Based Data Prefetching for
/// High-Performance Processors", IEEE Transactions on Computers 44(5), 1995); a prefetch is wanted
/// in the steady state only.
class ArbitraryStridePrefetcher final : public Prefetcher {
 public:
  ArbitraryStridePrefetcher(const PrefetchParams& params, unsigned page_shift)
      : params_(params), page_shift_(page_shift), table_(params) {}

  void observe(const PrefetchTrigger& trigger, std::vector<VirtAddr>& pages) override {
    const std::uint64_t page = trigger.va.value() >> page_shift_;
    const std::uint64_t index = trigger.pc / 4;
    Row* row = table_.find(index, trigger.pc);
    if (row == nullptr || row->asid != trigger.asid) {
      return table_.insert(index, trigger.pc, {page, 0, trigger.asid, State::kInitial});
    }
    row->learn(page - row->page);  // modulo 2^64: it may be negative
    row->page = page;
    if (row->state != State::kSteady || row->stride == 0) return;
    for (std::uint64_t i = 0; i < params_.degree; ++i) {
      pages.emplace_back((page + row->stride * (params_.distance + i)) << page_shift_);
    }
  }

 private:
  enum class State : std::uint8_t { kInitial, kTransient, kSteady, kNoPrediction };
  struct Row {
    std::uint64_t page = 0;
    std::uint64_t stride = 0;
    Asid asid = 0;
    State state = State::kInitial;

    void learn(std::uint64_t now) {
      // Right and wrong, in the order of the states. A steady row forgives one wrong stride.
      constexpr State kNext[][2] = {{State::kSteady, State::kTransient},
                                    {State::kSteady, State::kNoPrediction},
                                    {State::kSteady, State::kInitial},
                                    {State::kTransient, State::kNoPrediction}};
      const bool is_wrong = now != stride;
      if (is_wrong && state != State::kSteady) stride = now;
      state = kNext[static_cast<unsigned>(state)][is_wrong ? 1 : 0];
    }
  };

  PrefetchParams params_;
  unsigned page_shift_;
  PrefetchTable<Row> table_;
};

/// Distance prefetching: which distances have followed the one between the last two pages. It needs
/// no instruction address.
class DistancePrefetcher final : public Prefetcher {
 public:
  DistancePrefetcher(const PrefetchParams& params, unsigned page_shift)
      : params_(params), page_shift_(page_shift), table_(params) {}

  void observe(const PrefetchTrigger& trigger, std::vector<VirtAddr>& pages) override {
    History& history = histories_[trigger.kind == AccessKind::kFetch ? 0 : 1];
    const std::uint64_t page = trigger.va.value() >> page_shift_;
    const std::uint64_t distance = page - history.page;  // modulo 2^64
    if (history.pages == 0 || history.asid != trigger.asid) {
      history = {1, trigger.asid, page, 0};
      return;
    }
    if (const Followers* next = table_.find(distance, distance)) {
      for (const std::uint64_t after : *next) pages.emplace_back((page + after) << page_shift_);
    }
    if (history.pages == 2) follow(history.distance, distance);
    history = {2, trigger.asid, page, distance};
  }

 private:
  using Followers = std::vector<std::uint64_t>;  // the last one first
  struct History {
    unsigned pages = 0;  ///< seen, up to two
    Asid asid = 0;
    std::uint64_t page = 0;
    std::uint64_t distance = 0;  ///< to it, from the page before
  };

  void follow(std::uint64_t first, std::uint64_t then) {
    Followers* known = table_.find(first, first);
    if (known == nullptr) return table_.insert(first, first, {then});
    known->erase(std::remove(known->begin(), known->end(), then), known->end());
    known->insert(known->begin(), then);
    if (known->size() > params_.degree) known->pop_back();
  }

  PrefetchParams params_;
  unsigned page_shift_;
  PrefetchTable<Followers> table_;
  std::array<History, 2> histories_;  // of fetches, of data
};

}  // namespace mmu
