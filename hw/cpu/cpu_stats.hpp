// The counters of the traffic generator.
#pragma once

#include <cstdint>
#include <tuple>

#include "hw/common/fields.hpp"

namespace mmu {

struct CpuStats {
  std::uint64_t records = 0, instructions = 0, accesses = 0, fetches = 0, loads = 0, stores = 0;
  std::uint64_t modifies = 0, line_splits = 0, page_splits = 0, system_calls = 0;
  std::uint64_t page_faults = 0, squashed = 0, latency_cycles = 0, cycles = 0;

  static constexpr auto fields() {
    return std::make_tuple(
        field("records", "records", "of the trace", &CpuStats::records),
        field("instructions", "instructions", "issued", &CpuStats::instructions),
        field("accesses", "accesses", "of the program: once each, replays not counted",
              &CpuStats::accesses),
        field("fetches", "accesses", "fetch blocks entered", &CpuStats::fetches),
        field("loads", "accesses", "loads", &CpuStats::loads),
        field("stores", "accesses", "stores", &CpuStats::stores),
        field("modifies", "accesses", "loads and stores in one", &CpuStats::modifies),
        field("line_splits", "accesses", "more accesses because a record crosses lines",
              &CpuStats::line_splits),
        field("page_splits", "accesses", "of line_splits: because it crosses 4 KiB pages",
              &CpuStats::page_splits),
        field("system_calls", "events", "system calls", &CpuStats::system_calls),
        field("page_faults", "traps", "page faults", &CpuStats::page_faults),
        field("squashed", "accesses", "issued, and issued again after a trap", &CpuStats::squashed),
        field("latency_cycles", "cycles", "issue to data, summed over accesses",
              &CpuStats::latency_cycles),
        field("cycles", "cycles", "of the run", &CpuStats::cycles));
  }
};
static_assert(lists_every_counter<CpuStats>());

}  // namespace mmu
