#include "hw/arch/page_table_format.hpp"

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t bit(unsigned n) { return std::uint64_t{1} << n; }
constexpr std::uint64_t bits(unsigned hi, unsigned lo) { return (bit(hi - lo + 1) - 1) << lo; }
constexpr Flag set(unsigned n) { return {bit(n), false}; }
constexpr Flag clear(unsigned n) { return {bit(n), true}; }

/// Places the levels from the leaf upwards; the root takes what is left of the VA.
constexpr void tile(PageTableFormat& f, unsigned index_bits) {
  for (unsigned i = 0; i < f.depth; ++i) {
    const unsigned lsb = f.page_shift + i * index_bits;
    const unsigned left = f.va_bits - lsb;
    f.levels[i] = {static_cast<std::uint8_t>(lsb),
                   static_cast<std::uint8_t>(left < index_bits ? left : index_bits),
                   f.levels[i].may_map,
                   f.levels[i].contiguous <= left ? f.levels[i].contiguous : std::uint8_t{0}};
  }
}

/// RISC-V privileged spec, "Virtual-Memory System": a leaf has R or X; R=0,W=1 is reserved. G of a
/// pointer makes all below it global.
constexpr PageTableFormat riscv(std::string_view name, unsigned depth, unsigned pte_bytes) {
  const unsigned index_bits = pte_bytes == 4 ? 10 : 9;
  PageTableFormat f;
  f.name = name;
  f.page_shift = 12;
  f.depth = static_cast<std::uint8_t>(depth);
  f.va_bits = static_cast<std::uint8_t>(12 + depth * index_bits);
  f.pte_bytes = static_cast<std::uint8_t>(pte_bytes);
  for (Level& level : f.levels) level.may_map = true;
  tile(f, index_bits);
  f.valid = {bit(0), bit(0)};
  f.table = {bits(3, 1), 0};
  f.forbidden[0] = {bits(2, 1), bit(2)};
  f.zero_in_table = bit(4) | bit(6) | bit(7);
  f.leaf_rights.read = set(1);
  f.leaf_rights.write = set(2);
  f.leaf_rights.execute = set(3);
  f.leaf_rights.user = set(4);
  f.global = set(5);
  f.global_table = bit(5);
  f.accessed = set(6);
  f.dirty = set(7);
  f.address_fence_leaf_only = true;  // "Supervisor Memory-Management Fence": rs1 != x0
  return f;
}

/// "Sv32": VA 32 bits of which none is above, PA 34.
constexpr PageTableFormat sv32() {
  PageTableFormat f = riscv("sv32", 2, 4);
  f.pa_bits = 34;
  f.asid_bits = 9;
  f.sign_extended = false;
  f.frame = {10, 22};
  return f;
}

/// "Sv39" and larger, with the bits of Svnapot (N, 63) and Svpbmt (62:61, of which 3 is reserved);
/// both are off until with_options() says otherwise.
constexpr PageTableFormat riscv64(std::string_view name, unsigned depth) {
  PageTableFormat f = riscv(name, depth, 8);
  f.pa_bits = 56;
  f.frame = {10, 44};
  f.zero_in_any = bits(60, 54);
  f.contiguity = Contiguity::kNapot;
  f.contiguous = bit(63);
  f.levels[0].contiguous = 4;  // 64 KiB, the one size there is
  f.type_bits = f.type_bits_inner = {bit(61), bit(62), 0};
  f.forbidden[1] = {bits(62, 61), bits(62, 61)};
  f.zero_in_table |= bits(63, 61);
  f.zero_by_option = bits(63, 61);
  return f;
}

/// Intel SDM vol. 3A, "4-Level Paging and 5-Level Paging": PS maps 2 MiB and 1 GiB; rights are
/// hierarchical; A is set at every level, always by hardware.
constexpr PageTableFormat x86_64(std::string_view name, unsigned depth) {
  PageTableFormat f;
  f.name = name;
  f.page_shift = 12;
  f.depth = static_cast<std::uint8_t>(depth);
  f.va_bits = static_cast<std::uint8_t>(12 + depth * 9);
  f.pa_bits = 52;
  f.asid_bits = 12;  // PCID
  f.pte_bytes = 8;
  for (unsigned i = 0; i < 3; ++i) f.levels[i].may_map = true;
  tile(f, 9);
  f.frame = {12, 40};
  f.valid = {bit(0), bit(0)};
  f.table = {bit(7), 0};
  f.inner_leaf = bit(7);
  f.attr_in_inner_leaf = bit(12);  // PAT
  f.leaf_rights.write = set(1);
  f.leaf_rights.execute = clear(63);
  f.leaf_rights.user = set(2);
  f.table_rights = f.leaf_rights;
  f.accessed = set(5);
  f.dirty = set(6);
  f.global = set(8);
  f.type_bits = {bit(3), bit(4), bit(7)};  // PWT, PCD, PAT
  f.type_bits_inner = {bit(3), bit(4), bit(12)};
  f.accessed_in_tables = true;
  f.ad_by_software_too = false;
  return f;
}

/// Arm ARM (DDI 0487) D8.3, VMSAv8-64 stage 1, the half of TTBR0, 48 bits of VA until T0SZ says
/// otherwise. `blocks`: levels from 1 up that map; `contiguous`: log2 of the entries of a
/// contiguous run at each level from 0 up (table D8-96, "Contiguous bit").
constexpr PageTableFormat aarch64(std::string_view name, unsigned granule_shift, unsigned blocks,
                                  std::array<std::uint8_t, 3> contiguous) {
  const unsigned index_bits = granule_shift - 3;
  PageTableFormat f;
  f.name = name;
  f.page_shift = static_cast<std::uint8_t>(granule_shift);
  f.va_bits = 48;
  f.depth = static_cast<std::uint8_t>((48 - granule_shift + index_bits - 1) / index_bits);
  f.pa_bits = 48;
  f.pte_bytes = 8;
  f.sign_extended = false;
  for (unsigned i = 0; i <= blocks; ++i) f.levels[i].may_map = true;
  for (unsigned i = 0; i < contiguous.size(); ++i) f.levels[i].contiguous = contiguous[i];
  tile(f, index_bits);
  f.frame = {static_cast<std::uint8_t>(granule_shift),
             static_cast<std::uint8_t>(48 - granule_shift)};
  f.valid = {bit(0), bit(0)};
  f.table = {bits(1, 0), bits(1, 0)};
  f.last_leaf = {bits(1, 0), bits(1, 0)};
  f.ignores_low_frame_bits = true;    // RES0
  f.leaf_rights.write = clear(7);     // AP[2]
  f.leaf_rights.user = set(6);        // AP[1]
  f.leaf_rights.execute = clear(54);  // UXN
  f.leaf_rights.privileged_execute = clear(53);
  f.leaf_rights.split_execute = true;
  f.table_rights.write = clear(62);  // APTable[1]
  f.table_rights.user = clear(61);   // APTable[0]
  f.table_rights.execute = clear(60);
  f.table_rights.privileged_execute = clear(59);
  f.table_rights.split_execute = true;
  f.accessed = set(10);
  f.accessed_before_rights = true;
  f.global = clear(11);  // nG
  f.contiguity = Contiguity::kHint;
  f.contiguous = bit(52);
  f.type_bits = f.type_bits_inner = {bit(2), bit(3), bit(4)};
  return f;
}

// To add a format of a known family: one row.
constexpr std::array kFormats = {sv32(),
                                 riscv64("sv39", 3),
                                 riscv64("sv48", 4),
                                 riscv64("sv57", 5),
                                 x86_64("x86-64-4level", 4),
                                 x86_64("x86-64-5level", 5),
                                 aarch64("aarch64-4k", 12, 2, {4, 4, 4}),
                                 aarch64("aarch64-16k", 14, 1, {7, 5, 0}),
                                 aarch64("aarch64-64k", 16, 1, {5, 5, 0})};

constexpr bool all_consistent() {
  for (const PageTableFormat& f : kFormats) {
    if (!is_consistent(f)) return false;
  }
  return true;
}
static_assert(all_consistent(), "a page-table format contradicts itself");

/// The names of the formats for which `wanted(format)` holds, separated by commas.
template <class Wanted>
std::string names_where(Wanted wanted) {
  std::string names;
  for (const PageTableFormat& f : kFormats) {
    if (wanted(f)) names.append(names.empty() ? "" : ", ").append(f.name);
  }
  return names;
}

void require(const char* what, unsigned value, unsigned min, unsigned max) {
  if (value >= min && value <= max) return;
  throw ConfigError(std::string(what) + ": " + std::to_string(value) + " is not in " +
                    std::to_string(min) + ".." + std::to_string(max));
}

/// TCR_EL1 (Arm ARM D24.2): T0SZ leaves out levels from the root down, IPS bounds addresses.
void apply_tcr(PageTableFormat& f, const FormatOptions& options) {
  constexpr unsigned kSizes[] = {32, 36, 40, 42, 44, 48};
  require("t0sz", options.t0sz, 16, 39);
  require("ips", options.ips, 0, 5);
  const unsigned index_bits = f.page_shift - 3u;
  f.va_bits = static_cast<std::uint8_t>(64 - options.t0sz);
  f.depth = static_cast<std::uint8_t>((f.va_bits - f.page_shift + index_bits - 1) / index_bits);
  tile(f, index_bits);
  f.pa_bits = static_cast<std::uint8_t>(kSizes[options.ips]);
  f.address_too_large = f.pa_bits == 48 ? 0 : bits(47, f.pa_bits);
  if (!options.hierarchical_rights) f.table_rights = {};
}

}  // namespace

const PageTableFormat* find_format(std::string_view name) {
  for (const PageTableFormat& f : kFormats) {
    if (f.name == name) return &f;
  }
  return nullptr;
}

std::string format_names() {
  return names_where([](const PageTableFormat&) { return true; });
}

std::string formats_that_fit(VirtAddr va) {
  return names_where([va](const PageTableFormat& f) { return is_canonical(f, va); });
}

PageTableFormat with_options(const PageTableFormat& format, const FormatOptions& options) {
  PageTableFormat f = format;
  switch (f.contiguity) {
    case Contiguity::kNapot:
      f.zero_by_option = (options.napot ? 0 : bit(63)) | (options.pbmt ? 0 : bits(62, 61));
      break;
    case Contiguity::kHint:
      apply_tcr(f, options);
      break;
    case Contiguity::kNone:
      if (!f.accessed_in_tables) break;  // Sv32 has no options
      require("maxphyaddr", options.maxphyaddr, 32, 52);
      f.zero_by_option = (options.maxphyaddr == 52 ? 0 : bits(51, options.maxphyaddr)) |
                         (options.nxe ? 0 : bit(63));
      break;
  }
  return f;
}

bool is_canonical(const PageTableFormat& format, VirtAddr va) {
  const unsigned spare = 64u - format.va_bits;
  const std::uint64_t shifted = va.value() << spare;
  const std::uint64_t extended =
      format.sign_extended ? static_cast<std::uint64_t>(static_cast<std::int64_t>(shifted) >> spare)
                           : shifted >> spare;
  return extended == va.value();
}

}  // namespace mmu
