#include "sim/probe/tlb_path.hpp"

#include <algorithm>
#include <utility>

#include "hw/common/page_sizes.hpp"
#include "sim/platform/table_format.hpp"

namespace mmu {
namespace {

struct NamedTlb {
  std::string_view name;
  const TlbParams* params;
};

std::vector<NamedTlb> levels_for(const MmuParams& mmu, AccessKind kind) {
  const bool fetches = kind == AccessKind::kFetch;
  const bool own = fetches && mmu.first_level == MmuParams::FirstLevel::kSplit;
  const bool own_second = fetches && mmu.splits_second_level();
  return {own ? NamedTlb{"ITLB", &mmu.itlb} : NamedTlb{"DTLB", &mmu.dtlb},
          own_second ? NamedTlb{"L2 ITLB", &mmu.l2_itlb} : NamedTlb{"STLB", &mmu.stlb},
          {"level 3", &mmu.level3},
          {"level 4", &mmu.level4}};
}

/// The array of a level that holds pages of 2^shift bytes; no pages: none does.
ConfiguredTlb array_for(const NamedTlb& tlb, unsigned shift) {
  ConfiguredTlb found;
  const auto take = [&](const auto& array) {
    const auto sizes = read_page_sizes(array.page_sizes);
    if (array.entries == 0 || !sizes || !holds(*sizes, shift)) return;
    found = {tlb.name, std::uint64_t{array.entries} * array.sector_pages,
             array.ways == 0 ? array.entries : array.ways, array.sector_pages, 0};
  };
  if (tlb.params->entries == 0) return found;  // the level is switched off
  take(*tlb.params);
  take(tlb.params->large);
  take(tlb.params->huge);
  return found;
}

/// What larger pages may have of an array in which they share sets with smaller ones.
void limit_large_pages(ConfiguredTlb& array, const TlbParams& params, bool is_smallest) {
  if (params.large_page_ways == 0 || is_smallest) return;
  array.pages = array.pages / array.ways * params.large_page_ways;
  array.ways = params.large_page_ways;
}

unsigned smallest_held(PageSizes sizes, const PageTableFormat& format) {
  for (const unsigned shift : page_shifts(format)) {
    if (holds(sizes, shift)) return shift;
  }
  return 0;
}

TlbPath path_of(const MmuParams& mmu, const PageTableFormat& format, AccessKind kind,
                unsigned shift) {
  TlbPath path{kind, std::uint64_t{1} << shift, {}};
  std::uint64_t reach = 0;
  std::uint64_t latency = 0;
  for (const NamedTlb& tlb : levels_for(mmu, kind)) {
    if (tlb.params->entries == 0) continue;
    ConfiguredTlb array = array_for(tlb, shift);
    const PageSizes of_base = read_page_sizes(tlb.params->page_sizes).value_or(0);
    if (holds(of_base, shift)) {
      limit_large_pages(array, *tlb.params, shift == smallest_held(of_base, format));
    }
    latency += tlb.params->latency_cycles;
    if (array.pages <= reach) continue;
    array.latency_cycles = std::exchange(latency, 0);
    reach = array.pages;
    path.tlbs.push_back(array);
  }
  return path;
}

/// A page that several entries form together leaves fewer neighbours in a line.
std::uint64_t neighbours_in_a_line(const PageTableFormat& format, std::uint32_t line_bytes,
                                   unsigned shift) {
  std::uint64_t entries = line_bytes / format.pte_bytes;
  if (shift == format.group_shift(0)) entries >>= format.levels[0].contiguous;
  return std::max<std::uint64_t>(1, entries);
}

std::vector<unsigned> mapped_shifts(const PageTableFormat& format) {
  std::vector<unsigned> shifts{format.page_shift};
  if (format.group_shift(0) != 0) shifts.push_back(format.group_shift(0));
  for (const unsigned level : {1u, 2u}) {
    if (format.maps_at(level)) shifts.push_back(format.levels[level].lsb);
  }
  return shifts;
}

}  // namespace

std::vector<TlbPath> tlb_paths(const MachineParams& machine) {
  const PageTableFormat format = table_format(machine);
  const std::uint32_t line_bytes = machine.cache.l1d.line_bytes;
  std::vector<TlbPath> paths;
  for (const AccessKind kind : {AccessKind::kLoad, AccessKind::kFetch}) {
    for (const unsigned shift : mapped_shifts(format)) {
      if (machine.os.memory_bytes >> shift < 2) continue;  // not one page could be mapped
      TlbPath path = path_of(machine.mmu, format, kind, shift);
      for (ConfiguredTlb& tlb : path.tlbs) {
        tlb.sector_pages =
            std::min(tlb.sector_pages, neighbours_in_a_line(format, line_bytes, shift));
      }
      if (!path.tlbs.empty()) paths.push_back(std::move(path));
    }
  }
  return paths;
}

}  // namespace mmu
