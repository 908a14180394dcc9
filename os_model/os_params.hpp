// The knobs of the OS model. (It sees hw/arch only, so the platform describes them to the user.)
#pragma once

#include <cstdint>

namespace mmu::os {

struct OsParams {
  /// Physical memory. A quarter of it, at most, is the pool of page-table pages.
  std::uint64_t memory_bytes = std::uint64_t{64} << 30;
  bool huge_pages = false;    ///< 2 MiB pages where an anonymous area covers a whole aligned one
  bool map_on_touch = false;  ///< an access outside of every area makes one, instead of a fault
};

}  // namespace mmu::os
