// Which of the frames that are free is taken next.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "os_model/frame_map.hpp"

namespace mmu::os {

enum class FramePolicy : std::uint8_t {
  kPacked,      ///< broken blocks of 512 frames are used up first; the lowest
  kBuddy,       ///< Linux's (mm/page_alloc.c)
  kFirstFit,    ///< the lowest
  kSequential,  ///< what comes next after the last one taken; round and round
  kScattered,   ///< anywhere, at random
};
inline constexpr std::string_view kFramePolicyNames[] = {"packed", "buddy", "first-fit",
                                                         "sequential", "scattered"};

/// Decides; FrameAllocator does. Runs are of 2^order frames, and naturally aligned.
class FramePlacement {
 public:
  virtual ~FramePlacement() = default;
  /// The first frame of a run that is free, or nothing if there is none.
  virtual std::optional<std::uint64_t> find(unsigned order) = 0;
  /// The run that find() has just given is taken: the map says so already.
  virtual void taken(std::uint64_t /*frame*/, unsigned /*order*/) {}
  virtual void given_back(std::uint64_t /*frame*/, unsigned /*order*/) {}
};

/// Linux's MAX_ORDER: 10, so that the largest block has 4 MiB; with arm64's larger pages 11 (32
/// MiB) and 13 (512 MiB): arch/arm64/Kconfig, ARCH_FORCE_MAX_ORDER.
constexpr unsigned max_order(unsigned frame_shift) {
  return frame_shift == 14 ? 11 : frame_shift == 16 ? 13 : 10;
}

/// `map` must outlive it.
std::unique_ptr<FramePlacement> make_placement(FramePolicy policy, const FrameMap& map,
                                               unsigned largest_order, std::uint64_t seed);

}  // namespace mmu::os
