// What one program sees as memory: its areas, and the pages that are there so far.
#pragma once

#include <cstdint>

#include "hw/arch/software_interface.hpp"
#include "os_model/frame_allocator.hpp"
#include "os_model/page_table.hpp"
#include "os_model/trap_log.hpp"
#include "os_model/vm_areas.hpp"

namespace mmu::os {

/// What a page fault that an area allows turned out to be.
enum class FaultService : std::uint8_t {
  kDemandZero,   ///< the page was not there
  kSetAccessed,  ///< A was clear
  kSetDirty,     ///< D was clear, and the access writes
  kStale,        ///< the page table allows it: only a fence was missing
};

class AddressSpace {
 public:
  /// All references must outlive this. `huge_pages`: see OsParams.
  AddressSpace(const PageTableFormat& format, PhysicalMemory& memory, FrameAllocator& frames,
               FrameAllocator& tables, bool huge_pages)
      : frames_(frames), table_(format, memory, tables), huge_pages_(huge_pages) {}

  /// Makes `area`; what lies there already is unmapped first, as with MAP_FIXED.
  void add(const VmArea& area, TrapLog& log);
  /// Takes areas and pages away; frames go back. Nothing there: nothing happens.
  void unmap(Range range, TrapLog& log);
  /// False if there is nothing in `range`.
  bool protect(Range range, Rights rights, TrapLog& log);
  /// mremap: `from` becomes `to`, with its frames. Unless `unmap_old`, the old area stays, empty
  /// (MREMAP_DONTUNMAP). False if no one area holds `from`, or the two overlap and start apart.
  bool remap(Range from, Range to, bool unmap_old, TrapLog& log);

  /// Makes the page of `va` usable for `access`. Requires an area that allows it.
  FaultService serve(VirtAddr va, AccessKind access, TrapLog& log);

  const VmAreas& areas() const { return areas_; }
  PhysAddr root() const { return table_.root(); }
  /// FNV-1a over (VA, PA, page shift) of each mapping made, in order; see Kernel::map_hash().
  std::uint64_t map_hash() const { return map_hash_; }
  std::uint64_t huge_pages_mapped() const { return huge_pages_mapped_; }

 private:
  /// Calls `visit(leaf)` for each page in `range`, after splitting the large ones that lie in
  /// part outside, or all of them. `visit` may remove the page.
  template <class Visit>
  void for_each_page(Range range, bool split_all, TrapLog& log, Visit visit);

  void unmap_pages(Range range, TrapLog& log);
  void move_pages(Range from, std::uint64_t to, TrapLog& log);
  void demand_zero(VirtAddr va, AccessKind access, TrapLog& log);
  void map(const Leaf& leaf, TrapLog& log);

  FrameAllocator& frames_;
  PageTable table_;
  VmAreas areas_;
  bool huge_pages_;
  std::uint64_t huge_pages_mapped_ = 0;
  std::uint64_t map_hash_ = 0xcbf29ce484222325;  // FNV-1a, 64 bits: offset basis
};

}  // namespace mmu::os
