// Frames of one range of physical memory.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "hw/arch/address.hpp"

namespace mmu::os {

/// Hands out frames, and runs of 2^n frames that are naturally aligned. A frame comes from the
/// lowest block of 512 frames that is in part taken, else from the lowest free one; so blocks stay
/// whole as long as possible, and which frame is taken depends on nothing but the order of calls.
/// Costs memory for the blocks that were ever taken from (80 bytes each).
class FrameAllocator {
 public:
  /// Of the frames of 2^frame_shift bytes that lie wholly in [first, end). `what` they are and
  /// `configured_bytes` of memory (os.memory_bytes) are for messages.
  FrameAllocator(PhysAddr first, PhysAddr end, unsigned frame_shift, std::string what,
                 std::uint64_t configured_bytes);

  /// Throws SimulatedError if none is left.
  PhysAddr take();
  /// 2^shift bytes, or nothing if no such run is wholly free. Requires shift >= frame_shift().
  std::optional<PhysAddr> try_take_run(unsigned shift);
  /// A frame taken alone or as part of a run. Throws ModelError if it is not taken.
  void give_back(PhysAddr frame);
  void give_back_run(PhysAddr first, unsigned shift);

  unsigned frame_shift() const { return frame_shift_; }
  std::uint64_t capacity() const { return end_ - first_; }  ///< frames
  std::uint64_t in_use() const { return in_use_; }          ///< frames
  std::uint64_t peak() const { return peak_; }              ///< frames, the most at one time
  bool owns(PhysAddr frame) const;

 private:
  static constexpr unsigned kBlockFramesShift = 9;
  static constexpr unsigned kFramesInBlock = 1u << kBlockFramesShift;
  static constexpr std::uint64_t kWord = 64;

  struct Block {
    std::array<std::uint64_t, kFramesInBlock / kWord> taken{};  // bit f: frame f
    unsigned free = kFramesInBlock;

    bool is_taken(std::uint64_t f) const { return (taken[f / kWord] >> f % kWord & 1) != 0; }
    /// The first of `count` free frames in an aligned row; nothing if there are none.
    std::optional<std::uint64_t> find_run(std::uint64_t count) const;
  };

  std::set<std::uint64_t>* list_of(const Block& block);
  void set_taken(std::uint64_t frame, bool taken);
  bool see_next_block();
  std::optional<std::uint64_t> find_in_a_block(std::uint64_t frames);
  std::optional<std::uint64_t> find_blocks(std::uint64_t blocks);
  bool are_whole(std::uint64_t index, std::uint64_t blocks);
  [[noreturn]] void exhausted() const;

  unsigned frame_shift_;
  std::uint64_t first_, end_;                // frame numbers
  std::uint64_t first_block_;                // block number of blocks_[0]
  std::uint64_t block_count_;                // blocks of the range, seen or not
  std::vector<Block> blocks_;                // seen so far, from the lowest
  std::set<std::uint64_t> partial_, whole_;  // indices into blocks_ with frames, all frames free
  std::uint64_t in_use_ = 0, peak_ = 0;
  std::string what_;
  std::uint64_t configured_bytes_;
};

}  // namespace mmu::os
