// One address space's page table, kept where the hardware looks for it: in physical memory.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "hw/arch/software_interface.hpp"
#include "os_model/frame_allocator.hpp"
#include "os_model/trap_log.hpp"
#include "os_model/vm_area.hpp"

namespace mmu::os {

/// What one entry maps, decoded. A page whose rights allow nothing has an entry that is not valid
/// but not zero either: hardware ignores the other bits of such an entry, and they keep the frame
/// (Linux: _PAGE_PROTNONE). An all-zero entry is no page.
struct Leaf {
  VirtAddr page;
  unsigned level = 0;
  unsigned shift = 0;    ///< log2 bytes that this entry maps
  bool grouped = false;  ///< it and its neighbours form one page (Svnapot, contiguous bit)
  PhysAddr frame;
  Rights rights;
  bool accessed = false, dirty = false;
  PhysAddr entry;  ///< where the entry lies; map() does not read it

  bool valid() const { return rights.read || rights.write || rights.execute; }
  Range range() const { return {page.value(), page.value() + (std::uint64_t{1} << shift)}; }
};

class PageTable {
 public:
  /// Takes the root from `tables`, the pool of page-table pages. All three must outlive this.
  PageTable(const PageTableFormat& format, PhysicalMemory& memory, FrameAllocator& tables);

  PhysAddr root() const { return root_; }
  /// Page-table pages, the root included.
  std::uint64_t tables() const { return live_.size() + (live_.count(root_.value()) == 0 ? 1 : 0); }
  /// In pages that are there, valid or not.
  std::uint64_t mapped_bytes() const { return mapped_bytes_; }
  /// Requires that nothing is mapped; nothing can be from then on.
  void give_back_root() { tables_.give_back(root_); }
  const PageTableFormat& format() const { return format_; }

  /// The entry that maps `va`, if there is one.
  std::optional<Leaf> find(VirtAddr va) const;
  /// The lowest one that overlaps [from, end). Requires both in the same canonical half.
  std::optional<Leaf> first(std::uint64_t from, std::uint64_t end) const;
  /// True if entries of `level` could map all of `range`: neither a page nor a table is there.
  bool has_room(Range range, unsigned level) const;
  /// What must be changed as a whole: the leaf's page with all of its group.
  Range whole_of(const Leaf& leaf) const;

  /// Makes tables as needed. Throws ModelError if a page is there.
  void map(const Leaf& leaf, TrapLog& log);
  /// Writes rights, A, D and `grouped` of `leaf`, which find() or first() gave, into its entry.
  void rewrite(const Leaf& leaf, TrapLog& log);
  /// Removes the page, and the tables that become empty by it.
  void unmap(const Leaf& leaf, TrapLog& log);
  /// A group becomes pages of their own; another large page a table of entries of the level below
  /// that map the same frames alike.
  void split(const Leaf& leaf, TrapLog& log);

 private:
  std::uint64_t load(PhysAddr entry) const { return memory_.load(entry, format_.pte_bytes); }
  void write(PhysAddr entry, std::uint64_t pte, TrapLog& log);
  std::uint64_t encode(const Leaf& leaf) const;
  PhysAddr make_table(TrapLog& log);
  PhysAddr take_zeroed();
  void split_group(const Leaf& leaf, TrapLog& log);

  /// Follows `va` until there is an entry that is not a table: its Walk, and its value.
  struct End {
    Walk walk;
    std::uint64_t pte;
  };
  End descend(VirtAddr va, unsigned down_to) const;

  const PageTableFormat& format_;
  PhysicalMemory& memory_;
  FrameAllocator& tables_;
  std::unordered_map<std::uint64_t, unsigned> live_;  // table address: entries that are not zero
  PhysAddr root_;
  std::uint64_t mapped_bytes_ = 0;
};

}  // namespace mmu::os
