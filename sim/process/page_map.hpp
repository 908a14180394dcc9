// A page table read back from physical memory, as hardware finds it there.
#pragma once

#include <array>
#include <vector>

#include "hw/arch/software_interface.hpp"

namespace mmu {

/// What one entry maps.
struct MappedPage {
  VirtAddr va;
  PhysAddr frame;
  unsigned shift = 0;    ///< log2 bytes that this entry maps
  unsigned level = 0;    ///< of the entry; 0: a base page
  bool grouped = false;  ///< it and its neighbours form one page (Svnapot, contiguous bit)
  bool accessed = false, dirty = false;
  Rights rights;  ///< none of the first three: a page that keeps its frame (PROT_NONE)

  std::uint64_t bytes() const { return std::uint64_t{1} << shift; }
  std::uint64_t end() const { return va.value() + bytes(); }
};

struct PageMap {
  std::vector<MappedPage> pages;                         ///< by VA
  std::array<std::vector<PhysAddr>, kMaxLevels> tables;  ///< page-table pages, by their level
};

/// All that can be reached from `root`. Throws ModelError for an entry that no OS here writes.
PageMap read_page_map(const PageTableFormat& format, const PhysicalMemory& memory, PhysAddr root);

}  // namespace mmu
