#include "os_model/address_space.hpp"

#include <algorithm>
#include <string>

#include "hw/arch/errors.hpp"

namespace mmu::os {
namespace {

constexpr unsigned kBlockLevel = 1;  // of a 2 MiB leaf, in every format

std::uint64_t fnv1a(std::uint64_t hash, std::uint64_t value) {
  constexpr std::uint64_t kPrime = 0x100000001b3;
  for (unsigned byte = 0; byte < 8; ++byte) hash = (hash ^ (value >> 8 * byte & 0xff)) * kPrime;
  return hash;
}

/// True if `before` allows something that `after` does not.
bool shrinks(Rights before, Rights after) { return !((before & after) == before); }

}  // namespace

void AddressSpace::map(const Leaf& leaf, TrapLog& log) {
  table_.map(leaf, log);
  const unsigned shift = leaf.level == kBlockLevel ? kBlockShift : kFrameShift;
  map_hash_ = fnv1a(fnv1a(fnv1a(map_hash_, leaf.page.value()), leaf.frame.value()), shift);
}

template <class Visit>
void AddressSpace::for_each_page(Range range, bool split_all, TrapLog& log, Visit visit) {
  std::uint64_t at = range.start;
  while (const auto leaf = table_.first(at, range.end)) {
    const Range page{leaf->page.value(), leaf->page.value() + leaf->bytes()};
    if (leaf->level == kBlockLevel && (split_all || !range.holds(page))) {
      table_.split(*leaf, log);
      continue;
    }
    visit(*leaf);
    at = page.end;
  }
}

void AddressSpace::unmap_pages(Range range, TrapLog& log) {
  for_each_page(range, false, log, [&](const Leaf& leaf) {
    table_.unmap(leaf, log);
    if (leaf.valid()) log.stale(leaf.page);
    if (leaf.level == kBlockLevel) {
      frames_.give_back_block(leaf.frame);
    } else {
      frames_.give_back(leaf.frame);
    }
  });
}

void AddressSpace::move_pages(Range from, std::uint64_t to, TrapLog& log) {
  const std::uint64_t distance = to - from.start;  // modulo 2^64
  const bool blocks_stay_aligned = distance % kBlockBytes == 0;
  for_each_page(from, !blocks_stay_aligned, log, [&](Leaf leaf) {
    table_.unmap(leaf, log);
    if (leaf.valid()) log.stale(leaf.page);
    leaf.page = leaf.page + distance;
    map(leaf, log);
  });
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
}

bool AddressSpace::protect(Range range, Rights rights, TrapLog& log) {
  const std::uint32_t before = areas_.changes();
  if (!areas_.protect(range, rights)) return false;
  log.work.areas_changed += areas_.changes() - before;
  for_each_page(range, false, log, [&](Leaf leaf) {
    if (leaf.rights == rights) return;
    if (leaf.valid() && shrinks(leaf.rights, rights)) log.stale(leaf.page);
    leaf.rights = rights;
    table_.rewrite(leaf, log);
  });
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
    throw ModelError("os_model: the page table forbids what the VM area allows, at VA " +
                     std::to_string(va.value()));
  }
  log.stale(leaf->page);
  const bool was_accessed = leaf->accessed;
  const bool must_be_dirty = writes(access) && !leaf->dirty;
  if (was_accessed && !must_be_dirty) return FaultService::kStale;
  leaf->accessed = true;
  leaf->dirty = leaf->dirty || must_be_dirty;
  table_.rewrite(*leaf, log);
  return was_accessed ? FaultService::kSetDirty : FaultService::kSetAccessed;
}

/// A is set, and D for a write, as Linux does when it maps on a fault (pte_mkyoung, pte_mkdirty).
void AddressSpace::demand_zero(VirtAddr va, AccessKind access, TrapLog& log) {
  const VmArea& area = *areas_.find(va.value());
  Leaf leaf;
  leaf.rights = area.rights;
  leaf.accessed = true;
  leaf.dirty = writes(access);

  const VirtAddr block = va.aligned_down(kBlockShift);
  if (huge_pages_ && area.may_be_huge() &&
      area.range.holds(Range{block.value(), block.value() + kBlockBytes}) &&
      table_.has_room_for_block(block)) {
    if (const auto frames = frames_.try_take_block()) {
      leaf.page = block;
      leaf.level = kBlockLevel;
      leaf.frame = *frames;
      map(leaf, log);
      log.work.frames_zeroed += kFramesInBlock;
      ++huge_pages_mapped_;
      return;
    }
  }
  leaf.page = va.aligned_down(kFrameShift);
  leaf.frame = frames_.take();
  map(leaf, log);
  ++log.work.frames_zeroed;
}

}  // namespace mmu::os
