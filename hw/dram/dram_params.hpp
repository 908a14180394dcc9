// The knobs and counters of memory. Times of DRAM are clocks of its own clock, as data sheets
// give them; the modules convert at their edge.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

#include "hw/common/fields.hpp"
#include "hw/dram/dram_controller_params.hpp"

namespace mmu {

/// Defaults: DDR4-3200, one channel of 64 bits, JEDEC JESD79-4 speed bin 3200AA with the values
/// of the ChampSim default machine (tCL, tRCD, tRP 24; tRAS 52).
struct DramParams {
  /// Banks with a queue each; every command of the standard; a time for all lines.
  enum class Model : std::uint8_t { kBanks, kCommands, kFixed };
  static constexpr std::string_view kModelNames[] = {"banks", "commands", "fixed"};

  std::uint32_t clock_ps = 625;
  std::uint32_t channels = 1;
  std::uint32_t ranks = 1;
  std::uint32_t banks = 32;
  std::uint32_t row_bytes = 8192;
  std::uint32_t t_cl = 24, t_rcd = 24, t_rp = 24, t_ras = 52;
  std::uint32_t burst_clocks = 4;
  std::uint32_t t_refi = 12480, t_rfc = 560;
  std::uint32_t queue_entries = 64;
  Model model = Model::kBanks;
  std::string controller = "ddr4-3200";
  std::uint32_t fixed_ps = 50'000, fixed_line_ps = 0;
  DramControllerParams commands{};  ///< what `controller` says; no knobs of their own

  static constexpr auto fields() {
    return std::make_tuple(
        knob("clock_ps", "ps", "period of the command clock (DDR4-3200: 625)",
             &DramParams::clock_ps, 1, 1'000'000),
        knob("channels", "channels", "interleaved by line; a power of two", &DramParams::channels,
             1, 64),
        knob("ranks", "ranks", "of a channel; a power of two", &DramParams::ranks, 1, 16),
        knob("banks", "banks", "of a rank; a power of two", &DramParams::banks, 1, 1024),
        knob("row_bytes", "bytes", "of a bank, all chips together; a power of two",
             &DramParams::row_bytes, 64, 1u << 20),
        knob("t_cl", "clocks", "column command to data", &DramParams::t_cl, 1, 10000),
        knob("t_rcd", "clocks", "activate to column command", &DramParams::t_rcd, 1, 10000),
        knob("t_rp", "clocks", "precharge to activate", &DramParams::t_rp, 1, 10000),
        knob("t_ras", "clocks", "activate to precharge, at least", &DramParams::t_ras, 1, 10000),
        knob("burst_clocks", "clocks", "one line on the data bus", &DramParams::burst_clocks, 1,
             1000),
        knob("t_refi", "clocks", "refresh interval; 0: no refresh", &DramParams::t_refi, 0,
             100'000'000),
        knob("t_rfc", "clocks", "refresh duration; less than t_refi", &DramParams::t_rfc, 1,
             10'000'000),
        knob("queue_entries", "requests",
             "of a channel, waiting for their bank; others are refused", &DramParams::queue_entries,
             1, 65536),
        choice("model",
               "banks: the knobs above. commands: a controller that issues every command, "
               "dram.controller. fixed: the same time for each line",
               &DramParams::model, kModelNames),
        knob("controller",
             "model commands: a preset of `mmusim memory replay`, and changes of its knobs, e.g. "
             "\"ddr4-2400:ranks=2,row_policy=closed\"",
             &DramParams::controller),
        knob("fixed_ps", "ps", "model fixed: arrival of a request to its data",
             &DramParams::fixed_ps, 0, 100'000'000),
        knob("fixed_line_ps", "ps",
             "model fixed: from line to line, at least; 0: any number at once",
             &DramParams::fixed_line_ps, 0, 1'000'000));
  }
};

struct DramStats {
  std::uint64_t reads = 0, writes = 0, row_hits = 0, row_closed = 0, row_conflicts = 0;
  std::uint64_t queued = 0, refused = 0, refreshes = 0, bus_clocks = 0;

  static constexpr auto fields() {
    return std::make_tuple(
        field("reads", "lines", "lines read", &DramStats::reads),
        field("writes", "lines", "lines written", &DramStats::writes),
        field("row_hits", "lines", "served from an open row", &DramStats::row_hits),
        field("row_closed", "lines", "that had to open a row", &DramStats::row_closed),
        field("row_conflicts", "lines", "that had to close another row first",
              &DramStats::row_conflicts),
        field("queued", "requests", "that waited for their bank", &DramStats::queued),
        field("refused", "requests", "times a request was sent away: queue full",
              &DramStats::refused),
        field("refreshes", "refreshes", "seen by a bank when it was next used",
              &DramStats::refreshes),
        field("bus_clocks", "clocks", "data bus in use", &DramStats::bus_clocks));
  }
};
static_assert(lists_every_counter<DramStats>());

}  // namespace mmu
