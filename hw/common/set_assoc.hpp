// Sets x ways of values under 64-bit keys, with the policy that says which one to give up. Keys
// lie packed, so that a look-up of eight ways touches one cache line of the host. A key may be
// any number but 2^64 - 1, which marks an empty way.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hw/arch/errors.hpp"
#include "hw/common/replacement.hpp"

namespace mmu {

template <class Value>
class SetAssoc {
 public:
  struct Displaced {
    std::uint64_t key;
    Value value;
  };

  /// `ways` 0: fully associative. Throws ConfigError, naming `what`, if ways do not divide entries
  /// or a policy that needs a power of two of ways has none. No entries: nothing ever hits.
  SetAssoc(const std::string& what, std::uint64_t entries, std::uint64_t ways, Replacement policy,
           std::uint64_t seed)
      : ways_(ways == 0 ? std::max<std::uint64_t>(entries, 1) : ways),
        sets_(entries / ways_),
        mask_((sets_ & (sets_ - 1)) == 0 ? sets_ - 1 : 0),
        policy_(policy),
        random_(seed * 2 + 1),
        keys_(std::max<std::uint64_t>(entries, 1), kEmpty),
        values_(keys_.size()),
        recent_(memo_size(entries)),
        recent_mask_(recent_.size() - 1),
        used_(keys_.size()) {
    if (entries % ways_ != 0) {
      throw ConfigError(what + ": " + std::to_string(ways_) + " ways do not divide " +
                        std::to_string(entries) + " entries");
    }
    if (row_of(policy).powers_of_two && (ways_ & (ways_ - 1)) != 0) {
      throw ConfigError(what + ": " +
                        std::string(kReplacementNames[static_cast<unsigned>(policy)]) +
                        " needs a power-of-two number of ways, got " + std::to_string(ways_));
    }
  }

  std::uint64_t sets() const { return sets_; }
  std::uint64_t ways() const { return ways_; }

  /// The value under `key` in set `index` mod sets(), marked as used; nullptr if there is none.
  /// Requires that `key` determines `index`.
  Value* find(std::uint64_t index, std::uint64_t key) {
    Value* const found = peek(index, key);
    if (found != nullptr) mark_used(found);
    return found;
  }

  /// The same without marking it.
  Value* peek(std::uint64_t index, std::uint64_t key) {
    Value* const found = peek_recent(key);
    return found != nullptr ? found : search(index, key);
  }

  /// What the last look-ups tell without a search; nullptr: a search must tell.
  Value* peek_recent(std::uint64_t key) {
    const std::size_t place = recent_[key & recent_mask_];
    return keys_[place] == key ? &values_[place] : nullptr;
  }

  /// True if marking is a store: mark_used() then calls nothing.
  bool marks_by_stamp() const { return policy_ == Replacement::kLru; }
  /// As mark_used(). Requires marks_by_stamp().
  void stamp(const Value* value) { used_[place_of(value)] = ++clock_; }

  /// The number of the way that `value` lies in, over all sets. Requires what find() or peek() has
  /// returned.
  std::size_t place_of(const Value* value) const {
    return static_cast<std::size_t>(value - values_.data());
  }

  /// Requires what find() or peek() has returned, with nothing inserted since.
  void mark_used(const Value* value) { touch(place_of(value)); }

  /// Adds, or overwrites and marks as used; what had to go, if it was another live entry.
  /// An empty way is taken first, the lowest; what is new goes to one of the first `among` ways.
  /// Requires key != 2^64 - 1, and 1 <= among <= ways.
  std::optional<Displaced> insert(std::uint64_t index, std::uint64_t key, const Value& value) {
    return insert(index, key, value, ways_);
  }
  std::optional<Displaced> insert(std::uint64_t index, std::uint64_t key, const Value& value,
                                  std::uint64_t among) {
    if (sets_ == 0) return std::nullopt;
    const std::size_t place = position(index, key);
    if (place == kNone) return insert_new(index, key, value, among);
    values_[place] = value;
    touch(place);
    return std::nullopt;
  }

  /// The same where `key` is known to be absent. Requires that, and at least one entry.
  std::optional<Displaced> insert_new(std::uint64_t index, std::uint64_t key, const Value& value) {
    return insert_new(index, key, value, ways_);
  }
  std::optional<Displaced> insert_new(std::uint64_t index, std::uint64_t key, const Value& value,
                                      std::uint64_t among) {
    std::optional<Displaced> displaced;
    const std::size_t place = place_to_fill(index, among);
    if (keys_[place] != kEmpty) displaced = Displaced{keys_[place], values_[place]};
    filled(place);
    keys_[place] = key;
    values_[place] = value;
    absent_ = kEmpty;
    return displaced;
  }

  /// Removes one. Requires what find() or peek() has returned, with nothing inserted since.
  void erase(const Value* value) { empty(place_of(value)); }

  /// Removes each entry for which gone(key, value).
  template <class Gone>
  void erase_if(Gone gone) {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (keys_[i] == kEmpty || !gone(keys_[i], values_[i])) continue;
      empty(i);
    }
  }

  /// Calls fn(value) for each live entry, which it may change.
  template <class Fn>
  void for_each_value(Fn fn) {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (keys_[i] != kEmpty) fn(values_[i]);
    }
  }

  /// Calls fn(key, value) for each live entry.
  template <class Fn>
  void for_each(Fn fn) const {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (keys_[i] != kEmpty) fn(keys_[i], values_[i]);
    }
  }

 private:
  static constexpr std::uint64_t kEmpty = ~std::uint64_t{0};
  static constexpr std::size_t kNone = ~std::size_t{0};

  /// Slots of the memo: a power of two, enough that most entries have one of their own.
  static std::size_t memo_size(std::uint64_t entries) {
    std::size_t size = 16;
    while (size < entries && size < 4096) size *= 2;
    return size;
  }

  std::size_t set_of(std::uint64_t index) const {
    return mask_ != 0 || sets_ == 1 ? index & mask_ : index % sets_;
  }

  /// Of the lowest way that holds `key`. No early exit: which way hits cannot be foretold, and a
  /// wrong guess costs more than the rest of the loop.
  std::size_t position(std::uint64_t index, std::uint64_t key) const {
    if (sets_ == 0) return kNone;
    const std::size_t first = set_of(index) * ways_;
    const std::uint64_t* keys = keys_.data() + first;
    std::size_t found = kNone;
    std::size_t i = ways_;
    for (; i % 4 != 0; --i) found = keys[i - 1] == key ? i - 1 : found;
    for (; i != 0; i -= 4) {
      found = keys[i - 1] == key ? i - 1 : found;
      found = keys[i - 2] == key ? i - 2 : found;
      found = keys[i - 3] == key ? i - 3 : found;
      found = keys[i - 4] == key ? i - 4 : found;
    }
    return found == kNone ? kNone : first + found;
  }

  [[gnu::noinline]] Value* search(std::uint64_t index, std::uint64_t key) {
    if (key == absent_) return nullptr;
    const std::size_t found = position(index, key);
    if (found == kNone) {
      absent_ = key;  // whoever misses looks again, as a rule, before it goes on
      return nullptr;
    }
    recent_[key & recent_mask_] = static_cast<std::uint32_t>(found);
    return &values_[found];
  }

  // LRU is what nearly all arrays have: it is done here, the others through their row.
  void touch(std::size_t place) {
    if (policy_ == Replacement::kLru) {
      used_[place] = ++clock_;
    } else {
      row_of(policy_).used(state(place / ways_ * ways_), place % ways_);
    }
  }

  void filled(std::size_t place) {
    if (policy_ == Replacement::kLru) {
      used_[place] = ++clock_;
    } else {
      row_of(policy_).filled(state(place / ways_ * ways_), place % ways_);
    }
  }

  /// Of the first `among` ways the lowest that is empty, or the one to give up. LRU: an empty way
  /// was last used at time 0, before all others.
  std::size_t place_to_fill(std::uint64_t index, std::uint64_t among) {
    const std::size_t first = set_of(index) * ways_;
    if (policy_ == Replacement::kLru) return first + least_word(used_.data() + first, among);
    const std::size_t empty = position(index, kEmpty);
    if (empty != kNone && empty - first < among) return empty;
    return first + row_of(policy_).victim(state(first), among);
  }

  // The next insertion of its set comes here, or to a lower empty way.
  void empty(std::size_t place) {
    keys_[place] = kEmpty;
    if (policy_ == Replacement::kLru) used_[place] = 0;
  }

  ReplacementState state(std::size_t first) {
    return {used_.data() + first, static_cast<std::size_t>(ways_), clock_, random_};
  }

  std::uint64_t ways_;
  std::uint64_t sets_;
  std::uint64_t mask_;  // 0: the number of sets is one, or not a power of two
  Replacement policy_;
  std::uint64_t clock_ = 0;
  std::uint64_t random_;
  std::vector<std::uint64_t> keys_;
  std::vector<Value> values_;
  std::vector<std::uint32_t> recent_;  // where a key was found last, by its low bits: a guess
  std::uint64_t recent_mask_;          // its size - 1
  std::uint64_t absent_ = kEmpty;      // searched for last, in vain; kEmpty: not known any more
  std::vector<std::uint64_t> used_;    // the policy's words; lru: 0 means empty
};

}  // namespace mmu
