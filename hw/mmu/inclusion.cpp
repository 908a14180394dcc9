#include "hw/mmu/inclusion.hpp"

#include <vector>

#include "hw/common/page_sizes.hpp"

namespace mmu {
namespace {

constexpr unsigned kFetches = 1, kData = 2, kBoth = kFetches | kData;

struct TlbLevel {
  std::string name;
  const TlbParams* tlb;
  Inclusion inclusion;
  unsigned serves;
};

/// Those of the machine; whatever a level has before it comes before it.
std::vector<TlbLevel> levels_of(const MmuParams& params) {
  const bool split = params.first_level == MmuParams::FirstLevel::kSplit;
  const bool split_second = params.splits_second_level();
  std::vector<TlbLevel> levels;
  if (split) levels.push_back({"mmu.itlb", &params.itlb, Inclusion::kNeither, kFetches});
  levels.push_back({"mmu.dtlb", &params.dtlb, Inclusion::kNeither, split ? kData : kBoth});
  if (split_second) {
    levels.push_back({"mmu.l2_itlb", &params.l2_itlb, params.l2_itlb_inclusion, kFetches});
  }
  levels.push_back({"mmu.stlb", &params.stlb, params.stlb_inclusion, split_second ? kData : kBoth});
  levels.push_back({"mmu.level3", &params.level3, params.level3_inclusion, kBoth});
  levels.push_back({"mmu.level4", &params.level4, params.level4_inclusion, kBoth});
  return levels;
}

/// Of the sizes that `format` has; none if a list of sizes cannot be read.
PageSizes sizes_held(const TlbParams& tlb, const PageTableFormat& format) {
  if (tlb.entries == 0) return 0;
  PageSizes held = read_page_sizes(tlb.page_sizes).value_or(0);
  for (const TlbArrayParams* array : {&tlb.large, &tlb.huge}) {
    if (array->entries != 0) held |= read_page_sizes(array->page_sizes).value_or(0);
  }
  PageSizes sizes = 0;
  for (const unsigned shift : page_shifts(format)) sizes |= held & PageSizes{1} << shift;
  return sizes;
}

}  // namespace

std::optional<InclusionProblem> second_level_problem(const MmuParams& params) {
  if (!params.splits_second_level()) {
    const bool has_entries = params.l2_itlb.entries != 0;
    if (!has_entries && params.l2_itlb_inclusion == Inclusion::kNeither) return std::nullopt;
    return InclusionProblem{has_entries ? "mmu.l2_itlb.entries" : "mmu.l2_itlb.inclusion",
                            "mmu.second_level = unified has no TLB for fetches alone"};
  }
  if (params.first_level == MmuParams::FirstLevel::kSplit) return std::nullopt;
  return InclusionProblem{"mmu.second_level",
                          "mmu.first_level = unified does not tell fetches from data"};
}

std::optional<InclusionProblem> inclusion_problem(const MmuParams& params) {
  const PageTableFormat* format = find_format(params.format);
  if (format == nullptr) return std::nullopt;  // another's problem
  const std::vector<TlbLevel> levels = levels_of(params);
  for (auto level = levels.begin(); level != levels.end(); ++level) {
    if (level->inclusion == Inclusion::kNeither) continue;
    const std::string path = level->name + ".inclusion";
    if (level->tlb->entries == 0) return InclusionProblem{path, level->name + " has no entries"};
    if (level->inclusion != Inclusion::kInclusive) continue;
    const PageSizes held = sizes_held(*level->tlb, *format);
    for (auto before = levels.begin(); before != level; ++before) {
      if ((before->serves & level->serves) == 0) continue;
      if ((sizes_held(*before->tlb, *format) & ~held) == 0) continue;
      return InclusionProblem{
          path, before->name + " holds pages of a size that " + level->name + " does not hold"};
    }
  }
  return std::nullopt;
}

}  // namespace mmu
