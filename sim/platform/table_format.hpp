// The page-table format of a machine, with the extensions that its software uses.
#pragma once

#include <algorithm>

#include "hw/arch/errors.hpp"
#include "hw/arch/page_table_format.hpp"
#include "sim/platform/platform_params.hpp"

namespace mmu {

/// Svnapot is there if the OS is to make use of it; ASIDs have the bits that hardware holds. Throws
/// ConfigError for an unknown name.
inline PageTableFormat table_format(const MachineParams& machine) {
  const PageTableFormat* format = find_format(machine.mmu.format);
  if (format == nullptr) {
    throw ConfigError("mmu.format: unknown '" + machine.mmu.format + "'; known: " + format_names());
  }
  FormatOptions options;
  options.napot = machine.os.contiguous_pages;
  PageTableFormat own = with_options(*format, options);
  own.asid_bits =
      static_cast<std::uint8_t>(std::min<std::uint32_t>(own.asid_bits, machine.mmu.asid_bits));
  return own;
}

}  // namespace mmu
