// Of AddressSpace: what several processes have in common, until one of them writes to it.
#include <algorithm>

#include "os_model/address_space.hpp"

namespace mmu::os {

bool AddressSpace::is_private(Range page) const {
  const auto cover = areas_.cover(page);
  return !cover || !cover->shared;
}

/// What of `rights` an entry may give: what is private and has other owners must fault on a write.
/// Entries of a group agree, so that one frame with other owners stands for all.
Rights AddressSpace::until_written(const Leaf& leaf, Rights rights) const {
  const Range whole = table_.whole_of(leaf);
  const PhysAddr first(leaf.frame.value() - (leaf.page.value() - whole.start));
  const bool copies = shares_.any_shared(first, whole.bytes()) && is_private(leaf.range());
  rights.write = rights.write && !copies;
  return rights;
}

/// Linux, kernel/fork.c, dup_mmap: the parent is fenced as a whole, once.
void AddressSpace::fork_into(AddressSpace& child, TrapLog& log) {
  child.areas_ = areas_;
  log.work.areas_changed += static_cast<std::uint32_t>(areas_.size());
  bool stale = false;
  std::uint64_t done = 0;  // two areas may have parts of one page
  for (const auto& [start, area] : areas_) {
    std::uint64_t at = std::max(base_page(start).start, done);
    while (const auto leaf = table_.first(at, area.range.end)) {
      stale = share_with(child, *leaf, log) || stale;
      at = done = leaf->range().end;
    }
  }
  if (stale) log.all_stale();
}

/// True if the leaf has lost a right. Linux, mm/memory.c, copy_present_ptes: the child's entry is
/// old (pte_mkold), and clean where the memory is shared (pte_mkclean).
bool AddressSpace::share_with(AddressSpace& child, Leaf leaf, TrapLog& log) {
  const bool copies = is_private(leaf.range());
  const bool loses_right = copies && leaf.rights.write;
  if (loses_right) {
    leaf.rights.write = false;
    table_.rewrite(leaf, log);
  }
  shares_.add(leaf.frame, leaf.shift);
  leaf.accessed = false;
  leaf.dirty = leaf.dirty && copies;
  child.map(leaf, log);
  return loses_right;
}

/// Serves a write to a page that is not writable because it was shared. Linux: what is larger than
/// a base page is split, unless it is no other's (mm/huge_memory.c, do_huge_pmd_wp_page); a group
/// in any case (arch/arm64/mm/contpte.c, contpte_ptep_set_access_flags).
FaultService AddressSpace::write_unwritten(VirtAddr va, Leaf leaf, TrapLog& log) {
  while (leaf.grouped ||
         (leaf.level != 0 && shares_.any_shared(leaf.frame, leaf.range().bytes()))) {
    table_.split(leaf, log);
    leaf = *table_.find(va);
  }
  const bool copies = shares_.any_shared(leaf.frame, leaf.range().bytes());
  if (copies) {
    const PhysAddr frame = frames_.take();
    shares_.release(leaf.frame, leaf.shift);
    leaf.frame = frame;
    log.work.frames_copied += 1u << (leaf.shift - kCostShift);
    made(leaf);
  }
  leaf.rights = rights_for(leaf.range());
  leaf.accessed = leaf.dirty = true;
  table_.rewrite(leaf, log);
  log.stale(leaf.page);
  return copies ? FaultService::kCopied : FaultService::kReused;
}

void AddressSpace::clear(TrapLog& log) {
  while (areas_.size() != 0) unmap(areas_.begin()->second.range, log);
}

}  // namespace mmu::os
