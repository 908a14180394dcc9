#include "hw/dram/dram_presets.hpp"

namespace mmu {
namespace {

/// JESD79-4, chips of 8 Gbit x8 with pages of 1 KiB: one line for each speed bin, times that the
/// standard gives in ns rounded up to clocks.
struct SpeedBin {
  std::string_view name;
  std::uint32_t clock_ps, cl, cwl, ras, rfc, refi, rrd_l, wtr_s, wtr_l, faw, wr, rtp, ccd_l;
};
constexpr std::uint32_t kRrdS = 4;  // in every bin
constexpr SpeedBin kBins[] = {
    //             ps   CL CWL RAS RFC REFI  RRD WTR WTR FAW WR RTP CCD
    {"ddr4-2133", 938, 15, 11, 36, 374, 8320, 6, 3, 8, 23, 16, 8, 6},
    {"ddr4-2400", 833, 16, 12, 39, 421, 9360, 6, 3, 9, 26, 18, 9, 6},
    {"ddr4-2666", 750, 19, 14, 43, 467, 10400, 7, 4, 10, 28, 20, 10, 7},
    {"ddr4-2933", 682, 21, 16, 47, 514, 11437, 8, 4, 11, 31, 22, 11, 8},
    {"ddr4-3200", 625, 22, 16, 52, 560, 12480, 8, 4, 12, 34, 24, 12, 8},
};

DramControllerParams of_bin(const SpeedBin& bin) {
  DramControllerParams p;
  p.clock_ps = bin.clock_ps;
  p.cl = p.rcd = p.rp = bin.cl;
  p.cwl = bin.cwl;
  p.ras = bin.ras;
  p.rfc = bin.rfc;
  p.refi = bin.refi;
  p.rrd_s = kRrdS;
  p.rrd_l = bin.rrd_l;
  p.wtr_s = bin.wtr_s;
  p.wtr_l = bin.wtr_l;
  p.faw = bin.faw;
  p.wr = bin.wr;
  p.rtp = bin.rtp;
  p.ccd_l = bin.ccd_l;
  return p;
}

DramControllerParams dramsim3(const SpeedBin& bin, std::uint32_t cl, std::uint32_t rfc,
                              std::uint32_t clock_ps) {
  DramControllerParams p = of_bin(bin);
  p.clock_ps = clock_ps;
  p.cl = p.rcd = p.rp = cl;
  p.rfc = rfc;
  p.rows = 32768;
  p.mapping = "row:rank:bank:bankgroup:column:channel";
  p.turnaround = 1;
  return p;
}

DramControllerParams dramsys() {
  DramControllerParams p = of_bin(kBins[1]);
  p.cwl = 16;
  p.rfc = 313;
  p.refi = 4680;
  p.rtp = 12;
  p.rows = 32768;
  p.mapping = "row:bank:bankgroup:column:rank:channel";
  p.controller = 1;
  p.bank_queue = 32;
  p.read_queue = 1;
  p.write_high = 0;
  p.row_hit_cap = 1'000'000;
  p.starvation_cap = 1'000'000;
  return p;
}

}  // namespace

std::vector<std::string_view> dram_preset_names() {
  std::vector<std::string_view> names;
  for (const SpeedBin& bin : kBins) names.push_back(bin.name);
  names.insert(names.end(), {"dramsys-ddr4-2400", "dramsim3-ddr4-2400", "dramsim3-ddr4-3200"});
  return names;
}

std::optional<DramControllerParams> dram_preset(std::string_view name) {
  for (const SpeedBin& bin : kBins) {
    if (bin.name == name) return of_bin(bin);
  }
  if (name == "dramsys-ddr4-2400") return dramsys();
  if (name == "dramsim3-ddr4-2400") return dramsim3(kBins[1], 17, 312, 830);
  if (name == "dramsim3-ddr4-3200") return dramsim3(kBins[4], 22, 560, 630);
  return std::nullopt;
}

}  // namespace mmu
