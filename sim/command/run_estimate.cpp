#include "sim/command/run_estimate.hpp"

#include <algorithm>
#include <chrono>

#include "sim/platform/simulate.hpp"
#include "sim/presets/resolve_machine.hpp"
#include "traces/open_trace.hpp"

namespace mmu {

std::optional<double> estimated_seconds(const SweepPoint& point, const RunSettings& options) {
  constexpr std::uint64_t kSample = 300'000;  // instructions
  const auto trace = traces::open_trace(point.trace, {true, options.format});
  const std::uint64_t all = trace->header().instructions;
  if (all == 0) return std::nullopt;
  // What is skipped or warmed up with costs time too, though less; it is taken for as much.
  const std::uint64_t before = options.skip_instructions + options.warmup_instructions;
  const std::uint64_t wanted =
      options.instructions == 0 ? all : std::min(all, before + options.instructions);
  RunOptions sample;
  sample.instructions = std::min(wanted, kSample);
  sample.map_on_touch = options.map_on_touch;
  sample.check = options.check;
  sample.miss_classes = options.miss_classes;
  const auto start = std::chrono::steady_clock::now();
  MachineParams machine = resolve_machine(point.machine, point.overrides);
  machine.mmu.walker.model = WalkerParams::Model::kSystemc;
  const RunResult result = simulate(machine, *trace, sample);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const auto done = std::max<std::uint64_t>(result.cpu.instructions, 1);
  return seconds * static_cast<double>(wanted) / static_cast<double>(done);
}

}  // namespace mmu
