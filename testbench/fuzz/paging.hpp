// The page-table formats and the access rights as this suite reads them, from the manuals: nothing
// of hw/arch's descriptions or of its walk automaton is used.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "hw/arch/address.hpp"
#include "hw/arch/rights.hpp"

namespace mmu::fuzz {

enum class Family : std::uint8_t { kRiscv, kX86, kArm };

/// Level 0 is the leaf of the smallest page.
struct Paging {
  const char* name;
  Family family;
  std::uint8_t depth, va_bits, page_shift, index_bits, pte_bytes;
  std::uint8_t large_levels;           ///< levels from 1 up that may map
  std::array<std::uint8_t, 2> groups;  ///< log2 of the entries of levels 0 and 1 that form one page
  std::uint8_t accessed_bit, dirty_bit;  ///< numbers of bits; 0: there is no D
  const char *base_size, *group_size, *large_size, *giant_size;  ///< as page_sizes has them

  unsigned shift_of(unsigned level) const { return page_shift + unsigned{index_bits} * level; }
  std::uint64_t index_of(VirtAddr va, unsigned level) const {
    const unsigned shift = shift_of(level);
    const unsigned rest = va_bits - shift;
    return va.bits(shift, rest < index_bits ? rest : index_bits);
  }
  bool has_groups(unsigned level) const { return level < 2 && groups[level] != 0; }
  bool has_giant_pages() const { return large_levels > 1 && depth > 2; }
};
const Paging& paging_of(const std::string& format);

/// What software sets apart from page tables. Members of other families have no meaning.
struct CoreState {
  bool bare = false, supervisor = false;
  bool sum = false, mxr = false;                            // RISC-V
  bool wp = false, smep = false, smap = false, ac = false;  // x86-64
  bool pan = false;                                         // AArch64
  /// As the core says it to the MMU.
  AccessContext context(Family family) const;
  std::string text(Family family) const;
};

/// A page-table entry. Rights of a RISC-V pointer: all.
struct Entry {
  enum class Is : std::uint8_t { kAbsent, kMalformed, kMisaligned, kPointer, kLeaf };
  Is is = Is::kAbsent;
  std::uint64_t frame = 0;  ///< physical address of the page or table
  unsigned page_shift = 0;  ///< of a leaf: larger than the level's if it is one of a group
  Rights rights;
  bool global = false, accessed = false, dirty = false;
};
/// `va`: for which it is read.
Entry read_entry(const Paging& paging, unsigned level, std::uint64_t pte, VirtAddr va);

bool may(Family family, const CoreState& state, const Rights& rights, AccessKind kind);

}  // namespace mmu::fuzz
