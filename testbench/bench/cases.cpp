#include "testbench/bench/cases.hpp"

#include <algorithm>

#include "hw/arch/errors.hpp"
#include "sim/presets/resolve_machine.hpp"
#include "sim/result/host_figures.hpp"
#include "testbench/bench/synthetic.hpp"
#include "traces/open_trace.hpp"
#include "traces/read_ahead.hpp"

namespace mmu::bench {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20, kGiB = std::uint64_t{1} << 30;

std::uint64_t scaled(const Settings& settings, double count) {
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(count * settings.scale));
}

Json simulate_case(const Settings& settings, TraceSource& trace, const RunOptions& options) {
  const MachineParams machine = resolve_machine(settings.machine, settings.overrides);
  const HostMeter meter;
  const RunResult result = simulate(machine, trace, options);
  if (result.outcome != Outcome::kDone) throw SimulatedError(result.message);
  Json json = meter.json(result);
  json["accesses"] = result.cpu.accesses;
  json["cycles"] = result.cpu.cycles;
  return json;
}

/// `count`: accesses at scale 1, about two seconds of them.
Json pattern_case(const Settings& settings, const Pattern& pattern, double count) {
  PatternSource source(pattern, scaled(settings, count));
  return simulate_case(settings, source, {});
}

Json hits(const Settings& s) { return pattern_case(s, {64 * kMiB, 999}, 80e6); }
Json random_loads(const Settings& s) { return pattern_case(s, {kGiB}, 3e6); }
Json updates(const Settings& s) { return pattern_case(s, {kGiB, 0, AccessKind::kModify}, 3e6); }
Json chase(const Settings& s) {
  return pattern_case(s, {kGiB, 0, AccessKind::kLoad, 0, true}, 2e6);
}
Json stream(const Settings& s) {
  return pattern_case(s, {256 * kMiB, 0, AccessKind::kLoad, 8}, 40e6);
}
Json touch(const Settings& s) {
  return pattern_case(s, {4 * kGiB, 0, AccessKind::kStore, 4096, false, false}, 1e6);
}

Json decode(const Settings& settings) {
  const HostMeter meter;
  RunResult read;  // only its counts of records and instructions
  const auto trace = traces::open_trace(settings.trace);
  const std::uint64_t most =
      scaled(settings, static_cast<double>(std::max<std::uint64_t>(trace->header().records, 1)));
  for (TraceBlock block; read.cpu.records < most && trace->next(block);) {
    read.cpu.records += block.records.size();
    for (const TraceRecord& record : block.records) read.cpu.instructions += record.instructions;
  }
  return meter.json(read);
}

Json trace_file(const Settings& settings) {
  traces::ReadAhead trace(traces::open_trace(settings.trace));
  RunOptions options;
  if (settings.scale < 1) {
    options.instructions = scaled(settings, static_cast<double>(trace.header().instructions));
  }
  options.map_on_touch = !trace.header().carries_mappings;
  return simulate_case(settings, trace, options);
}

}  // namespace

const std::vector<Case>& cases() {
  static const std::vector<Case> kAll = {
      {"hits", "loads; 99.9 % to 8 KiB, the others random over 64 MiB", hits},
      {"random", "loads, uniformly random over 1 GiB", random_loads},
      {"gups", "read-modify-write, uniformly random over 1 GiB", updates},
      {"chase", "loads, random over 1 GiB, each dependent on the one before", chase},
      {"stream", "loads, one after the other through 256 MiB", stream},
      {"touch", "stores, each the first to its page", touch},
      {"decode", "reading the trace alone", decode},
      {"trace", "simulating the trace, decoding in a thread beside", trace_file},
  };
  return kAll;
}

}  // namespace mmu::bench
