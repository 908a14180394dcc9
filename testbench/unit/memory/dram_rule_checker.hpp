// The rules of DDR4 a second time, read from a log of commands; it shares nothing with the
// controller but the names of the times.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "hw/dram/dram_controller.hpp"

namespace mmu {

/// What the later of two commands must keep from the earlier one; 0: nothing.
inline std::uint64_t distance(const DramControllerParams& t, const DramCommand& a,
                              const DramCommand& b) {
  using K = DramCommandKind;
  const bool rank = a.rank == b.rank, group = rank && a.group == b.group, bank = a.bank == b.bank;
  const bool a_all = a.kind == K::kPrechargeAll, b_all = b.kind == K::kPrechargeAll;
  const bool a_pre = a.kind == K::kPrecharge || a_all, b_pre = b.kind == K::kPrecharge || b_all;
  const bool here = bank || (rank && (a_all || b_all));
  std::uint64_t least = 1;  // the command bus
  const auto keep = [&least](bool when, std::uint64_t clocks) {
    if (when) least = std::max(least, clocks);
  };
  const bool ar = a.kind == K::kRead, aw = a.kind == K::kWrite;
  const bool br = b.kind == K::kRead, bw = b.kind == K::kWrite;
  if (a.kind == K::kActivate) {
    keep(bank && (br || bw), t.rcd);
    keep(here && b_pre, t.ras);
    keep(rank && b.kind == K::kActivate, bank ? t.ras + t.rp : group ? t.rrd_l : t.rrd_s);
  }
  keep(a_pre && here && b.kind == K::kActivate, t.rp);
  keep(a_pre && rank && b.kind == K::kRefresh, t.rp);
  keep(a.kind == K::kRefresh && rank, t.rfc);
  keep(((ar && br) || (aw && bw)) && rank, group ? t.ccd_l : t.ccd_s);
  keep(((ar && br) || (aw && bw)) && !rank, t.burst + t.rank_switch);
  keep(ar && b_pre && here, t.rtp);
  keep(aw && b_pre && here, t.cwl + t.burst + t.wr);
  keep(aw && br && rank, t.cwl + t.burst + (group ? t.wtr_l : t.wtr_s));
  if (ar && bw && t.cl + t.burst + t.turnaround > t.cwl) {
    keep(true, t.cl + t.burst + t.turnaround - t.cwl);
  }
  if (aw && br && !rank && t.cwl + t.burst + t.rank_switch > t.cl) {
    keep(true, t.cwl + t.burst + t.rank_switch - t.cl);
  }
  return least;
}

/// Empty if the log breaks no rule, otherwise the first that does.
inline std::string broken_rule(const DramControllerParams& t, const std::vector<DramCommand>& log) {
  using K = DramCommandKind;
  const std::uint64_t window =
      std::max({t.rfc, t.ras + t.rp, t.faw, t.cwl + t.burst + t.wr, t.cl + t.burst + t.turnaround,
                t.cwl + t.burst + t.wtr_l}) +
      std::uint64_t{1};
  std::vector<std::int64_t> open(std::size_t{t.ranks} * t.bank_groups * t.banks, -1);
  const std::size_t of_rank = std::size_t{t.bank_groups} * t.banks;
  for (std::size_t i = 0; i < log.size(); ++i) {
    const DramCommand& b = log[i];
    const std::string where = "command " + std::to_string(i) + " in clock " +
                              std::to_string(b.clock) + ", kind " +
                              std::to_string(static_cast<int>(b.kind));
    unsigned activates = 0;
    for (std::size_t k = i; k-- > 0 && log[k].clock + window >= b.clock;) {
      if (log[k].clock + distance(t, log[k], b) > b.clock) {
        return where + " too soon after command " + std::to_string(k);
      }
      const bool both = log[k].kind == K::kActivate && b.kind == K::kActivate;
      if (both && log[k].rank == b.rank && ++activates == 4 && log[k].clock + t.faw > b.clock) {
        return where + ": five activates in tFAW";
      }
    }
    const auto first = open.begin() + static_cast<std::ptrdiff_t>(b.rank * of_rank);
    const auto last = first + static_cast<std::ptrdiff_t>(of_rank);
    switch (b.kind) {
      case K::kActivate:
        if (open[b.bank] >= 0) return where + ": the bank is open";
        open[b.bank] = b.row;
        break;
      case K::kRead:
      case K::kWrite:
        if (open[b.bank] != b.row) return where + ": the row is not open";
        break;
      case K::kPrecharge:
        open[b.bank] = -1;
        break;
      case K::kPrechargeAll:
        std::fill(first, last, -1);
        break;
      case K::kRefresh:
        if (std::any_of(first, last, [](std::int64_t row) { return row >= 0; })) {
          return where + ": a bank is open";
        }
    }
  }
  return "";
}

}  // namespace mmu
