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
  constexpr std::string_view kNames[] = {"address not canonical",
                                         "page not present",
                                         "malformed entry",
                                         "misaligned large page",
                                         "no permission",
                                         "accessed bit clear",
                                         "dirty bit clear",
                                         "physical address too large",
                                         "memory answered with an error"};
  return kNames[static_cast<unsigned>(kind)];
}

Walk::Walk(const PageTableFormat& format, VirtAddr va, PhysAddr table, unsigned level,
           Inherited inherited)
    : format_(&format), va_(va), table_(table), level_(level), inherited_(inherited) {}

PhysAddr Walk::entry_address() const {
  const Level& level = format_->levels[level_];
  return table_ + va_.bits(level.lsb, level.width) * format_->pte_bytes;
}

WalkStep Walk::consume(std::uint64_t pte) {
  const PageTableFormat& f = *format_;
  const bool last = level_ == 0;

  if (!f.valid.holds(pte)) return fault(FaultKind::kNotPresent);
  if ((pte & (f.zero_in_any | f.zero_by_option)) != 0) return fault(FaultKind::kMalformed);
  for (const Pattern& pattern : f.forbidden) {
    if (pattern.holds(pte)) return fault(FaultKind::kMalformed);
  }

  if (last && f.last_leaf.mask != 0) {  // AArch64 has patterns of its own at the last level
    return f.last_leaf.holds(pte) ? map(pte) : fault(FaultKind::kMalformed);
  }
  const bool points = f.table.holds(pte);
  if (!last && points) return descend(pte);
  // RISC-V: a pointer at level 0. x86 has none there: the bit is PAT, and `inner_leaf` is set.
  if (last && points && f.inner_leaf == 0) return fault(FaultKind::kMalformed);
  return f.levels[level_].may_map ? map(pte) : fault(FaultKind::kMalformed);
}

WalkStep Walk::descend(std::uint64_t pte) {
  const PageTableFormat& f = *format_;
  if ((pte & f.zero_in_table) != 0) return fault(FaultKind::kMalformed);
  if ((pte & f.address_too_large) != 0) return fault(FaultKind::kAddressSize);
  inherited_.rights = inherited_.rights & f.table_rights.decode(pte);
  inherited_.global = inherited_.global || (pte & f.global_table) != 0;
  table_ = frame_address(f, pte);
  --level_;
  return Descend{};
}

WalkStep Walk::map(std::uint64_t pte) const {
  const PageTableFormat& f = *format_;
  const Level& level = f.levels[level_];
  const bool last = level_ == 0;
  unsigned shift = level.lsb;
  PhysAddr base = frame_address(f, last ? pte : pte & ~f.attr_in_inner_leaf);
  if (f.ignores_low_frame_bits) base = base.aligned_down(shift);
  if (base.offset(shift) != 0) return fault(FaultKind::kMisaligned);
  if ((frame_bits(f, base) & f.address_too_large) != 0) return fault(FaultKind::kAddressSize);

  if ((pte & f.contiguous) != 0) {
    const unsigned larger = shift + level.contiguous;
    if (f.contiguity == Contiguity::kNapot) {
      // "Svnapot": the highest of the low bits is set and tells the size; no other size exists.
      const std::uint64_t says = std::uint64_t{1} << (larger - 1);
      if (level.contiguous == 0 || base.offset(larger) != says) {
        return fault(FaultKind::kMalformed);
      }
      base = base.aligned_down(larger);
      shift = larger;
    } else if (va_.offset(larger) >> shift == base.offset(larger) >> shift) {
      // A hint that does not fit the frame is a mistake of software, and is not followed.
      base = base.aligned_down(larger);
      shift = larger;
    }
  }

  std::uint8_t type = 0;
  const auto& type_bits = last ? f.type_bits : f.type_bits_inner;
  for (unsigned i = 0; i < type_bits.size(); ++i) {
    type = static_cast<std::uint8_t>(type | unsigned{(pte & type_bits[i]) != 0} << i);
  }
  return Translation{base,
                     shift,
                     inherited_.rights & f.leaf_rights.decode(pte),
                     inherited_.global || f.global.granted(pte),
                     f.accessed.granted(pte),
                     f.dirty.granted(pte),
                     static_cast<std::uint8_t>(level_),
                     type,
                     f.accessed_before_rights};
}

std::uint64_t with_ad_bits(const PageTableFormat& f, std::uint64_t pte, const WalkStep& step,
                           AccessKind kind, AdUpdate ad, bool may_set_dirty,
                           AccessContext context) {
  if (ad == AdUpdate::kFault) return pte;
  if (std::holds_alternative<Descend>(step)) {
    return f.accessed_in_tables ? pte | f.accessed.mask : pte;
  }
  const auto* to = std::get_if<Translation>(&step);
  if (to == nullptr || !to->rights.allow(kind, context)) return pte;
  return pte | f.accessed.mask | (writes(kind) && may_set_dirty ? f.dirty.mask : 0);
}

std::uint64_t encode_table(const PageTableFormat& f, PhysAddr table) {
  return f.valid.value | f.table.value | frame_bits(f, table) | f.table_rights.encode({});
}

std::uint64_t encode_leaf(const PageTableFormat& f, unsigned level, PhysAddr base, Rights rights,
                          bool accessed, bool dirty) {
  assert(f.levels[level].may_map && base.offset(f.levels[level].lsb) == 0);
  return f.valid.value | (level == 0 ? f.last_leaf.value : f.inner_leaf) | frame_bits(f, base) |
         f.leaf_rights.encode(rights) | f.accessed.encode(accessed) | f.dirty.encode(dirty) |
         f.global.encode(false);
}

std::uint64_t as_part_of_group(const PageTableFormat& f, unsigned level, std::uint64_t pte) {
  const unsigned in_group = f.levels[level].contiguous;
  assert(in_group != 0);
  if (f.contiguity == Contiguity::kNapot) {
    const std::uint64_t low = ((std::uint64_t{1} << in_group) - 1) << f.frame.lsb;
    pte = (pte & ~low) | std::uint64_t{1} << (f.frame.lsb + in_group - 1);
  }
  return pte | f.contiguous;
}

}  // namespace mmu
