#include "hw/arch/page_table_format.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t bit(unsigned n) { return std::uint64_t{1} << n; }
constexpr std::uint64_t bits(unsigned hi, unsigned lo) { return (bit(hi - lo + 1) - 1) << lo; }
constexpr Flag set(unsigned n) { return {bit(n), false}; }
constexpr Flag clear(unsigned n) { return {bit(n), true}; }

/// Fills the levels from the leaf upwards; the root takes what is left of the VA.
constexpr void tile(PageTableFormat& f, unsigned index_bits) {
  for (unsigned i = 0; i < f.depth; ++i) {
    const unsigned lsb = f.page_shift + i * index_bits;
    const unsigned left = f.va_bits - lsb;
    f.levels[i] = {static_cast<std::uint8_t>(lsb),
                   static_cast<std::uint8_t>(left < index_bits ? left : index_bits), true};
  }
}

/// RISC-V privileged spec, "Virtual-Memory System": a leaf has R or X; R=0,W=1 is reserved.
constexpr PageTableFormat riscv(std::string_view name, unsigned depth) {
  PageTableFormat f;
  f.name = name;
  f.page_shift = 12;
  f.depth = static_cast<std::uint8_t>(depth);
  f.va_bits = static_cast<std::uint8_t>(12 + depth * 9);
  f.pa_bits = 56;
  f.pte_bytes = 8;
  tile(f, 9);
  f.frame = {10, 44};
  f.valid = {bit(0), bit(0)};
  f.table = {bits(3, 1), 0};
  f.forbidden = {bits(2, 1), bit(2)};
  f.zero_in_any = bits(63, 54);  // Svnapot and Svpbmt are not modelled
  f.zero_in_table = bit(4) | bit(6) | bit(7);
  f.leaf_rights = {set(1), set(2), set(3), set(4)};
  f.global = set(5);
  f.accessed = set(6);
  f.dirty = set(7);
  f.address_fence_leaf_only = true;  // "Supervisor Memory-Management Fence": rs1 != x0
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
  f.pte_bytes = 8;
  tile(f, 9);
  for (unsigned i = 3; i < depth; ++i) f.levels[i].may_map = false;
  f.frame = {12, 40};
  f.valid = {bit(0), bit(0)};
  f.table = {bit(7), 0};
  f.inner_leaf = bit(7);
  f.attr_in_inner_leaf = bit(12);  // PAT
  f.leaf_rights = {{}, set(1), clear(63), set(2)};
  f.table_rights = f.leaf_rights;
  f.accessed = set(5);
  f.dirty = set(6);
  f.global = set(8);
  f.accessed_in_tables = true;
  f.ad_by_software_too = false;
  return f;
}

// To add a format of a known family: one row.
constexpr std::array kFormats = {riscv("sv39", 3), riscv("sv48", 4), riscv("sv57", 5),
                                 x86_64("x86-64-4level", 4), x86_64("x86-64-5level", 5)};

constexpr bool all_consistent() {
  for (const PageTableFormat& f : kFormats) {
    if (!is_consistent(f)) return false;
  }
  return true;
}
static_assert(all_consistent(), "a page-table format contradicts itself");

/// The names for which `wanted(format)` holds, separated by commas.
template <class Wanted>
std::string names_where(Wanted wanted) {
  std::string names;
  for (const PageTableFormat& f : kFormats) {
    if (wanted(f)) names.append(names.empty() ? "" : ", ").append(f.name);
  }
  return names;
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

bool is_canonical(const PageTableFormat& format, VirtAddr va) {
  const unsigned spare = 64u - format.va_bits;
  const std::uint64_t shifted = va.value() << spare;
  const std::uint64_t extended =
      format.sign_extended ? static_cast<std::uint64_t>(static_cast<std::int64_t>(shifted) >> spare)
                           : shifted >> spare;
  return extended == va.value();
}

}  // namespace mmu
