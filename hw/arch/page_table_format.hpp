// Radix page-table formats as data. A format is one line in page_table_format.cpp; every reader
// (walker, OS page-table builder, RTL) interprets the same data. Level 0 is the leaf of the
// smallest page everywhere; the root is level depth-1.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "hw/arch/access.hpp"

namespace mmu {

inline constexpr unsigned kMaxLevels = 5;
inline constexpr unsigned kBasePageShift = 12;  ///< smallest page of any format

/// Contiguous bits [lsb, lsb+width) of a page-table entry.
struct Field {
  std::uint8_t lsb = 0;
  std::uint8_t width = 0;
  constexpr std::uint64_t mask() const { return ((std::uint64_t{1} << width) - 1) << lsb; }
};

/// A bit pattern: holds when the masked bits equal `value`. The empty pattern never holds.
struct Pattern {
  std::uint64_t mask = 0;
  std::uint64_t value = 0;
  constexpr bool holds(std::uint64_t pte) const { return mask != 0 && (pte & mask) == value; }
};

/// One grant bit. An absent flag always grants; an inverted flag grants when clear (x86 NX).
struct Flag {
  std::uint64_t mask = 0;
  bool inverted = false;
  constexpr bool granted(std::uint64_t pte) const {
    return mask == 0 || ((pte & mask) != 0) != inverted;
  }
  constexpr std::uint64_t encode(bool grant) const { return grant != inverted ? mask : 0; }
};

/// What a mapping allows.
struct Rights {
  bool read = true;
  bool write = true;
  bool execute = true;
  bool user = true;

  /// May a user-mode access of this kind go ahead?
  constexpr bool allow(AccessKind kind) const {
    if (!user) return false;
    if (kind == AccessKind::kFetch) return execute;
    return kind == AccessKind::kLoad ? read : write && (kind == AccessKind::kStore || read);
  }
  friend constexpr Rights operator&(Rights a, Rights b) {
    return {a.read && b.read, a.write && b.write, a.execute && b.execute, a.user && b.user};
  }
  friend constexpr bool operator==(Rights a, Rights b) {
    return a.read == b.read && a.write == b.write && a.execute == b.execute && a.user == b.user;
  }
};

/// Where the rights sit in an entry.
struct RightsLayout {
  Flag read, write, execute, user;
  constexpr Rights decode(std::uint64_t pte) const {
    return {read.granted(pte), write.granted(pte), execute.granted(pte), user.granted(pte)};
  }
  constexpr std::uint64_t encode(Rights r) const {
    return read.encode(r.read) | write.encode(r.write) | execute.encode(r.execute) |
           user.encode(r.user);
  }
};

/// One radix level: the VA bits that index it, and whether a leaf here maps 2^lsb bytes.
struct Level {
  std::uint8_t lsb = 0;
  std::uint8_t width = 0;
  bool may_map = false;
};

struct PageTableFormat {
  std::string_view name;
  std::uint8_t va_bits = 0;
  std::uint8_t pa_bits = 0;
  std::uint8_t page_shift = 0;  ///< log2 of the base page (and of a full table), in bytes
  std::uint8_t pte_bytes = 0;
  std::uint8_t depth = 0;                  ///< levels in use
  std::array<Level, kMaxLevels> levels{};  ///< levels[0] maps base pages; levels[depth-1]: root
  bool sign_extended = true;               ///< else bits above va_bits must be zero

  Pattern valid;                         ///< otherwise: not present
  Pattern table;                         ///< above level 0: points to the next table
  std::uint64_t inner_leaf = 0;          ///< bits a leaf sets above level 0
  Pattern forbidden;                     ///< malformed if this holds
  std::uint64_t zero_in_any = 0;         ///< malformed if any of these is set
  std::uint64_t zero_in_table = 0;       ///< likewise, table entries only
  std::uint64_t attr_in_inner_leaf = 0;  ///< frame bits that are attributes in large leaves

  Field frame;  ///< physical address >> page_shift
  RightsLayout leaf_rights;
  RightsLayout table_rights;        ///< ANDed into every mapping below
  Flag accessed, dirty, global;     ///< of a leaf
  bool accessed_in_tables = false;  ///< table entries have an A bit too (x86)
  bool ad_by_software_too = true;   ///< A/D may be left to a fault (RISC-V Svade); else hardware
  /// A fence with an address leaves walk caches alone (RISC-V sfence.vma; x86 invlpg does not).
  bool address_fence_leaf_only = false;

  constexpr unsigned root_level() const { return depth - 1u; }
};

/// Looks a format up by its command-line name ("sv39"); nullptr if unknown.
const PageTableFormat* find_format(std::string_view name);

/// All names, in the order of the table: "sv39, sv48, ...".
std::string format_names();

/// True if `format` can express `va`: bits above va_bits are as the format wants them.
bool is_canonical(const PageTableFormat& format, VirtAddr va);

/// Names of the formats that can express `va`; empty if none can.
std::string formats_that_fit(VirtAddr va);

/// True if the levels tile the VA exactly and no two fields of an entry overlap.
constexpr bool is_consistent(const PageTableFormat& f) {
  unsigned next = f.page_shift;
  for (unsigned i = 0; i < f.depth; ++i) {
    const Level& level = f.levels[i];
    if (level.lsb != next) return false;
    if ((std::uint64_t{f.pte_bytes} << level.width) > (std::uint64_t{1} << f.page_shift))
      return false;
    next += level.width;
  }
  if (next != f.va_bits || !f.levels[0].may_map) return false;
  if (f.frame.width + f.page_shift < f.pa_bits) return false;
  const std::uint64_t flags = f.leaf_rights.encode({true, true, true, true}) |
                              f.leaf_rights.encode({false, false, false, false}) | f.accessed.mask |
                              f.dirty.mask | f.global.mask | f.valid.mask;
  return (flags & f.frame.mask()) == 0 && (f.zero_in_any & (flags | f.frame.mask())) == 0;
}

}  // namespace mmu
