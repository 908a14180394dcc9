// Chunks that are kept as they are, by size: nobody has them, but their neighbours take them for
// chunks in use. The tcache, and the fastbins behind it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "os_model/libc/sizes.hpp"

namespace mmu::libc {

/// Stacks of chunks of the sizes 32, 48 ... up to `most`.
template <std::uint64_t most, unsigned depth>
class ChunkStacks {
 public:
  explicit ChunkStacks(bool open) : open_(open) {}

  /// There is no room before.
  void open() { open_ = true; }
  bool has_room(std::uint64_t bytes) const {
    return open_ && bytes <= most && stacks_[index_of(bytes)].size() < depth;
  }
  /// Requires has_room().
  void put(std::uint64_t chunk, std::uint64_t bytes) {
    stacks_[index_of(bytes)].push_back(chunk);
    bytes_ += bytes;
  }
  /// The one put last.
  std::optional<std::uint64_t> take(std::uint64_t bytes) {
    if (bytes > most || stacks_[index_of(bytes)].empty()) return std::nullopt;
    const std::uint64_t chunk = stacks_[index_of(bytes)].back();
    stacks_[index_of(bytes)].pop_back();
    bytes_ -= bytes;
    return chunk;
  }
  std::uint64_t bytes() const { return bytes_; }

 private:
  static constexpr std::size_t index_of(std::uint64_t bytes) {
    return (bytes - kSmallest) / kGrain;
  }
  std::array<std::vector<std::uint64_t>, index_of(most) + 1> stacks_;
  std::uint64_t bytes_ = 0;
  bool open_;
};

using Tcache = ChunkStacks<kMostCached, kCacheDepth>;
using Fastbins = ChunkStacks<kMaxFast, ~0U>;

}  // namespace mmu::libc
