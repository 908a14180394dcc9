#include "testbench/fuzz/software.hpp"

namespace mmu::fuzz {
namespace {

constexpr std::uint64_t bit(unsigned n) { return std::uint64_t{1} << n; }
constexpr std::uint64_t when(bool set, unsigned n) { return set ? bit(n) : 0; }

}  // namespace

Software::Software(bool x86, PhysicalMemory& memory) : x86_(x86), memory_(memory) {
  for (std::uint32_t space = 0; space < kSpaces; ++space) {
    roots_[space] = new_table();
    const unsigned shift = x86 ? 39 : 30;
    if (space != 0) {  // the upper half is one for all
      const std::uint64_t index = address_of(kSharedRegion * kPagesOfRegion).bits(shift, 9);
      memory.store(roots_[space] + index * 8, 8, memory.load(roots_[0] + index * 8, 8));
    }
    for (std::uint32_t i = 0; i < kRegions; ++i) {
      Region& region = regions_[space][i];
      if (space != 0 && i == kSharedRegion) continue;
      region.entry = entry_of(roots_[space], address_of(i * kPagesOfRegion));
      region.leaves = {new_table(), new_table()};
      memory.store(region.entry, 8, pointer(region.leaves[0]));
      for (std::uint32_t page = i * kPagesOfRegion; page < (i + 1) * kPagesOfRegion; ++page) {
        Event map;
        map.op = Op::kMap;
        map.page = page;
        map.frame = 64 + space * kPages + page;
        map.global = true;
        apply(map, space);
      }
    }
  }
}

PhysAddr Software::new_table() {
  next_table_ += 4096;
  return PhysAddr(next_table_ - 4096);
}

PhysAddr Software::entry_of(PhysAddr root, VirtAddr va) {
  PhysAddr table = root;
  for (unsigned shift = x86_ ? 39 : 30; shift > 21; shift -= 9) {
    const PhysAddr entry = table + va.bits(shift, 9) * 8;
    if (memory_.load(entry, 8) == 0) memory_.store(entry, 8, pointer(new_table()));
    const std::uint64_t pte = memory_.load(entry, 8);
    table = PhysAddr(x86_ ? pte >> 12 << 12 : pte >> 10 << 12);
  }
  return table + va.bits(21, 9) * 8;
}

std::uint64_t Software::pointer(PhysAddr table) const {
  return x86_ ? table.value() | bit(0) | bit(1) | bit(2) : table.value() >> 2 | bit(0);
}

std::uint64_t Software::leaf(const Event& e, std::uint64_t frame, bool large) const {
  const bool global = e.global && e.page / kPagesOfRegion == kSharedRegion;
  if (x86_) {
    return frame | bit(0) | when(e.rights.write, 1) | when(e.rights.user, 2) | when(e.accessed, 5) |
           when(e.dirty, 6) | when(large, 7) | when(global, 8) | when(!e.rights.execute, 63);
  }
  return frame >> 2 | bit(0) | bit(1) | when(e.rights.write, 2) | when(e.rights.execute, 3) |
         when(e.rights.user, 4) | when(global, 5) | when(e.accessed, 6) | when(e.dirty, 7);
}

void Software::change(PhysAddr entry, std::uint64_t clear, std::uint64_t set) {
  const std::uint64_t before = memory_.load(entry, 8);
  if ((before & 1) != 0) memory_.store(entry, 8, (before & ~clear) | set);
}

void Software::apply(const Event& e, std::uint32_t space) {
  const std::uint32_t number = e.page / kPagesOfRegion;
  if (number == kRegions) return;
  Region& region = regions_[number == kSharedRegion ? 0 : space][number];
  const PhysAddr own = region.leaves[region.current] + address_of(e.page).bits(12, 9) * 8;
  const std::uint64_t small = std::uint64_t{e.frame} << 12;
  const std::uint64_t large = std::uint64_t{e.frame} << 21;
  switch (e.op) {
    case Op::kMap:
      return memory_.store(own, 8, leaf(e, small, false));
    case Op::kUnmap:
      return memory_.store(own, 8, 0);
    case Op::kProtect: {
      Event rights_only = e;
      rights_only.accessed = rights_only.dirty = rights_only.global = false;
      const std::uint64_t all = x86_ ? bit(1) | bit(2) | bit(63) : bit(2) | bit(3) | bit(4);
      return change(own, all, leaf(rights_only, 0, false) & all);
    }
    case Op::kClearAccessed:
      return change(own, bit(x86_ ? 5 : 6), 0);
    case Op::kClearDirty:
      return change(own, bit(x86_ ? 6 : 7), 0);
    case Op::kMalform:
      return x86_ ? memory_.store(own, 8, 0) : memory_.store(own, 8, small >> 2 | bit(0) | bit(2));
    case Op::kPromote:
      return memory_.store(region.entry, 8, leaf(e, large, true));
    case Op::kMisalign:
      return memory_.store(region.entry, 8, leaf(e, large + 8192, true));
    case Op::kDemote:
      region.current = 1 - region.current;
      return memory_.store(region.entry, 8, pointer(region.leaves[region.current]));
    case Op::kDetach:
      return memory_.store(region.entry, 8, 0);
    case Op::kAccess:
    case Op::kFence:
    case Op::kSwitch:
      return;
  }
}

}  // namespace mmu::fuzz
