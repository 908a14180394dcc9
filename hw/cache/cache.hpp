// What a cache decides: which lines it has, which one it gives up, and what is dirty. No clock:
// cycles come in as numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hw/cache/cache_params.hpp"
#include "hw/common/set_assoc.hpp"
#include "hw/link/cycle.hpp"
#include "hw/link/story.hpp"

namespace mmu {

/// The state of a line, in one word, so that a look-up touches little of the host's memory.
class CacheLine {
 public:
  CacheLine() = default;
  /// The line can be used from `ready_at` on (less than 2^61); until then it is on its way
  /// from `from`.
  CacheLine(Cycle ready_at, Served from, bool dirty)
      : word_(ready_at << 3 | static_cast<std::uint64_t>(from) << 1 | (dirty ? 1u : 0u)) {}

  Cycle ready_at() const { return word_ >> 3; }
  Served from() const { return static_cast<Served>(word_ >> 1 & 3); }
  bool is_dirty() const { return (word_ & 1) != 0; }
  void make_dirty() { word_ |= 1; }

 private:
  std::uint64_t word_ = 0;
  static_assert(kServedPlaces <= 4);
};

/// What had to go for a new line.
struct Victim {
  std::uint64_t line;  ///< number: address / line_bytes
  bool dirty;
};

/// Tags only. Lines are given by number.
class Cache {
 public:
  /// `what` names the cache in messages ("cache.l2"). Throws ConfigError if line_bytes is no power
  /// of two, size_bytes no multiple of ways x line_bytes, or tree-plru meets another number of ways
  /// than a power of two.
  Cache(const std::string& what, const CacheParams& params, std::uint64_t seed);

  std::uint64_t line_of(PhysAddr address) const { return address.value() >> shift_; }
  PhysAddr address_of(std::uint64_t line) const { return PhysAddr(line << shift_); }

  /// The line; nullptr if it is not here.
  CacheLine* peek(std::uint64_t line) { return lines_.peek(line, line); }
  /// Requires what peek() has returned, with nothing entered since.
  void mark_used(const CacheLine* state) { lines_.mark_used(state); }

  /// peek() as far as it needs no search, in a cache that stamp() can mark; else nullptr.
  CacheLine* peek_recent(std::uint64_t line) {
    return lines_.marks_by_stamp() ? lines_.peek_recent(line) : nullptr;
  }
  /// mark_used() of what peek_recent() has returned.
  void stamp(const CacheLine* state) { lines_.stamp(state); }

  /// The line, marked as used, and as dirty by a write; nullptr if it is not here.
  CacheLine* look_up(std::uint64_t line, bool write) {
    CacheLine* const state = lines_.find(line, line);
    if (state != nullptr && write) state->make_dirty();
    return state;
  }

  /// Enters the answer to a miss. A line that is here already only becomes dirty if `state` is.
  std::optional<Victim> fill(std::uint64_t line, const CacheLine& state);

  /// Enters the whole line from the level above. Requires that it is not here.
  std::optional<Victim> enter(std::uint64_t line, const CacheLine& state);

 private:
  unsigned shift_;  // log2 of the line
  SetAssoc<CacheLine> lines_;
};

}  // namespace mmu
