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
  const auto add_group = [&](unsigned level) {
    const unsigned shift = format.group_shift(level);
    if (params.contiguous_pages && shift != 0) sizes.push_back({level, shift, true});
  };
  for (unsigned level = format.root_level(); level > 0; --level) {
    const bool wanted = level == 1 ? params.huge_pages : params.gigantic_pages;
    if (!wanted || !format.maps_at(level)) continue;
    add_group(level);
    sizes.push_back({level, format.levels[level].lsb, false});
  }
  add_group(0);
  return sizes;
}

}  // namespace mmu::os
