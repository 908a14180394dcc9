// Outstanding misses: the first request for a key goes out, later ones wait for its answer. A
// slot whose answer is known in advance is given back by the passing of time, not by a call.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mmu {

/// Cycles are in the unit of the caller. Slots are numbered from 0.
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
    if (waiting_of_[bucket(key)] == 0) return kNone;
    for (const std::uint32_t slot : waiting_) {
      if (keys_[slot] == key) return slot;
    }
    return kNone;
  }

  /// Takes a slot that is free in `cycle`; kNone if all are in use. The search goes on where the
  /// last one ended: the slot found there has been free for longest, as a rule. Requires cycles in
  /// nondecreasing order, here and in first_free_after().
  std::uint32_t take(std::uint64_t key, std::uint64_t cycle) {
    if (cycle < none_before_) return kNone;
    for (std::uint32_t n = 0; n < keys_.size(); ++n) {
      const std::uint32_t slot = next_;
      next_ = next_ + 1 == keys_.size() ? 0 : next_ + 1;
      if (free_from_[slot] > cycle) continue;
      keys_[slot] = key;
      free_from_[slot] = kUnknown;
      waiting_.push_back(slot);
      ++waiting_of_[bucket(key)];
      return slot;
    }
    none_before_ = *std::min_element(free_from_.begin(), free_from_.end());
    return kNone;
  }

  void wait(std::uint32_t slot, const Waiter& waiter) { waiters_[slot].push_back(waiter); }

  /// The answer is there in `cycle`: the slot is in use up to it and free from the one after on.
  /// The waiters stay in waiters() until the caller clears them. Requires is_waiting(slot).
  void known(std::uint32_t slot, std::uint64_t cycle) {
    free_from_[slot] = cycle + 1;
    none_before_ = std::min(none_before_, cycle + 1);
    *std::find(waiting_.begin(), waiting_.end(), slot) = waiting_.back();
    waiting_.pop_back();
    --waiting_of_[bucket(keys_[slot])];
  }

  bool is_waiting(std::uint32_t slot) const { return free_from_[slot] == kUnknown; }
  std::uint64_t key(std::uint32_t slot) const { return keys_[slot]; }
  std::vector<Waiter>& waiters(std::uint32_t slot) { return waiters_[slot]; }  ///< oldest first
  const std::vector<Waiter>& waiters(std::uint32_t slot) const { return waiters_[slot]; }
  /// Slots that wait.
  std::uint32_t unknown() const { return static_cast<std::uint32_t>(waiting_.size()); }

  /// The first cycle after `cycle` in which a slot is known to become free; kUnknown if none is.
  std::uint64_t first_free_after(std::uint64_t cycle) const {
    if (cycle < none_before_) return none_before_;
    std::uint64_t first = kUnknown;
    for (const std::uint64_t from : free_from_) {
      if (from > cycle) first = std::min(first, from);
    }
    return first;
  }

 private:
  static constexpr unsigned kBucketBits = 8;
  static constexpr std::uint64_t kMultiplier = 0x9e3779b97f4a7c15;  // 2^64 / golden ratio
  static std::size_t bucket(std::uint64_t key) { return key * kMultiplier >> (64 - kBucketBits); }

  std::vector<std::uint64_t> keys_;
  std::vector<std::uint64_t> free_from_;  // kUnknown: not answered yet
  std::vector<std::vector<Waiter>> waiters_;
  std::vector<std::uint32_t> waiting_;  // the slots whose answer is unknown, in no order
  std::array<std::uint32_t, 1U << kBucketBits> waiting_of_{};  // how many of them, by bucket of key
  std::uint32_t next_ = 0;  // where the search for a free slot begins
  // take() is asked again and again while all slots are in use. Found when it fails: the cycle in
  // which the first of them is known to become free. Exact for cycles before it, else out of date.
  std::uint64_t none_before_ = 0;
};

}  // namespace mmu
