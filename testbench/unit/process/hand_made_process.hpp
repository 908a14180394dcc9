// Areas and a page table put down by hand, without an operating system.
#pragma once

#include "hw/common/sparse_memory.hpp"
#include "sim/process/process_memory.hpp"
#include "testbench/support/hand_made_table.hpp"

namespace mmu {

inline constexpr Rights kReadOnly{true, false, false, true};
inline constexpr Rights kReadWrite{true, true, false, true};
inline constexpr Rights kReadExecute{true, false, true, true};

/// 16 MiB of memory, tables from 8 MiB on.
class HandMadeProcess {
 public:
  explicit HandMadeProcess(const char* name = "sv39") : format(*find_format(name)) {}

  void area(std::uint64_t start, std::uint64_t end, Rights rights, std::string label = "",
            os::AreaKind kind = os::AreaKind::kAnonymous, bool shared = false,
            std::uint64_t offset = 0) {
    areas.insert({{start, end}, rights, kind, shared, offset, std::move(label)});
  }
  /// The address of the entry.
  PhysAddr page(std::uint64_t va, std::uint64_t pa, Rights rights, bool accessed = true,
                bool dirty = false, unsigned level = 0) {
    return table.map({&format, root, 1, AdUpdate::kHardware}, va, pa, level, rights, accessed,
                     dirty);
  }
  ProcessMemory process() const { return {areas, format, memory, root}; }

  const PageTableFormat& format;
  SparseMemory memory{16 << 20};
  PhysAddr root{8 << 20};
  HandMadeTable table{memory, root};
  os::VmAreas areas;
};

}  // namespace mmu
