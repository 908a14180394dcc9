// Translated accesses that have not been accepted by their L1 yet, in the order (due cycle, order
// of entering).
#pragma once

#include <cstdint>
#include <deque>

#include "hw/link/cycle.hpp"

namespace mmu {

class ReplayList {
 public:
  void add(Cycle due, std::uint64_t access) {
    auto place = items_.end();
    while (place != items_.begin() && std::prev(place)->due > due) --place;
    items_.insert(place, {due, access});
  }
  bool has_due(Cycle now) const { return !items_.empty() && items_.front().due <= now; }
  std::uint64_t front() const { return items_.front().access; }
  void pop() {
    items_.pop_front();
    refused_ = false;
  }
  std::size_t size() const { return items_.size(); }

  /// True if the first has been refused: whatever comes later must queue behind it.
  bool is_refused() const { return refused_; }
  void refuse() { refused_ = true; }

 private:
  struct Item {
    Cycle due;
    std::uint64_t access;
  };
  std::deque<Item> items_;
  bool refused_ = false;
};

}  // namespace mmu
