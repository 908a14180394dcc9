// The pages of a process one by one: for people, for programs, and as /proc/PID/pagemap has them.
#pragma once

#include <optional>
#include <string>

#include "sim/process/process_memory.hpp"
#include "sim/result/result_json.hpp"

namespace mmu {

/// Pages that have a byte in [start, end).
struct AddressRange {
  std::uint64_t start = 0, end = ~std::uint64_t{0};

  bool overlaps(const MappedPage& page) const {
    return page.va.value() < end && start <= page.end() - 1;
  }
};

/// A line for each entry that maps something in `range`.
std::string page_list_text(const ProcessMemory& process, AddressRange range);
Json page_list_json(const ProcessMemory& process, AddressRange range);

/// The 64 bits that the kernel shows of a page (Documentation/admin-guide/mm/pagemap.rst): bits 0
/// to 54 frame number, 56 mapped once, 61 of a file or shared, 63 present. `frame`: of the base
/// page.
std::uint64_t pagemap_entry(const ProcessMemory& process, const ProcessMemory::Page& page,
                            PhysAddr frame);

/// Little-endian entries, one for each base page. Without `range` of the lower half, each at the
/// place that it has in /proc/PID/pagemap (8 times the page's number), in a sparse file; else those
/// of the range alone, from the beginning of the file on. Throws ConfigError if it cannot be
/// written.
void write_pagemap(const std::string& file, const ProcessMemory& process,
                   std::optional<AddressRange> range);

}  // namespace mmu
