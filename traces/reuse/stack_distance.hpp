// How deep in an LRU stack each page lies when it is touched.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "traces/reuse/page_slots.hpp"

namespace mmu::traces {

/// Exact stack distances (Mattson et al., IBM Systems Journal 9(2), 1970) in O(log pages), after
/// Bennett and Kruskal (IBM J. Res. Dev. 19(4), 1975): each page owns the slot of its last touch,
/// and its depth is the number of slots from there on, counted in a Fenwick tree over words of 64
/// slots. Slots that are free again are squeezed out when they run out. The pages touched last are
/// in no slot but in a short list that is searched one by one.
class StackDistance {
 public:
  static constexpr std::uint64_t kFirst = 0;  ///< never touched before

  StackDistance();

  /// Touches `page`. Its depth before that: 1 if it was touched last, n + 1 if n others were
  /// touched since; kFirst.
  std::uint64_t touch(std::uint64_t page) { return page == recent_[0] ? 1 : touch_other(page); }
  std::uint64_t distinct() const { return slots_.size(); }

 private:
  static constexpr std::size_t kRecent = 8;
  static constexpr unsigned kWord = 64;

  std::uint64_t touch_other(std::uint64_t page);
  std::uint64_t take_from_slot(std::uint64_t slot);
  void put_into_slot(std::uint64_t page);
  void squeeze();
  void add(std::size_t word, std::uint32_t change);
  std::uint64_t before(std::size_t word) const;

  std::array<std::uint64_t, kRecent> recent_{};  // the last one first; then kNoPage
  PageSlots slots_;                              // page -> slot, from 1 on; 0: it had none yet
  std::vector<std::uint64_t> used_;              // a bit for each slot
  std::vector<std::uint32_t> tree_;              // Fenwick: used slots by word
  std::vector<std::uint64_t> page_of_;           // slot -> page
  std::uint64_t next_slot_ = 1, in_slots_ = 0;
};

}  // namespace mmu::traces
