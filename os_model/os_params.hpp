// The knobs of the OS model. (It sees hw/arch only, so the platform describes them to the user.)
#pragma once

#include <cstdint>

#include "os_model/asid_policy.hpp"
#include "os_model/frame_policy.hpp"

namespace mmu::os {

struct OsParams {
  /// Physical memory. A quarter of it, at most, is the pool of page-table pages.
  std::uint64_t memory_bytes = std::uint64_t{64} << 30;
  /// Pages of level 1 (2 MiB; Sv32: 4; AArch64 with 16K: 32; with 64K: 512 MiB) where an anonymous
  /// area covers a whole aligned one.
  bool huge_pages = false;
  bool map_on_touch = false;    ///< an access outside of every area makes one, instead of a fault
  bool gigantic_pages = false;  ///< the same with those of level 2 and above (1 GiB, 512 GiB ...)
  /// The same with groups that form one page, of base pages and of the larger ones that are in use:
  /// Svnapot, AArch64's contiguous bit.
  bool contiguous_pages = false;
  FramePolicy frame_policy = FramePolicy::kPacked;  ///< of data; page tables are packed
  std::uint64_t seed = 1;                           ///< of the frame policy
  /// How large a stack may become as it is touched below its end (Linux: ulimit -s).
  std::uint64_t stack_bytes = std::uint64_t{8} << 20;
  AsidPolicy asids = AsidPolicy::kLinux;
};

}  // namespace mmu::os
