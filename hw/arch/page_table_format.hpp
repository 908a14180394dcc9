// Radix page-table formats as data. A format is one line in page_table_format.cpp; every reader
// (walker, OS page-table builder, RTL) interprets the same data. Level 0 is the leaf of the
// smallest page everywhere; the root is level depth-1.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "hw/arch/access.hpp"
#include "hw/arch/rights.hpp"

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

/// Where the rights sit in an entry.
struct RightsLayout {
  Flag read, write, execute, user;
  Flag privileged_execute;     ///< with `split_execute` only
  bool split_execute = false;  ///< see Rights
  constexpr Rights decode(std::uint64_t pte) const {
    return {read.granted(pte),
            write.granted(pte),
            execute.granted(pte),
            user.granted(pte),
            privileged_execute.granted(pte),
            split_execute};
  }
  constexpr std::uint64_t encode(Rights r) const {
    return read.encode(r.read) | write.encode(r.write) | execute.encode(r.execute) |
           user.encode(r.user) | privileged_execute.encode(r.privileged_execute);
  }
  /// All bits in use.
  constexpr std::uint64_t mask() const {
    return read.mask | write.mask | execute.mask | user.mask | privileged_execute.mask;
  }
};

/// One radix level: the VA bits that index it, and whether a leaf here maps 2^lsb bytes.
struct Level {
  std::uint8_t lsb = 0;
  std::uint8_t width = 0;
  bool may_map = false;
  std::uint8_t contiguous = 0;  ///< log2 of the neighbours that may form one page; 0: none
};

/// How an entry says that it is one of several neighbours that form one larger page.
enum class Contiguity : std::uint8_t {
  kNone,
  kNapot,  ///< RISC-V Svnapot: the low bits of the frame say how many, all else is malformed
  kHint,   ///< AArch64: a hint; each entry has its own frame
};

struct PageTableFormat {
  std::string_view name;
  std::uint8_t va_bits = 0;
  std::uint8_t pa_bits = 0;
  std::uint8_t page_shift = 0;  ///< log2 of the base page (and of a full table), in bytes
  std::uint8_t pte_bytes = 0;
  std::uint8_t asid_bits = 16;  ///< that the address-space identifiers of software may have
  std::uint8_t depth = 0;       ///< levels in use
  std::array<Level, kMaxLevels> levels{};  ///< levels[0] maps base pages; levels[depth-1]: root
  bool sign_extended = true;               ///< else bits above va_bits must be zero

  Pattern valid;                         ///< otherwise: not present
  Pattern table;                         ///< above level 0: points to the next table
  std::uint64_t inner_leaf = 0;          ///< bits a leaf sets above level 0
  Pattern last_leaf;                     ///< at level 0 a leaf is malformed unless this holds
  std::array<Pattern, 2> forbidden{};    ///< malformed if one of these holds
  std::uint64_t zero_in_any = 0;         ///< malformed if any of these is set
  std::uint64_t zero_in_table = 0;       ///< likewise, table entries only
  std::uint64_t attr_in_inner_leaf = 0;  ///< frame bits that are attributes in large leaves
  bool ignores_low_frame_bits = false;   ///< of large leaves; else misaligned if they are set
  /// Reserved for now, by what FormatOptions say; may lie on top of other fields.
  std::uint64_t zero_by_option = 0;
  std::uint64_t address_too_large = 0;  ///< frame bits, any of which is an address-size fault

  Field frame;  ///< physical address >> page_shift
  RightsLayout leaf_rights;
  RightsLayout table_rights;       ///< ANDed into every mapping below
  Flag accessed, dirty, global;    ///< of a leaf
  std::uint64_t global_table = 0;  ///< makes all mappings below global
  Contiguity contiguity = Contiguity::kNone;
  std::uint64_t contiguous = 0;  ///< the bit that says so
  /// Memory type: bits, lowest first, in leaves of level 0 and above (x86: PAT moves).
  std::array<std::uint64_t, 3> type_bits{}, type_bits_inner{};
  bool accessed_in_tables = false;  ///< table entries have an A bit too (x86)
  bool ad_by_software_too = true;   ///< A/D may be left to a fault (RISC-V Svade); else hardware
  bool accessed_before_rights = false;  ///< a clear A is found before a missing right (AArch64)
  /// A fence with an address leaves walk caches alone (RISC-V sfence.vma; x86 invlpg does not).
  bool address_fence_leaf_only = false;

  constexpr unsigned root_level() const { return depth - 1u; }
  constexpr std::uint64_t page_bytes() const { return std::uint64_t{1} << page_shift; }
  /// May an entry of `level` map a page?
  constexpr bool maps_at(unsigned level) const { return level < depth && levels[level].may_map; }
  /// log2 bytes of the page that several neighbours at `level` may form together; 0: none.
  constexpr unsigned group_shift(unsigned level) const {
    return levels[level].contiguous == 0 ? 0u : levels[level].lsb + levels[level].contiguous;
  }
};

/// Looks a format up by its command-line name ("sv39"); nullptr if unknown.
const PageTableFormat* find_format(std::string_view name);

/// What control registers and extensions make of a format. They count for walks only: what a TLB
/// holds stays until a fence. Each family reads its own.
struct FormatOptions {
  // RISC-V. Off: the bits are reserved.
  bool napot = false;  ///< Svnapot
  bool pbmt = false;   ///< Svpbmt, and menvcfg.PBMTE
  // x86-64.
  unsigned maxphyaddr = 52;  ///< 32..52
  bool nxe = true;           ///< EFER.NXE
  // AArch64 TCR_EL1.
  unsigned t0sz = 16;               ///< 16..39
  unsigned ips = 5;                 ///< 0..5: 32, 36, 40, 42, 44, 48 bits
  bool hierarchical_rights = true;  ///< not HPD0: APTable, UXNTable, PXNTable count
};

/// `format` as `options` have it. Throws ConfigError for an option out of its range.
PageTableFormat with_options(const PageTableFormat& format, const FormatOptions& options);

/// All names, in the order of the table: "sv32, sv39, ...".
std::string format_names();

/// True if `format` can express `va`: bits above va_bits are as the format wants them.
bool is_canonical(const PageTableFormat& format, VirtAddr va);

/// The names of those that can express `va`; empty if none can.
std::string formats_that_fit(VirtAddr va);

/// True if the levels tile the VA exactly and no two fields of an entry overlap.
constexpr bool is_consistent(const PageTableFormat& f) {
  unsigned next = f.page_shift;
  for (unsigned i = 0; i < f.depth; ++i) {
    const Level& level = f.levels[i];
    if (level.lsb != next) return false;
    if ((std::uint64_t{f.pte_bytes} << level.width) > (std::uint64_t{1} << f.page_shift))
      return false;
    if (level.contiguous > level.width) return false;
    next += level.width;
  }
  if (next != f.va_bits || !f.levels[0].may_map) return false;
  if (f.frame.width + f.page_shift < f.pa_bits) return false;
  if ((f.contiguity == Contiguity::kNone) != (f.contiguous == 0)) return false;

  std::uint64_t types = 0;
  for (unsigned i = 0; i < 3; ++i) {
    if ((types & f.type_bits[i]) != 0) return false;
    types |= f.type_bits[i];
  }
  // Each member of this list has bits of its own.
  const std::uint64_t own[] = {f.frame.mask(), f.leaf_rights.mask(), f.accessed.mask, f.dirty.mask,
                               f.global.mask,  f.contiguous,         types,           f.valid.mask};
  std::uint64_t taken = 0;
  for (const std::uint64_t mask : own) {
    if ((taken & mask) != 0) return false;
    taken |= mask;
  }
  if ((f.table_rights.mask() & (f.frame.mask() | f.valid.mask)) != 0) return false;
  return (f.zero_in_any & taken) == 0 && (f.address_too_large & ~f.frame.mask()) == 0;
}

}  // namespace mmu
