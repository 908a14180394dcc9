// How many pages a program touches in a stretch of time (Denning, CACM 11(5), 1968), here in
// windows that follow each other.
#pragma once

#include <cstdint>
#include <vector>

#include "traces/reuse/page_slots.hpp"

namespace mmu::traces {

class WorkingSet {
 public:
  void touch(std::uint64_t page) {
    if (page == last_) return;
    last_ = page;
    std::uint64_t& window = window_of_[page];
    in_window_ += window != window_ ? 1u : 0u;
    window = window_;
  }
  /// The next touches belong to the next window.
  void end_window() {
    sizes_.push_back(in_window_);
    in_window_ = 0;
    ++window_;
    last_ = PageSlots::kNoPage;
  }

  /// Distinct pages of each window that has ended.
  const std::vector<std::uint64_t>& sizes() const { return sizes_; }
  const PageSlots& pages() const { return window_of_; }

 private:
  PageSlots window_of_;  // page -> the last window in which it was touched, from 1 on
  std::uint64_t window_ = 1, in_window_ = 0;
  std::uint64_t last_ = PageSlots::kNoPage;
  std::vector<std::uint64_t> sizes_;
};

}  // namespace mmu::traces
