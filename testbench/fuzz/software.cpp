#include "testbench/fuzz/software.hpp"

namespace mmu::fuzz {
namespace {

constexpr std::uint64_t bit(unsigned n) { return std::uint64_t{1} << n; }
constexpr std::uint64_t when(bool set, unsigned n) { return set ? bit(n) : 0; }

}  // namespace

Software::Software(const Paging& paging, PhysicalMemory& memory)
    : paging_(paging), memory_(memory) {
  for (std::uint32_t space = 0; space < kSpaces; ++space) {
    roots_[space] = new_table();
    for (std::uint32_t region = 0; region < kRegions; ++region) {
      if (region != kSharedRegion || space == 0) {
        make_tables(space, region);
        continue;
      }
      const std::uint64_t index =
          paging.index_of(address(region * kPagesOfRegion), paging.depth - 1U);
      const std::uint64_t at = index * paging.pte_bytes;
      store(roots_[space] + at, memory.load(roots_[0] + at, paging.pte_bytes));
      if (paging.depth == 2) regions_[0][region].entries.push_back(roots_[space] + at);
    }
  }
}

PhysAddr Software::new_table() {
  const std::uint64_t bytes = bit(paging_.page_shift);
  next_table_ += bytes;
  return PhysAddr(next_table_ - bytes);
}

// And those above, unless they are there already.
void Software::make_tables(std::uint32_t space, std::uint32_t number) {
  Region& region = regions_[space][number];
  const VirtAddr va = address(number * kPagesOfRegion);
  PhysAddr table = roots_[space];
  for (unsigned level = paging_.depth - 1U; level > 1; --level) {
    const PhysAddr entry = table + paging_.index_of(va, level) * paging_.pte_bytes;
    const std::uint64_t pte = memory_.load(entry, paging_.pte_bytes);
    if (pte == 0) {
      table = new_table();
      store(entry, pointer(table));
    } else {
      table = PhysAddr(read_entry(paging_, level, pte, va).frame);
    }
    if (level == 2 && paging_.has_giant_pages() && number != kSharedRegion) {
      region.giant = entry;
      region.table = table;
    }
  }
  region.entries = {table + paging_.index_of(va, 1) * paging_.pte_bytes};
  region.leaves = {new_table(), new_table()};
  set(region, pointer(region.leaves[0]));
  for (std::uint32_t page = number * kPagesOfRegion; page < (number + 1) * kPagesOfRegion; ++page) {
    Event map;
    map.op = Op::kMap;
    map.page = page;
    map.frame = 64 + space * kPages + page;
    map.global = true;
    apply(map, space);
  }
}

std::uint64_t Software::pointer(PhysAddr table) const {
  switch (paging_.family) {
    case Family::kRiscv:
      return table.value() >> 2 | bit(0);
    case Family::kX86:
      return table.value() | bit(0) | bit(1) | bit(2);
    case Family::kArm:
      return table.value() | bit(0) | bit(1);
  }
  return 0;
}

std::uint64_t Software::leaf(const Event& e, std::uint64_t frame, unsigned level,
                             bool grouped) const {
  const bool global = e.global && e.page / kPagesOfRegion == kSharedRegion;
  const std::uint64_t a = when(e.accessed, paging_.accessed_bit);
  const std::uint64_t d = paging_.dirty_bit == 0 ? 0 : when(e.dirty, paging_.dirty_bit);
  switch (paging_.family) {
    case Family::kRiscv: {
      const std::uint64_t low = grouped ? bit(63) | bit(13) : 0;  // Svnapot: 8 in the low bits
      return frame >> 2 | low | bit(0) | when(e.rights.read, 1) |
             when(e.rights.write && e.rights.read, 2) |
             when(e.rights.execute || !e.rights.read, 3) | when(e.rights.user, 4) |
             when(global, 5) | a | d;
    }
    case Family::kX86:
      return frame | bit(0) | when(e.rights.write, 1) | when(e.rights.user, 2) | a | d |
             when(level != 0, 7) | when(global, 8) | when(!e.rights.execute, 63);
    case Family::kArm:
      return frame | bit(0) | when(level == 0, 1) | when(e.rights.user, 6) |
             when(!e.rights.write, 7) | a | when(!global, 11) | when(grouped, 52) |
             when(!e.rights.privileged_execute, 53) | when(!e.rights.execute, 54);
  }
  return 0;
}

void Software::change(PhysAddr entry, std::uint64_t clear, std::uint64_t set) {
  const std::uint64_t before = memory_.load(entry, paging_.pte_bytes);
  if ((before & 1) != 0) store(entry, (before & ~clear) | set);
}

void Software::set(const Region& region, std::uint64_t pte) {
  for (const PhysAddr entry : region.entries) store(entry, pte);
}

PhysAddr Software::small_entry(const Region& region, std::uint32_t page) const {
  return region.leaves[region.current] + paging_.index_of(address(page), 0) * paging_.pte_bytes;
}

// One page; or all that lie in its group, as one page or each by itself.
void Software::map_small(const Event& e, Region& region, bool grouped, bool all) {
  if (!paging_.has_groups(0)) grouped = all = false;
  const unsigned shift = paging_.page_shift;
  const unsigned larger = shift + (grouped || all ? paging_.groups[0] : 0U);
  const std::uint32_t first = e.page / kPagesOfRegion * kPagesOfRegion;
  for (std::uint32_t page = first; page < first + kPagesOfRegion; ++page) {
    if (address(page).value() >> larger != address(e.page).value() >> larger) continue;
    std::uint64_t frame = std::uint64_t{e.frame} << larger;
    const bool own = paging_.family == Family::kArm || !grouped;  // each with its own frame
    if (own && larger != shift) frame |= address(page).value() & (bit(larger) - bit(shift));
    store(small_entry(region, page), leaf(e, frame, 0, grouped));
  }
}

// The region's large page; with its neighbour, where entries of this level can form groups.
void Software::map_large(const Event& e, std::uint32_t space, std::uint32_t number) {
  const bool grouped = e.grouped && paging_.has_groups(1);
  const unsigned shift = paging_.shift_of(1);
  const unsigned larger = shift + (grouped ? paging_.groups[1] : 0U);
  for (std::uint32_t other = 0; other < kRegions; ++other) {
    const VirtAddr va = address(other * kPagesOfRegion);
    if (va.value() >> larger != address(number * kPagesOfRegion).value() >> larger) continue;
    const std::uint64_t in_group = larger == shift ? 0 : va.value() & (bit(larger) - bit(shift));
    set(regions_[other == kSharedRegion ? 0 : space][other],
        leaf(e, std::uint64_t{e.frame} << larger | in_group, 1, grouped));
  }
}

void Software::apply(const Event& e, std::uint32_t space) {
  const std::uint32_t number = e.page / kPagesOfRegion;
  if (number == kRegions) return;
  Region& region = regions_[number == kSharedRegion ? 0 : space][number];
  const PhysAddr own = small_entry(region, e.page);
  switch (e.op) {
    case Op::kMap:
      return map_small(e, region, e.grouped, e.grouped);
    case Op::kUngroup:
      return map_small(e, region, false, true);
    case Op::kUnmap:
      return store(own, 0);
    case Op::kProtect: {
      Event rights_only = e;
      rights_only.accessed = rights_only.dirty = rights_only.global = false;
      const bool x86 = paging_.family == Family::kX86, arm = paging_.family == Family::kArm;
      const std::uint64_t all = x86   ? bit(1) | bit(2) | bit(63)
                                : arm ? bit(6) | bit(7) | bit(53) | bit(54)
                                      : bit(1) | bit(2) | bit(3) | bit(4);
      return change(own, all, leaf(rights_only, 0, 0, false) & all);
    }
    case Op::kClearAccessed:
      return change(own, bit(paging_.accessed_bit), 0);
    case Op::kClearDirty:
      return paging_.dirty_bit == 0 ? void() : change(own, bit(paging_.dirty_bit), 0);
    case Op::kMalform: {
      const std::uint64_t frame = std::uint64_t{e.frame} << paging_.page_shift;
      const bool arm = paging_.family == Family::kArm;  // a block at the last level
      if (paging_.family == Family::kX86) return store(own, 0);
      return store(own, arm ? frame | bit(0) : frame >> 2 | bit(0) | bit(2));
    }
    case Op::kPromote:
      return map_large(e, space, number);
    case Op::kMisalign:
      return set(region, leaf(e, (std::uint64_t{e.frame} << paging_.shift_of(1)) + 8192, 1, false));
    case Op::kDemote:
      region.current = 1 - region.current;
      return set(region, pointer(region.leaves[region.current]));
    case Op::kDetach:
      return set(region, 0);
    case Op::kPromoteGiant:
      if (region.giant == PhysAddr(0)) return;
      return store(region.giant, leaf(e, std::uint64_t{e.frame} << paging_.shift_of(2), 2, false));
    case Op::kDemoteGiant:
      return region.giant == PhysAddr(0) ? void() : store(region.giant, pointer(region.table));
    case Op::kAccess:
    case Op::kFence:
    case Op::kSwitch:
    case Op::kState:
      return;
  }
}

}  // namespace mmu::fuzz
