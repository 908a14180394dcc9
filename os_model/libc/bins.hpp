// Free chunks by size.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <unordered_map>

#include "os_model/libc/sizes.hpp"

namespace mmu::libc {

struct FreeChunk {
  std::uint64_t start = 0, bytes = 0;
};

/// glibc's: what is freed first lies unsorted, the oldest of which is looked at first. A small bin
/// is a queue; a large one is sorted by size, and hands out of one size what it got last.
class Bins {
 public:
  void put_unsorted(FreeChunk chunk);
  /// Into the bin of its size.
  void put(FreeChunk chunk);
  /// Out of wherever it is. Throws ModelError if it is nowhere.
  void remove(std::uint64_t start);

  std::optional<FreeChunk> oldest_unsorted() const;
  bool has_one_unsorted() const { return unsorted_.size() == 1; }
  /// In the bin of `bytes`, of at least so many; the smallest.
  std::optional<FreeChunk> fitting(std::uint64_t bytes) const;
  /// In the next bin behind the one of `bytes` that is not empty; the smallest.
  std::optional<FreeChunk> in_larger_bin(std::uint64_t bytes) const;

  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t chunks() const { return places_.size(); }

 private:
  using List = std::list<std::uint64_t>;
  static constexpr unsigned kUnsorted = 0;
  struct Place {
    unsigned bin = kUnsorted;
    std::uint64_t bytes = 0;
    List::iterator at;
  };

  void add(FreeChunk chunk, unsigned bin, List& list, List::iterator before);

  List unsorted_;                                        // the newest in front
  std::array<std::map<std::uint64_t, List>, kBins> by_;  // bin -> size -> chunks
  std::unordered_map<std::uint64_t, Place> places_;
  std::uint64_t bytes_ = 0;
};

}  // namespace mmu::libc
