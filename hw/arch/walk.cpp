#include "hw/arch/walk.hpp"

#include <cassert>

namespace mmu {
namespace {

PhysAddr frame_address(const PageTableFormat& f, std::uint64_t pte) {
  return PhysAddr(((pte & f.frame.mask()) >> f.frame.lsb) << f.page_shift);
}

std::uint64_t frame_bits(const PageTableFormat& f, PhysAddr base) {
  return ((base.value() >> f.page_shift) << f.frame.lsb) & f.frame.mask();
}

}  // namespace

std::string_view name_of(FaultKind kind) {
  constexpr std::string_view kNames[] = {
      "address not canonical", "page not present",   "malformed entry", "misaligned large page",
      "no permission",         "accessed bit clear", "dirty bit clear"};
  return kNames[static_cast<unsigned>(kind)];
}

Walk::Walk(const PageTableFormat& format, VirtAddr va, PhysAddr table, unsigned level,
           Rights inherited)
    : format_(&format), va_(va), table_(table), level_(level), inherited_(inherited) {}

PhysAddr Walk::entry_address() const {
  const Level& level = format_->levels[level_];
  return table_ + va_.bits(level.lsb, level.width) * format_->pte_bytes;
}

WalkStep Walk::consume(std::uint64_t pte) {
  const PageTableFormat& f = *format_;
  const Level& level = f.levels[level_];
  const bool last = level_ == 0;

  if (!f.valid.holds(pte)) return fault(FaultKind::kNotPresent);
  if (f.forbidden.holds(pte) || (pte & f.zero_in_any) != 0) return fault(FaultKind::kMalformed);

  const bool points = f.table.holds(pte);
  if (!last && points) {
    if ((pte & f.zero_in_table) != 0) return fault(FaultKind::kMalformed);
    inherited_ = inherited_ & f.table_rights.decode(pte);
    table_ = frame_address(f, pte);
    --level_;
    return Descend{};
  }
  // RISC-V: a pointer at level 0. x86 has none there: the bit is PAT, and `inner_leaf` is set.
  if (last && points && f.inner_leaf == 0) return fault(FaultKind::kMalformed);
  if (!level.may_map) return fault(FaultKind::kMalformed);

  const PhysAddr base = frame_address(f, last ? pte : pte & ~f.attr_in_inner_leaf);
  if (base.offset(level.lsb) != 0) return fault(FaultKind::kMisaligned);
  return Translation{base,
                     level.lsb,
                     inherited_ & f.leaf_rights.decode(pte),
                     f.global.granted(pte),
                     f.accessed.granted(pte),
                     f.dirty.granted(pte)};
}

std::uint64_t with_ad_bits(const PageTableFormat& f, std::uint64_t pte, const WalkStep& step,
                           AccessKind kind, AdUpdate ad, bool may_set_dirty) {
  if (ad == AdUpdate::kFault) return pte;
  if (std::holds_alternative<Descend>(step)) {
    return f.accessed_in_tables ? pte | f.accessed.mask : pte;
  }
  const auto* to = std::get_if<Translation>(&step);
  if (to == nullptr || !to->rights.allow(kind)) return pte;
  return pte | f.accessed.mask | (writes(kind) && may_set_dirty ? f.dirty.mask : 0);
}

std::uint64_t encode_table(const PageTableFormat& f, PhysAddr table) {
  return f.valid.value | f.table.value | frame_bits(f, table) | f.table_rights.encode({});
}

std::uint64_t encode_leaf(const PageTableFormat& f, unsigned level, PhysAddr base, Rights rights,
                          bool accessed, bool dirty) {
  assert(f.levels[level].may_map && base.offset(f.levels[level].lsb) == 0);
  return f.valid.value | (level == 0 ? 0 : f.inner_leaf) | frame_bits(f, base) |
         f.leaf_rights.encode(rights) | f.accessed.encode(accessed) | f.dirty.encode(dirty) |
         f.global.encode(false);
}

}  // namespace mmu
