// Frames of one range of physical memory.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hw/arch/address.hpp"
#include "hw/arch/errors.hpp"
#include "os_model/frame_policy.hpp"

namespace mmu::os {

/// No process alone is to blame.
class MemoryExhausted final : public SimulatedError {
 public:
  using SimulatedError::SimulatedError;
};

/// Hands out frames, and runs of 2^n frames that are naturally aligned. Which ones a policy
/// decides; it depends on nothing but the order of calls and the seed. Costs memory for the blocks
/// of 512 frames that were ever taken from.
class FrameAllocator {
 public:
  /// Of the frames of 2^frame_shift bytes that lie wholly in [first, end). `what` they are and
  /// `configured_bytes` of memory (os.memory_bytes) are for messages.
  FrameAllocator(PhysAddr first, PhysAddr end, unsigned frame_shift, std::string what,
                 std::uint64_t configured_bytes, FramePolicy policy = FramePolicy::kPacked,
                 std::uint64_t seed = 1);
  FrameAllocator(const FrameAllocator&) = delete;
  FrameAllocator& operator=(const FrameAllocator&) = delete;

  /// Throws MemoryExhausted if none is left; `report`, if set, says what memory is used for.
  PhysAddr take();
  void report_exhaustion_with(std::function<std::string()> report) { report_ = std::move(report); }
  /// 2^shift bytes, or nothing if no such run is wholly free. Requires shift >= frame_shift().
  std::optional<PhysAddr> try_take_run(unsigned shift);
  /// A frame taken alone or as part of a run. Throws ModelError if it is not taken.
  void give_back(PhysAddr frame) { give_back_run(frame, frame_shift_); }
  void give_back_run(PhysAddr first, unsigned shift);

  unsigned frame_shift() const { return frame_shift_; }
  std::uint64_t capacity() const { return map_.end() - map_.first(); }  ///< frames
  std::uint64_t free() const { return map_.free(); }                    ///< frames
  std::uint64_t in_use() const { return capacity() - free(); }          ///< frames
  std::uint64_t peak() const { return peak_; }                  ///< frames, the most at one time
  std::uint64_t runs_refused() const { return runs_refused_; }  ///< by try_take_run()
  bool owns(PhysAddr frame) const;

  /// [order]: free blocks of 2^order frames, up to max_order(), all buddies joined.
  std::vector<std::uint64_t> free_blocks() const;
  /// Frames that are free, and in no free block of 2^shift bytes. (Gorman's unusable free space
  /// index is this divided by free(): Gorman and Whitcroft, "The what, the why and the where to of
  /// anti-fragmentation", OLS 2006.)
  std::uint64_t unusable(unsigned shift) const;
  /// "191 of 191 data frames of 4 KiB in use ...; free blocks by order: ...".
  std::string describe() const;

 private:
  std::optional<PhysAddr> try_take(unsigned order);
  [[noreturn]] void exhausted() const;

  unsigned frame_shift_;
  FrameMap map_;
  std::unique_ptr<FramePlacement> placement_;
  std::uint64_t peak_ = 0, runs_refused_ = 0;
  std::string what_;
  std::uint64_t configured_bytes_;
  std::function<std::string()> report_;
};

}  // namespace mmu::os
