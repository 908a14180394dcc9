// The sizes in which the OS maps memory.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/arch/page_table_format.hpp"
#include "os_model/os_params.hpp"

namespace mmu::os {

/// One entry of `level`, or a group of neighbouring ones that form one page.
struct PageSize {
  unsigned level = 0;
  unsigned shift = 0;  ///< log2 bytes of all of it
  bool group = false;

  std::uint64_t bytes() const { return std::uint64_t{1} << shift; }
};

/// What to try at a page fault, the largest first; without the base page, which is always there.
/// Sizes that the format does not have are left out.
inline std::vector<PageSize> large_page_sizes(const PageTableFormat& format,
                                              const OsParams& params) {
  std::vector<PageSize> sizes;
  for (const unsigned level : {2u, 1u}) {
    const bool wanted = level == 2 ? params.gigantic_pages : params.huge_pages;
    if (wanted && format.maps_at(level)) sizes.push_back({level, format.levels[level].lsb, false});
  }
  if (params.contiguous_pages && format.group_shift(0) != 0) {
    sizes.push_back({0, format.group_shift(0), true});
  }
  return sizes;
}

}  // namespace mmu::os
