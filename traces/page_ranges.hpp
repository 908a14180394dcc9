// A set of pages as ranges: programs map gigabytes in one call.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>

namespace mmu::traces {

/// Pages [first, end), as page numbers.
struct PageRange {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  bool empty() const { return first >= end; }
};

class PageRanges {
 public:
  void add(PageRange range) {
    if (range.empty()) return;
    auto next = ends_.upper_bound(range.first);
    if (next != ends_.begin() && std::prev(next)->second >= range.first) --next;
    while (next != ends_.end() && next->first <= range.end) {
      range.first = std::min(range.first, next->first);
      range.end = std::max(range.end, next->second);
      next = ends_.erase(next);
    }
    ends_.emplace(range.first, range.end);
  }

  bool contains(std::uint64_t page) const {
    const auto next = ends_.upper_bound(page);
    return next != ends_.begin() && std::prev(next)->second > page;
  }

  /// Calls fn(PageRange) for each piece of `range` that is not in the set, in order.
  template <class Fn>
  void for_each_gap(PageRange range, Fn&& fn) const {
    auto next = ends_.upper_bound(range.first);
    if (next != ends_.begin()) range.first = std::max(range.first, std::prev(next)->second);
    for (; next != ends_.end() && next->first < range.end; ++next) {
      if (range.first < next->first) fn(PageRange{range.first, next->first});
      range.first = next->second;
    }
    if (!range.empty()) fn(range);
  }

  auto begin() const { return ends_.begin(); }
  auto end() const { return ends_.end(); }

 private:
  std::map<std::uint64_t, std::uint64_t> ends_;  // first -> end; disjoint, not adjacent
};

}  // namespace mmu::traces
