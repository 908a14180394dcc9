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

inline constexpr unsigned kFrameShift = 12;  ///< a frame: 4 KiB
inline constexpr unsigned kBlockShift = 21;  ///< a block: 2 MiB, naturally aligned
inline constexpr std::uint64_t kFrameBytes = std::uint64_t{1} << kFrameShift;
inline constexpr std::uint64_t kBlockBytes = std::uint64_t{1} << kBlockShift;
inline constexpr unsigned kFramesInBlock = 1u << (kBlockShift - kFrameShift);

/// Hands out frames and whole blocks. A frame comes from the lowest block that is in part taken,
/// else from the lowest free one; so blocks stay whole as long as possible, and which frame is
/// taken depends on nothing but the order of calls. Costs memory for the blocks that were ever
/// taken from (80 bytes for each 2 MiB).
class FrameAllocator {
 public:
  /// Of the frames that lie wholly in [first, end). `what` they are and `configured_bytes` of
  /// memory (os.memory_bytes) are for messages.
  FrameAllocator(PhysAddr first, PhysAddr end, std::string what, std::uint64_t configured_bytes);

  /// Throws SimulatedError if none is left.
  PhysAddr take();
  /// A whole block, or nothing if no block is wholly free.
  std::optional<PhysAddr> try_take_block();
  /// A frame taken alone or as part of a block. Throws ModelError if it is not taken.
  void give_back(PhysAddr frame);
  void give_back_block(PhysAddr block);

  std::uint64_t capacity() const { return end_ - first_; }  ///< frames
  std::uint64_t in_use() const { return in_use_; }          ///< frames
  std::uint64_t peak() const { return peak_; }              ///< frames, the most at one time
  bool owns(PhysAddr frame) const;

 private:
  struct Block {
    std::array<std::uint64_t, kFramesInBlock / 64> taken{};  // bit f: frame f
    unsigned free = kFramesInBlock;
  };
  static constexpr std::uint64_t kWord = 64;

  std::set<std::uint64_t>* list_of(const Block& block);
  void set_taken(std::uint64_t frame, bool taken);
  void see_next_block();
  [[noreturn]] void exhausted() const;

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
