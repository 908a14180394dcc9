// Which way of a set to give up next: one class for each policy, and a row that SetAssoc reads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mmu {

enum class Replacement : std::uint8_t {
  kLru,
  kTreePlru,
  kRandom,
  kFifo,
  kBitPlru,
  kNru,
  kSrrip,
};
inline constexpr std::string_view kReplacementNames[] = {"lru",      "tree-plru", "random", "fifo",
                                                         "bit-plru", "nru",       "srrip"};

/// What a policy keeps: one word for each way of the set at hand, 0 at first, and two that all sets
/// of the array share.
struct ReplacementState {
  std::uint64_t* words;
  std::size_t ways;
  std::uint64_t& clock;   ///< 0 at first
  std::uint64_t& random;  ///< the state of a generator, odd at first
};

/// The way whose word is the least, the lowest of several.
inline std::size_t least_word(const std::uint64_t* words, std::size_t ways) {
  std::size_t least = 0;
  std::uint64_t word = words[0];  // in a register: the loop must not wait for its own choice
  for (std::size_t i = 1; i < ways; ++i) {
    const bool is_less = words[i] < word;
    least = is_less ? i : least;
    word = is_less ? words[i] : word;
  }
  return least;
}

/// A victim is one of the first `among` ways; all of them, unless something is held to some ways of
/// a set. (1 <= among <= ways.)
///
/// True least recently used: a word is the time of the last use.
struct Lru {
  static void used(const ReplacementState& set, std::size_t way) { set.words[way] = ++set.clock; }
  static void filled(const ReplacementState& set, std::size_t way) { used(set, way); }
  static std::size_t victim(const ReplacementState& set, std::size_t among) {
    return least_word(set.words, among);
  }
};

/// First in, first out: a word is the time of the fill; a use changes nothing.
struct Fifo {
  static void used(const ReplacementState&, std::size_t) {}
  static void filled(const ReplacementState& set, std::size_t way) { set.words[way] = ++set.clock; }
  static std::size_t victim(const ReplacementState& set, std::size_t among) {
    return least_word(set.words, among);
  }
};

/// Tree pseudo-LRU: ways - 1 bits in heap order, in words[1 ...]; each says whether the colder half
/// is the right one. Requires a power of two of ways.
struct TreePlru {
  static void used(const ReplacementState& set, std::size_t way) {
    for (std::size_t node = way + set.ways; node > 1; node /= 2) {
      set.words[node / 2] = node % 2 == 0 ? 1 : 0;
    }
  }
  static void filled(const ReplacementState& set, std::size_t way) { used(set, way); }
  /// Where the right half has none of the ways in question, the left one it is.
  static std::size_t victim(const ReplacementState& set, std::size_t among) {
    std::size_t node = 1;
    std::size_t first = 0;  // way of the subtree
    for (std::size_t half = set.ways / 2; half != 0; half /= 2) {
      const bool right = set.words[node] != 0 && first + half < among;
      node = 2 * node + (right ? 1 : 0);
      first += right ? half : 0;
    }
    return first;
  }
};

/// Any way, equally likely: Marsaglia's xorshift64.
struct RandomWay {
  static void used(const ReplacementState&, std::size_t) {}
  static void filled(const ReplacementState&, std::size_t) {}
  static std::size_t victim(const ReplacementState& set, std::size_t among) {
    set.random ^= set.random << 13;
    set.random ^= set.random >> 7;
    set.random ^= set.random << 17;
    return static_cast<std::size_t>(set.random % among);
  }
};

/// Bit pseudo-LRU (MRU bits): a use sets the way's bit; when it is the last that was clear, all
/// others are cleared. The lowest way with a clear bit goes; if none of those in question has one,
/// which is so only where others do, theirs are cleared first.
struct BitPlru {
  static void used(const ReplacementState& set, std::size_t way) {
    set.words[way] = 1;
    for (std::size_t i = 0; i < set.ways; ++i) {
      if (set.words[i] == 0) return;
    }
    for (std::size_t i = 0; i < set.ways; ++i) set.words[i] = i == way ? 1 : 0;
  }
  static void filled(const ReplacementState& set, std::size_t way) { used(set, way); }
  static std::size_t victim(const ReplacementState& set, std::size_t among) {
    const std::size_t least = least_word(set.words, among);
    if (set.words[least] != 0) std::fill_n(set.words, among, std::uint64_t{0});
    return least;
  }
};

/// Re-reference interval prediction by hit priority (Jaleel et al., ISCA 2010): a use predicts 0; a
/// fill predicts max - 1; the lowest way with max goes, all (in question) ageing until there is
/// one. SRRIP has max 3 (two bits); with max 1 it is NRU: not recently used.
template <std::uint64_t max>
struct Rrip {
  static void used(const ReplacementState& set, std::size_t way) { set.words[way] = 0; }
  static void filled(const ReplacementState& set, std::size_t way) { set.words[way] = max - 1; }
  static std::size_t victim(const ReplacementState& set, std::size_t among) {
    for (;;) {
      for (std::size_t i = 0; i < among; ++i) {
        if (set.words[i] >= max) return i;
      }
      for (std::size_t i = 0; i < among; ++i) ++set.words[i];
    }
  }
};

/// What SetAssoc calls. A use is a look-up, or the overwriting of an entry that is there.
struct ReplacementRow {
  void (*used)(const ReplacementState& set, std::size_t way);
  void (*filled)(const ReplacementState& set, std::size_t way);
  /// Requires that none of them is empty.
  std::size_t (*victim)(const ReplacementState& set, std::size_t among);
  bool powers_of_two = false;  ///< of ways only
};

template <class Policy>
constexpr ReplacementRow replacement_row(bool powers_of_two = false) {
  return {Policy::used, Policy::filled, Policy::victim, powers_of_two};
}

/// In the order of the enumeration.
inline constexpr ReplacementRow kReplacementRows[] = {
    replacement_row<Lru>(),     replacement_row<TreePlru>(true), replacement_row<RandomWay>(),
    replacement_row<Fifo>(),    replacement_row<BitPlru>(),      replacement_row<Rrip<1>>(),
    replacement_row<Rrip<3>>(),
};
static_assert(sizeof(kReplacementRows) / sizeof(kReplacementRows[0]) ==
              sizeof(kReplacementNames) / sizeof(kReplacementNames[0]));

constexpr const ReplacementRow& row_of(Replacement policy) {
  return kReplacementRows[static_cast<unsigned>(policy)];
}

}  // namespace mmu
