// Addresses that come from a trace, checked against the format.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hw/arch/hex.hpp"
#include "hw/arch/page_table_format.hpp"
#include "os_model/vm_area.hpp"

namespace mmu::os {

/// Throws InputError: `what` ("event 3 (mmap)") has an address that `format` cannot express; names
/// the formats that can.
[[noreturn]] void throw_not_canonical(const PageTableFormat& format, std::uint64_t address,
                                      const std::string& what);

/// [start, start + bytes), made whole pages. Nothing if it is empty, does not begin at a page, or
/// reaches the end of a canonical half. Throws as above if `format` cannot express it.
std::optional<Range> user_range(const PageTableFormat& format, std::uint64_t start,
                                std::uint64_t bytes, const std::string& what);

}  // namespace mmu::os
