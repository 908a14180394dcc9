#include "os_model/address_space.hpp"

#include <algorithm>
#include <string>

#include "hw/arch/errors.hpp"

namespace mmu::os {
namespace {

/// True if `before` allows something that `after` does not.
bool shrinks(Rights before, Rights after) { return !((before & after) == before); }

}  // namespace

Range AddressSpace::base_page(std::uint64_t va) const {
  const std::uint64_t start = va / page_bytes() * page_bytes();
  return {start, start + page_bytes()};
}

void AddressSpace::map(const Leaf& leaf, TrapLog& log) {
  table_.map(leaf, log);
  made(leaf);
}

void AddressSpace::made(const Leaf& leaf) {
  const unsigned shift = leaf.grouped ? table_.format().group_shift(leaf.level) : leaf.shift;
  map_hash_ = fnv1a(fnv1a(fnv1a(map_hash_, leaf.page.value()), leaf.frame.value()), shift);
}

template <class Visit>
void AddressSpace::for_each_page(Range range, std::uint64_t distance, TrapLog& log, Visit visit) {
  const Range pages = range.whole_pages(page_bytes());
  std::uint64_t at = pages.start;
  while (const auto leaf = table_.first(at, pages.end)) {
    const Range whole = table_.whole_of(*leaf);
    if (!pages.holds(whole) || distance % whole.bytes() != 0) {
      table_.split(*leaf, log);
      continue;
    }
    visit(*leaf);
    at = leaf->range().end;
  }
}

void AddressSpace::drop(const Leaf& leaf, TrapLog& log) {
  table_.unmap(leaf, log);
  if (leaf.valid()) log.stale(leaf.page);
  touched_.forget(leaf.range());
  shares_.release(leaf.frame, leaf.shift);
}

void AddressSpace::set_rights(Leaf leaf, Rights rights, TrapLog& log) {
  rights = until_written(leaf, rights);
  if (leaf.rights == rights) return;
  if (leaf.valid() && shrinks(leaf.rights, rights)) log.stale(leaf.page);
  leaf.rights = rights;
  table_.rewrite(leaf, log);
}

/// Requires an area that has a part of `page`.
Rights AddressSpace::rights_for(Range page) {
  const VmAreas::Cover cover = *areas_.cover(page);
  mixed_pages_ += cover.mixed ? 1 : 0;
  return cover.rights;
}

std::optional<Rights> AddressSpace::rights_at(VirtAddr va) const {
  const auto cover = areas_.cover(base_page(va.value()));
  return cover ? std::optional(cover->rights) : std::nullopt;
}

/// After the areas of `range` have changed: what that means for pages it has only a part of.
void AddressSpace::settle_edges(Range range, TrapLog& log) {
  const std::uint64_t first = base_page(range.start).start;
  const std::uint64_t last = base_page(range.end - 1).start;
  if (first != range.start || base_page(first).end > range.end) settle_page(first, log);
  if (last != first && base_page(last).end != range.end) settle_page(last, log);
}

void AddressSpace::settle_page(std::uint64_t page, TrapLog& log) {
  const auto cover = areas_.cover(base_page(page));
  for (;;) {
    const auto leaf = table_.find(VirtAddr(page));
    if (!leaf || (cover && until_written(*leaf, cover->rights) == leaf->rights)) return;
    if (leaf->level == 0 && !leaf->grouped) {
      return cover ? set_rights(*leaf, rights_for(base_page(page)), log) : drop(*leaf, log);
    }
    table_.split(*leaf, log);
  }
}

void AddressSpace::unmap_pages(Range range, TrapLog& log) {
  for_each_page(range, 0, log, [&](const Leaf& leaf) { drop(leaf, log); });
  settle_edges(range, log);
}

/// Pages that cannot move as they are, since their new place begins within a page, are left: they
/// come anew at the next fault.
void AddressSpace::move_pages(Range from, std::uint64_t to, TrapLog& log) {
  const std::uint64_t distance = to - from.start;  // modulo 2^64
  if (distance % page_bytes() != 0) return;
  for_each_page(from, distance, log, [&](Leaf leaf) {
    table_.unmap(leaf, log);
    if (leaf.valid()) log.stale(leaf.page);
    touched_.move(leaf.range(), leaf.page.value() + distance);
    leaf.page = leaf.page + distance;
    map(leaf, log);
  });
}

std::uint64_t AddressSpace::resident_bytes(Range range) const {
  std::uint64_t bytes = 0;
  for (std::uint64_t at = range.start; at < range.end;) {
    const auto leaf = table_.first(at, range.end);
    if (!leaf) break;
    const std::uint64_t end = std::min(leaf->range().end, range.end);
    bytes += end - std::max(leaf->page.value(), range.start);
    at = end;
  }
  return bytes;
}

void AddressSpace::unmap(Range range, TrapLog& log) {
  const std::uint32_t before = areas_.changes();
  areas_.remove(range);
  unmap_pages(range, log);
  log.work.areas_changed += areas_.changes() - before;
}

void AddressSpace::add(const VmArea& area, TrapLog& log) {
  unmap(area.range, log);
  const std::uint32_t before = areas_.changes();
  areas_.insert(area);
  log.work.areas_changed += areas_.changes() - before;
  settle_edges(area.range, log);
}

/// Linux, mm/mmap.c, expand_downwards and acct_stack_growth: pages of the kernel that was traced;
/// an area below that nobody may access may lie in the gap.
bool AddressSpace::grow_stack(std::uint64_t address, std::uint64_t most_bytes, TrapLog& log) {
  constexpr std::uint64_t kGuardGap = 256 * kAreaPageBytes;  // stack_guard_gap
  const VmArea* stack = areas_.stack_above(address);
  if (stack == nullptr) return false;
  const std::uint64_t lower = address / kAreaPageBytes * kAreaPageBytes;
  if (stack->range.end - lower > most_bytes) return false;
  const VmArea* below = areas_.last_from(lower);
  const bool accessible = below != nullptr && (below->rights.read || below->rights.execute);
  if (accessible && below->kind != AreaKind::kStack && lower - below->range.end < kGuardGap) {
    return false;
  }
  const Range grown{lower, stack->range.start};
  areas_.grow_down(grown.end, lower);
  ++log.work.areas_changed;
  settle_edges(grown, log);
  return true;
}

bool AddressSpace::protect(Range range, Rights rights, TrapLog& log) {
  const std::uint32_t before = areas_.changes();
  if (!areas_.protect(range, rights)) return false;
  log.work.areas_changed += areas_.changes() - before;
  for_each_page(range, 0, log, [&](const Leaf& leaf) { set_rights(leaf, rights, log); });
  settle_edges(range, log);
  return true;
}

bool AddressSpace::remap(Range from, Range to, bool unmap_old, TrapLog& log) {
  const VmArea* found = areas_.find(from.start);
  if (found == nullptr || !found->range.holds(from)) return false;
  VmArea area = found->from(from.start);

  // (1) In place: give up the tail, or make more of the same behind.
  if (to.start == from.start) {
    if (to.end < from.end) unmap({to.end, from.end}, log);
    if (to.end <= from.end) return true;
    area = area.from(from.end);
    area.range.end = to.end;
    add(area, log);
    return true;
  }

  // (2) Elsewhere: the area, then the pages that fit in.
  if (from.overlaps(to)) return false;
  area.range = to;
  add(area, log);
  move_pages({from.start, from.start + std::min(from.bytes(), to.bytes())}, to.start, log);
  if (unmap_old) {
    unmap(from, log);
  } else {
    unmap_pages(from, log);
  }
  return true;
}

FaultService AddressSpace::serve(VirtAddr va, AccessKind access, TrapLog& log) {
  std::optional<Leaf> leaf = table_.find(va);
  if (!leaf) {
    demand_zero(va, access, log);
    return FaultService::kDemandZero;
  }
  if (!leaf->rights.allow(access)) {
    const bool reads = leaf->rights.allow(AccessKind::kLoad);
    if (reads && writes(access) && is_private(leaf->range())) {
      return write_unwritten(va, *leaf, log);
    }
    throw ModelError("os_model: the page table forbids what the VM area allows, at VA " +
                     std::to_string(va.value()));
  }
  log.stale(leaf->page);
  const bool was_accessed = leaf->accessed;
  const bool must_be_dirty = writes(access) && !leaf->dirty;
  if (was_accessed && !must_be_dirty) return FaultService::kStale;
  // All of a group, as Linux does (contpte_ptep_set_access_flags): each further one would fault.
  const Range whole = table_.whole_of(*leaf);
  for (std::uint64_t at = whole.start; at < whole.end; at = leaf->range().end) {
    leaf = table_.find(VirtAddr(at));
    leaf->accessed = true;
    leaf->dirty = leaf->dirty || must_be_dirty;
    table_.rewrite(*leaf, log);
  }
  return was_accessed ? FaultService::kSetDirty : FaultService::kSetAccessed;
}

/// Linux (mm/gup.c, populate_vma_page_range): what is private and writable is made as by writes.
void AddressSpace::populate(Range range, Rights rights, TrapLog& log) {
  constexpr AccessKind kFirstAllowed[] = {AccessKind::kStore, AccessKind::kLoad,
                                          AccessKind::kFetch};
  const auto* const access = std::find_if(std::begin(kFirstAllowed), std::end(kFirstAllowed),
                                          [&](AccessKind kind) { return rights.allow(kind); });
  if (access == std::end(kFirstAllowed)) return;
  for (std::uint64_t at = base_page(range.start).start; at < range.end;) {
    const std::optional<Leaf> next = table_.first(at, range.end);
    const std::uint64_t gap_end = next ? next->page.value() : range.end;
    while (at < gap_end) {
      const Range made = demand_zero(VirtAddr(at), *access, log);
      if (may_exceed_touches()) {
        touched_.add({std::max(made.start, range.start), std::min(made.end, range.end)});
      }
      at = made.end;
      ++log.work.faults_served;
      ++populated_;
    }
    if (next) at = next->range().end;
  }
}

/// The page made. A is set, and D for a write, as Linux does when it maps on a fault (pte_mkyoung,
/// pte_mkdirty).
Range AddressSpace::demand_zero(VirtAddr va, AccessKind access, TrapLog& log) {
  Leaf leaf;
  leaf.accessed = true;
  leaf.dirty = writes(access);
  if (const auto large = demand_large(va, leaf, log)) return *large;
  leaf.shift = table_.format().page_shift;
  leaf.page = va.aligned_down(leaf.shift);
  leaf.rights = rights_for(leaf.range());
  leaf.frame = frames_.take();
  map(leaf, log);
  log.work.frames_zeroed += 1u << (leaf.shift - kCostShift);
  return leaf.range();
}

/// The largest page that fits, if one does.
std::optional<Range> AddressSpace::demand_large(VirtAddr va, const Leaf& like, TrapLog& log) {
  const VmArea* area = areas_.find(va.value());
  if (area == nullptr || !area->may_be_huge()) return std::nullopt;
  for (const PageSize& size : large_sizes_) {
    const std::uint64_t start = va.aligned_down(size.shift).value();
    const Range page{start, start + size.bytes()};
    if (!area->range.holds(page) || !table_.has_room(page, size.level)) continue;
    const auto frames = frames_.try_take_run(size.shift);
    if (!frames) continue;
    Leaf leaf = like;
    leaf.rights = area->rights;
    leaf.level = size.level;
    leaf.shift = table_.format().levels[size.level].lsb;
    leaf.grouped = size.group;
    for (std::uint64_t at = 0; at < size.bytes(); at += leaf.range().bytes()) {
      leaf.page = VirtAddr(start + at);
      leaf.frame = *frames + at;
      map(leaf, log);
    }
    log.work.frames_zeroed += 1u << (size.shift - kCostShift);
    ++(size.group ? groups_mapped_ : large_mapped_[std::min(size.level, 2u)]);
    return page;
  }
  return std::nullopt;
}

}  // namespace mmu::os
