// Everything that is going to happen, in the order (cycle, rank). An entry says only who is to be
// woken and when: each module has one rank and keeps for itself what it has to do, so posting
// twice is the same as posting once, and no order of posting can be seen.
#pragma once

#include <array>
#include <cstdint>
#include <queue>
#include <utility>
#include <vector>

#include "hw/link/cycle.hpp"
#include "hw/link/rank.hpp"

namespace mmu {

class TimingWheel {
 public:
  static constexpr Cycle kSlots = 1024;
  static constexpr unsigned kWords = kSlots / 64;
  static_assert(kWords == 16, "find_next() keeps two turns of words in 32 bits");

  struct Entry {
    Cycle at;
    Rank rank;
  };

  /// Requires `at` not before the cycle last popped or turned to.
  void post(Cycle at, Rank rank) {
    if (at - base_ < kSlots) {
      mark(at, rank);
    } else {
      far_.push({at, static_cast<unsigned>(rank)});
    }
    next_ = at < next_ ? at : next_;
  }
  Cycle next() const { return next_; }  ///< cycle of the first entry; kNever if there is none
  Entry pop();                          ///< Requires next() != kNever.

  /// Says that nothing will be posted before `cycle` any more. Requires cycle <= next().
  void turn_to(Cycle cycle) {
    base_ = cycle;
    if (!far_.empty() && far_.top().first - base_ < kSlots) bring_near();
  }

 private:
  using Far = std::pair<Cycle, unsigned>;

  void mark(Cycle at, Rank rank) {
    const std::size_t slot = at % kSlots;
    slots_[slot] = static_cast<std::uint16_t>(slots_[slot] | 1u << static_cast<unsigned>(rank));
    busy_[slot / 64] |= std::uint64_t{1} << (slot % 64);
    busy_words_ |= 1u << (slot / 64);
  }
  void bring_near();
  Cycle find_next() const;

  Cycle base_ = 0;  // no entry lies before it
  Cycle next_ = kNever;
  std::array<std::uint16_t, kSlots> slots_{};  // bit r: rank r is to be woken
  std::array<std::uint64_t, kWords> busy_{};   // bit s: slot s is not empty
  std::uint32_t busy_words_ = 0;               // bit w: busy_[w] is not zero
  std::priority_queue<Far, std::vector<Far>, std::greater<>> far_;
  static_assert(kRanks <= 16);
};

}  // namespace mmu
