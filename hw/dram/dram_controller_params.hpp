// The knobs of the DRAM controller: organisation, timings in clocks of the command clock under
// the names of the standard (JESD79-4), and how the controller chooses.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>

#include "hw/common/fields.hpp"

namespace mmu {

enum class DramScheduler : std::uint8_t { kFcfs, kFrFcfs };
enum class RowPolicy : std::uint8_t { kOpen, kClosed, kTimeout };
inline constexpr std::string_view kDramSchedulerNames[] = {"fcfs", "fr-fcfs"};
inline constexpr std::string_view kRowPolicyNames[] = {"open", "closed", "timeout"};

/// Defaults: DDR4-3200AA, one channel of 64 bits, one rank of 8 Gbit x8 chips, 8 GiB.
struct DramControllerParams {
  std::uint32_t clock_ps = 625;
  std::uint32_t channels = 1, ranks = 1, bank_groups = 4, banks = 4, rows = 65536, lines = 128;
  std::string mapping = "row:rank:bank:bankgroup:column:channel";
  std::uint32_t cl = 22, cwl = 16, rcd = 22, rp = 22, ras = 52;
  std::uint32_t rfc = 560, refi = 12480;
  std::uint32_t rrd_s = 4, rrd_l = 8, wtr_s = 4, wtr_l = 12, faw = 34, wr = 24, rtp = 12;
  std::uint32_t ccd_s = 4, ccd_l = 8;
  std::uint32_t burst = 4, rank_switch = 1, turnaround = 2;
  std::uint32_t controller = 2;
  DramScheduler scheduler = DramScheduler::kFrFcfs;
  RowPolicy row_policy = RowPolicy::kOpen;
  std::uint32_t row_timeout = 200, row_hit_cap = 4, starvation_cap = 64;
  std::uint32_t bank_queue = 8, read_queue = 32, write_queue = 32;
  std::uint32_t write_high = 32, write_low = 0;

  static constexpr auto fields() {
    using P = DramControllerParams;
    constexpr std::uint64_t kMost = 1'000'000;
    const auto clocks = [](std::string_view name, std::string_view doc, std::uint32_t P::*member) {
      return knob(name, "clocks", doc, member, 1, kMost);
    };
    return std::make_tuple(
        knob("clock_ps", "ps", "period of the command clock", &P::clock_ps, 1, kMost),
        knob("channels", "channels", "a power of two", &P::channels, 1, 64),
        knob("ranks", "ranks", "of a channel; a power of two", &P::ranks, 1, 8),
        knob("bank_groups", "groups", "of a rank; a power of two", &P::bank_groups, 1, 8),
        knob("banks", "banks", "of a bank group; a power of two", &P::banks, 1, 16),
        knob("rows", "rows", "of a bank; a power of two", &P::rows, 1, 1u << 24),
        knob("lines", "lines", "of 64 bytes in a row; a power of two", &P::lines, 1, 1u << 16),
        knob("mapping", "parts of the address from the top, separated by colons", &P::mapping),
        clocks("cl", "read command to data", &P::cl),
        clocks("cwl", "write command to data", &P::cwl),
        clocks("rcd", "activate to column command", &P::rcd),
        clocks("rp", "precharge to activate", &P::rp),
        clocks("ras", "activate to precharge", &P::ras),
        clocks("rfc", "refresh to activate", &P::rfc),
        knob("refi", "clocks", "refresh interval; 0: no refresh", &P::refi, 0, 100'000'000),
        clocks("rrd_s", "activate to activate, other bank group", &P::rrd_s),
        clocks("rrd_l", "activate to activate, same bank group", &P::rrd_l),
        clocks("wtr_s", "written data to read, other bank group", &P::wtr_s),
        clocks("wtr_l", "written data to read, same bank group", &P::wtr_l),
        clocks("faw", "window of four activates of a rank", &P::faw),
        clocks("wr", "written data to precharge", &P::wr),
        clocks("rtp", "read to precharge", &P::rtp),
        clocks("ccd_s", "column to column command, other bank group", &P::ccd_s),
        clocks("ccd_l", "column to column command, same bank group", &P::ccd_l),
        clocks("burst", "one line on the data bus", &P::burst),
        knob("rank_switch", "clocks", "data bus idle between ranks", &P::rank_switch, 0, kMost),
        knob("turnaround", "clocks", "data bus idle between read and write data", &P::turnaround, 0,
             kMost),
        knob("controller", "clocks", "arrival of a request to its first command", &P::controller, 0,
             kMost),
        choice("scheduler", "fcfs: column commands in order of arrival", &P::scheduler,
               kDramSchedulerNames),
        choice("row_policy", "when a row is closed that no request waits for", &P::row_policy,
               kRowPolicyNames),
        clocks("row_timeout", "last column command to precharge, row_policy timeout",
               &P::row_timeout),
        knob("row_hit_cap", "requests", "row hits that may pass an older request of the bank",
             &P::row_hit_cap, 0, kMost),
        knob("starvation_cap", "requests", "that may pass the oldest one of a channel",
             &P::starvation_cap, 1, kMost),
        knob("bank_queue", "requests", "of a bank", &P::bank_queue, 1, 4096),
        knob("read_queue", "requests", "of a channel, before the queues of the banks",
             &P::read_queue, 1, 65536),
        knob("write_queue", "requests", "of a channel", &P::write_queue, 1, 65536),
        knob("write_high", "requests",
             "writes waiting at which they go first; 0: reads and writes share a queue",
             &P::write_high, 0, 65536),
        knob("write_low", "requests", "writes waiting at which reads go first again", &P::write_low,
             0, 65536));
  }
};

/// Throws ConfigError if the parts do not fit together.
void check(const DramControllerParams& params);

}  // namespace mmu
