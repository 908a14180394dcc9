// What one program sees as memory: its areas, and the pages that are there so far.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hw/arch/fnv.hpp"
#include "hw/arch/software_interface.hpp"
#include "os_model/frame_allocator.hpp"
#include "os_model/frame_shares.hpp"
#include "os_model/page_size.hpp"
#include "os_model/page_table.hpp"
#include "os_model/touched_pages.hpp"
#include "os_model/trap_log.hpp"
#include "os_model/vm_areas.hpp"

namespace mmu::os {

/// What a page fault that an area allows turned out to be.
enum class FaultService : std::uint8_t {
  kDemandZero,   ///< the page was not there
  kSetAccessed,  ///< A was clear
  kSetDirty,     ///< D was clear, and the access writes
  kCopied,       ///< copy-on-write: others have the frame too
  kReused,       ///< copy-on-write: no other has it any more
  kStale,        ///< the page table allows it: only a fence was missing
};

/// Areas have the granularity of the trace, 4 KiB. Where the format's base page is larger, one page
/// may hold parts of several areas: it has the rights of all of them together, is there as long as
/// one of them is, and covers the gaps between them too.
class AddressSpace {
 public:
  /// `frames` are of the format's base page. All references must outlive this.
  AddressSpace(const PageTableFormat& format, PhysicalMemory& memory, FrameAllocator& frames,
               FrameAllocator& tables, FrameShares& shares, const OsParams& params)
      : frames_(frames),
        shares_(shares),
        table_(format, memory, tables),
        large_sizes_(large_page_sizes(format, params)) {}

  /// Makes `area`; what lies there already is unmapped first, as with MAP_FIXED.
  void add(const VmArea& area, TrapLog& log);
  /// Takes areas and pages away; frames go back. Nothing there: nothing happens.
  void unmap(Range range, TrapLog& log);
  /// Takes pages away, but no area (MADV_DONTNEED).
  void discard(Range range, TrapLog& log) { unmap_pages(range, log); }
  /// True if a stack now holds `address`, which is in no area: one lies above, has at most
  /// `most_bytes` then, and its guard gap is free.
  bool grow_stack(std::uint64_t address, std::uint64_t most_bytes, TrapLog& log);
  /// False if there is nothing in `range`.
  bool protect(Range range, Rights rights, TrapLog& log);
  /// mremap: `from` becomes `to`, with its frames. Unless `unmap_old`, the old area stays, empty
  /// (MREMAP_DONTUNMAP). False if no one area holds `from`, or the two overlap and start apart.
  bool remap(Range from, Range to, bool unmap_old, TrapLog& log);

  /// What the program may do in the base page of `va`; nothing if no area has a part of it.
  std::optional<Rights> rights_at(VirtAddr va) const;
  /// Makes the page of `va` usable for `access`. Requires rights_at() to allow it.
  FaultService serve(VirtAddr va, AccessKind access, TrapLog& log);

  /// Makes each page of `range`, which is one area, that is not there (MAP_POPULATE), as a write
  /// would if the area allows one, else as a read or fetch; none if it allows nothing.
  void populate(Range range, Rights rights, TrapLog& log);

  /// Can pages be larger than what the program asks for, 4 KiB? Only then touched() does anything.
  bool may_exceed_touches() const { return !large_sizes_.empty() || page_bytes() > kAreaPageBytes; }
  /// The program has accessed `va`, whose page is there.
  void touched(VirtAddr va) {
    if (may_exceed_touches()) touched_.add(va.value());
  }
  /// Of the pages that are there, what it has neither accessed, 4 KiB at a time, nor populated.
  std::uint64_t untouched_bytes() const {
    return may_exceed_touches() ? table_.mapped_bytes() - touched_.bytes() : 0;
  }

  /// In pages that are there; of `range`.
  std::uint64_t resident_bytes() const { return table_.mapped_bytes(); }
  std::uint64_t resident_bytes(Range range) const;

  /// Gives `child`, which is empty, the same areas and pages. Private pages lose the right to
  /// write, here too, until a write is served.
  void fork_into(AddressSpace& child, TrapLog& log);
  /// Unmaps everything: what is left is the root table.
  void clear(TrapLog& log);
  /// Requires clear(); nothing can be mapped from then on.
  void give_back_root() { table_.give_back_root(); }
  /// Page-table pages, the root included.
  std::uint64_t tables() const { return table_.tables(); }
  /// The entry that maps `va`, if there is one.
  std::optional<Leaf> find(VirtAddr va) const { return table_.find(va); }

  const VmAreas& areas() const { return areas_; }
  PhysAddr root() const { return table_.root(); }
  /// FNV-1a over (VA, PA, page shift) of each entry made, in order; see Kernel::map_hash().
  std::uint64_t map_hash() const { return map_hash_; }
  /// Pages made at faults: of `level` 1; of 2 and above; groups.
  std::uint64_t large_pages_mapped(unsigned level) const { return large_mapped_[level]; }
  std::uint64_t groups_mapped() const { return groups_mapped_; }
  std::uint64_t mixed_pages() const { return mixed_pages_; }
  std::uint64_t populated() const { return populated_; }

 private:
  /// 4 KiB, the unit of TrapWork::frames_zeroed and frames_copied.
  static constexpr unsigned kCostShift = 12;

  /// Calls `visit(leaf)` for each entry that maps whole pages of `range`, after splitting the large
  /// ones that lie in part outside, or whose size does not divide `distance`. `visit` may remove
  /// the page.
  template <class Visit>
  void for_each_page(Range range, std::uint64_t distance, TrapLog& log, Visit visit);

  void unmap_pages(Range range, TrapLog& log);
  void move_pages(Range from, std::uint64_t to, TrapLog& log);
  void settle_edges(Range range, TrapLog& log);
  void settle_page(std::uint64_t page, TrapLog& log);
  Range base_page(std::uint64_t va) const;
  void drop(const Leaf& leaf, TrapLog& log);
  void set_rights(Leaf leaf, Rights rights, TrapLog& log);
  Rights rights_for(Range page);
  Range demand_zero(VirtAddr va, AccessKind access, TrapLog& log);
  std::optional<Range> demand_large(VirtAddr va, const Leaf& like, TrapLog& log);
  void map(const Leaf& leaf, TrapLog& log);
  void made(const Leaf& leaf);
  bool is_private(Range page) const;
  Rights until_written(const Leaf& leaf, Rights rights) const;
  bool share_with(AddressSpace& child, Leaf leaf, TrapLog& log);
  FaultService write_unwritten(VirtAddr va, Leaf leaf, TrapLog& log);
  std::uint64_t page_bytes() const { return table_.format().page_bytes(); }

  FrameAllocator& frames_;
  FrameShares& shares_;
  PageTable table_;
  VmAreas areas_;
  TouchedPages touched_;
  std::vector<PageSize> large_sizes_;
  std::uint64_t large_mapped_[3] = {};
  std::uint64_t groups_mapped_ = 0, mixed_pages_ = 0, populated_ = 0;
  std::uint64_t map_hash_ = kFnvBasis;
};

}  // namespace mmu::os
