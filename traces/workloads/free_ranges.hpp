// Pieces of an address range that nobody uses.
#pragma once

#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace mmu::traces {

/// Neighbours are joined at once.
class FreeRanges {
 public:
  struct Piece {
    std::uint64_t start = 0, bytes = 0;
  };

  void add(Piece piece) {
    auto next = by_start_.lower_bound(piece.start);
    if (next != by_start_.end() && piece.start + piece.bytes == next->first) {
      piece.bytes += next->second;
      next = erase(next);
    }
    if (next != by_start_.begin()) {
      const auto before = std::prev(next);
      if (before->first + before->second == piece.start) {
        piece = {before->first, before->second + piece.bytes};
        erase(before);
      }
    }
    insert(piece);
  }

  /// The smallest piece that has `bytes`, the lowest of several; what is left over stays free if
  /// it has at least `least` bytes, else it comes with the piece.
  std::optional<Piece> take(std::uint64_t bytes, std::uint64_t least) {
    const auto found = by_bytes_.lower_bound({bytes, 0});
    if (found == by_bytes_.end()) return std::nullopt;
    Piece piece{found->second, found->first};
    erase(by_start_.find(piece.start));
    if (piece.bytes - bytes >= least) {
      insert({piece.start + bytes, piece.bytes - bytes});
      piece.bytes = bytes;
    }
    return piece;
  }

  /// The start of the piece that ends at `end`, which is taken; `end` if there is none.
  std::uint64_t take_before(std::uint64_t end) {
    const auto next = by_start_.lower_bound(end);
    if (next == by_start_.begin()) return end;
    const auto before = std::prev(next);
    const std::uint64_t start = before->first;
    if (start + before->second != end) return end;
    erase(before);
    return start;
  }

 private:
  using ByStart = std::map<std::uint64_t, std::uint64_t>;
  void insert(Piece piece) {
    by_start_.emplace(piece.start, piece.bytes);
    by_bytes_.emplace(piece.bytes, piece.start);
  }
  ByStart::iterator erase(ByStart::iterator at) {
    by_bytes_.erase({at->second, at->first});
    return by_start_.erase(at);
  }

  ByStart by_start_;                                            // start -> bytes
  std::set<std::pair<std::uint64_t, std::uint64_t>> by_bytes_;  // (bytes, start)
};

}  // namespace mmu::traces
