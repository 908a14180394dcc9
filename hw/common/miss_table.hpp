// Outstanding misses: the first request for a key goes out, later ones wait for its answer. A
// slot whose answer is known in advance is given back by the passing of time, not by a call.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mmu {

/// Cycles are in the unit of the caller. Slots are numbered from 0; the lowest free one is taken.
template <class Waiter>
class MissTable {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  static constexpr std::uint64_t kUnknown = ~std::uint64_t{0};

  /// Requires slots > 0.
  explicit MissTable(std::uint32_t slots) : keys_(slots), free_from_(slots), waiters_(slots) {}

  std::uint32_t slots() const { return static_cast<std::uint32_t>(keys_.size()); }

  /// The slot that waits for `key` with its answer still unknown; kNone if there is none.
  std::uint32_t find(std::uint64_t key) const {
    if (unknown_ == 0) return kNone;
    for (std::uint32_t i = 0; i < keys_.size(); ++i) {
      if (keys_[i] == key && is_waiting(i)) return i;
    }
    return kNone;
  }

  /// Takes a slot that is free in `cycle`; kNone if all are in use.
  std::uint32_t take(std::uint64_t key, std::uint64_t cycle) {
    for (std::uint32_t i = 0; i < keys_.size(); ++i) {
      if (free_from_[i] > cycle) continue;
      keys_[i] = key;
      free_from_[i] = kUnknown;
      ++unknown_;
      return i;
    }
    return kNone;
  }

  void wait(std::uint32_t slot, const Waiter& waiter) { waiters_[slot].push_back(waiter); }

  /// The answer is there in `cycle`: the slot is in use up to it and free from the one after on.
  /// The waiters stay in waiters() until the caller clears them. Requires is_waiting(slot).
  void known(std::uint32_t slot, std::uint64_t cycle) {
    free_from_[slot] = cycle + 1;
    --unknown_;
  }

  bool is_waiting(std::uint32_t slot) const { return free_from_[slot] == kUnknown; }
  std::uint64_t key(std::uint32_t slot) const { return keys_[slot]; }
  std::vector<Waiter>& waiters(std::uint32_t slot) { return waiters_[slot]; }  ///< oldest first
  const std::vector<Waiter>& waiters(std::uint32_t slot) const { return waiters_[slot]; }
  std::uint32_t unknown() const { return unknown_; }  ///< slots that wait

  /// The first cycle after `cycle` in which a slot is known to become free; kUnknown if none is.
  std::uint64_t first_free_after(std::uint64_t cycle) const {
    std::uint64_t first = kUnknown;
    for (const std::uint64_t from : free_from_) {
      if (from > cycle) first = std::min(first, from);
    }
    return first;
  }

 private:
  std::vector<std::uint64_t> keys_;
  std::vector<std::uint64_t> free_from_;  // kUnknown: not answered yet
  std::vector<std::vector<Waiter>> waiters_;
  std::uint32_t unknown_ = 0;
};

}  // namespace mmu
