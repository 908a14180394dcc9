// Frames that more than one process maps.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "os_model/frame_allocator.hpp"

namespace mmu::os {

/// Counts who maps a frame of data: the frame goes back to its allocator with the last of them. A
/// frame with one owner, which is the usual case, takes no memory here.
class FrameShares {
 public:
  /// `frames` must outlive this.
  explicit FrameShares(FrameAllocator& frames) : frames_(frames) {}

  /// One owner more of each frame in these 2^shift bytes. Requires that they are taken.
  void add(PhysAddr first, unsigned shift);
  /// One fewer; those that had no other are given back.
  void release(PhysAddr first, unsigned shift);

  /// True if any of the frames in these `bytes` has more than one owner.
  bool any_shared(PhysAddr first, std::uint64_t bytes) const;
  /// Of a frame that is taken.
  std::uint64_t owners(PhysAddr frame) const;
  /// Frames that have more than one.
  std::uint64_t shared() const { return further_.size(); }

 private:
  std::uint64_t number_of(PhysAddr frame) const { return frame.value() >> frames_.frame_shift(); }

  FrameAllocator& frames_;
  std::unordered_map<std::uint64_t, std::uint64_t> further_;  // by frame: owners but the first
};

}  // namespace mmu::os
