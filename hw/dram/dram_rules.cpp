#include "hw/dram/dram_rules.hpp"

#include <algorithm>

namespace mmu {

std::vector<DramRule> ddr4_rules(const DramControllerParams& t) {
  using K = DramCommandKind;
  using S = DramScope;
  const std::uint32_t written = t.cwl + t.burst;
  const std::uint32_t other = t.burst + t.rank_switch;
  const auto gap = [](std::uint32_t from, std::uint32_t to) {
    return std::max(from, to + 1) - to;  // of data at `from` and a command whose data is at `to`
  };
  return {
      {K::kActivate, K::kRead, S::kBank, t.rcd},
      {K::kActivate, K::kWrite, S::kBank, t.rcd},
      {K::kActivate, K::kPrecharge, S::kBank, t.ras},
      {K::kActivate, K::kActivate, S::kBank, t.ras + t.rp},
      {K::kActivate, K::kActivate, S::kBankGroup, t.rrd_l},
      {K::kActivate, K::kActivate, S::kRank, t.rrd_s},
      {K::kPrecharge, K::kActivate, S::kBank, t.rp},
      {K::kPrecharge, K::kRefresh, S::kRank, t.rp},
      {K::kPrechargeAll, K::kActivate, S::kRank, t.rp},
      {K::kPrechargeAll, K::kRefresh, S::kRank, t.rp},
      {K::kRefresh, K::kActivate, S::kRank, t.rfc},
      {K::kRefresh, K::kRefresh, S::kRank, t.rfc},
      {K::kRead, K::kRead, S::kBankGroup, t.ccd_l},
      {K::kRead, K::kRead, S::kRank, t.ccd_s},
      {K::kRead, K::kRead, S::kOtherRanks, other},
      {K::kRead, K::kWrite, S::kRank, gap(t.cl + t.burst + t.turnaround, t.cwl)},
      {K::kRead, K::kWrite, S::kOtherRanks, gap(t.cl + t.burst + t.turnaround, t.cwl)},
      {K::kRead, K::kPrecharge, S::kBank, t.rtp},
      {K::kWrite, K::kWrite, S::kBankGroup, t.ccd_l},
      {K::kWrite, K::kWrite, S::kRank, t.ccd_s},
      {K::kWrite, K::kWrite, S::kOtherRanks, other},
      {K::kWrite, K::kRead, S::kBankGroup, written + t.wtr_l},
      {K::kWrite, K::kRead, S::kRank, written + t.wtr_s},
      {K::kWrite, K::kRead, S::kOtherRanks, gap(written + t.rank_switch, t.cl)},
      {K::kWrite, K::kPrecharge, S::kBank, written + t.wr},
  };
}

}  // namespace mmu
