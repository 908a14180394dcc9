// Which frames of a range are free.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace mmu::os {

/// One bit for each frame, kept for those blocks of 512 frames of which one was ever taken (112
/// bytes each). Frames have absolute numbers; a run of 2^order frames begins at a multiple of that.
class FrameMap {
 public:
  static constexpr unsigned kBlockOrder = 9;
  static constexpr std::uint64_t kBlockFrames = std::uint64_t{1} << kBlockOrder;

  /// The frames in [first, end), all free.
  FrameMap(std::uint64_t first, std::uint64_t end);

  std::uint64_t first() const { return first_; }
  std::uint64_t end() const { return end_; }
  std::uint64_t free() const { return free_; }
  std::uint64_t free_in_block(std::uint64_t block) const;

  /// Throw ModelError if one of them is not of the range, or is so already.
  void take(std::uint64_t frame, std::uint64_t count) { mark(frame, count, true); }
  void give_back(std::uint64_t frame, std::uint64_t count) { mark(frame, count, false); }

  /// The lowest free run that begins at `from` or behind; the lowest in one block of 512 frames
  /// (requires an order below 9).
  std::optional<std::uint64_t> find(std::uint64_t from, unsigned order) const;
  std::optional<std::uint64_t> find_in_block(std::uint64_t block, unsigned order) const;

  /// [order]: free blocks as a buddy system with blocks of up to `max_order` has them when all
  /// buddies are joined.
  std::vector<std::uint64_t> free_blocks(unsigned max_order) const;

 private:
  static constexpr unsigned kWord = 64;
  struct Block {
    std::array<std::uint64_t, kBlockFrames / kWord> taken{};  // bit f: frame f
    std::uint64_t free = kBlockFrames;

    bool is_free(std::uint64_t frame, std::uint64_t count) const;
    std::optional<std::uint64_t> find_run(std::uint64_t from, std::uint64_t count) const;
  };
  using Blocks = std::map<std::uint64_t, Block>;  // by number; others are wholly free

  void add_edge(std::uint64_t block);
  void mark(std::uint64_t frame, std::uint64_t count, bool taken);
  std::optional<std::uint64_t> find_small(std::uint64_t from, std::uint64_t count) const;
  std::optional<std::uint64_t> find_blocks(std::uint64_t from, std::uint64_t count) const;

  std::uint64_t first_, end_, free_;
  Blocks blocks_;
};

}  // namespace mmu::os
