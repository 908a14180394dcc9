// Page sizes as a set: which of them an array of a TLB holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hw/arch/page_table_format.hpp"

namespace mmu {

/// Bit s stands for pages of 2^s bytes.
using PageSizes = std::uint64_t;

inline constexpr bool holds(PageSizes sizes, unsigned shift) { return (sizes >> shift & 1) != 0; }

/// "all", or sizes from 4K up with a plus sign between them: "4K+2M". nullopt for another text.
std::optional<PageSizes> read_page_sizes(std::string_view text);

/// "2M" for a power of two of at least 1 KiB, as read_page_sizes() reads it.
std::string page_size_name(std::uint64_t bytes);

/// log2 of the sizes of pages that `format` can map, smallest first.
std::vector<unsigned> page_shifts(const PageTableFormat& format);

}  // namespace mmu
