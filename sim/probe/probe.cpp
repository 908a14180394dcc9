#include "sim/probe/probe.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "hw/arch/errors.hpp"
#include "sim/platform/simulate.hpp"
#include "sim/platform/table_format.hpp"
#include "sim/probe/chase.hpp"

namespace mmu {
namespace {

/// The first brings pages in and fills TLBs, the others settle the caches; the last is measured.
constexpr std::uint64_t kRounds = 4;

class Probe {
 public:
  explicit Probe(MachineParams machine) : machine_(std::move(machine)) {
    machine_.cpu.dependence = CpuParams::Dependence::kTrace;
    machine_.os.huge_pages = machine_.os.gigantic_pages = machine_.os.contiguous_pages = false;
  }

  /// Cycles that the slowest access of the last round takes longer than with a perfect TLB, which
  /// finds the same data in the same places.
  std::uint64_t slowest(const ChaseShape& shape) const {
    const std::vector<std::uint64_t> real = cycles(shape, MmuParams::Mode::kNormal);
    const std::vector<std::uint64_t> perfect = cycles(shape, MmuParams::Mode::kPerfectTlb);
    std::uint64_t most = 0;
    for (std::size_t i = 0; i < real.size(); ++i) {
      if (real[i] > perfect[i]) most = std::max(most, real[i] - perfect[i]);
    }
    return most;
  }

  /// What a first-level hit itself adds.
  std::uint64_t hit() const {
    return cycles({1, 1, 1}, MmuParams::Mode::kPerfectTlb)[0] -
           cycles({1, 1, 1}, MmuParams::Mode::kNoTranslation)[0];
  }

 private:
  /// Of each access of the last round, from the one before.
  std::vector<std::uint64_t> cycles(ChaseShape shape, MmuParams::Mode mode) const {
    MachineParams machine = machine_;
    machine.mmu.mode = mode;
    shape.page_bytes = table_format(machine).page_bytes();
    ChaseTrace chase(shape, kRounds, machine.cache.l1d.line_bytes);
    std::vector<std::uint64_t> done;
    RunOptions options;
    options.observe = [&done](std::uint64_t, std::uint64_t cycle) { done.push_back(cycle); };
    const RunResult result = simulate(machine, chase, options);
    if (result.outcome != Outcome::kDone) throw ModelError("a chase ended: " + result.message);
    std::vector<std::uint64_t> last;
    for (std::size_t i = done.size() - shape.pages(); i < done.size(); ++i) {
      last.push_back(done[i] - done[i - 1]);
    }
    return last;
  }

  MachineParams machine_;
};

}  // namespace

MeasuredTlbs probe_tlbs(const MachineParams& machine) {
  const Probe probe(machine);
  MeasuredTlbs found;
  MeasuredTlb& dtlb = found.dtlb;
  MeasuredTlb& stlb = found.stlb;
  const auto neighbours = [](std::uint64_t pages) { return ChaseShape{1, pages, pages}; };

  // (1) The first level: accesses cost nothing extra as long as all pages fit. Those of one set are
  // set_stride() apart.
  dtlb.latency_cycles = probe.hit();
  dtlb.entries =
      knee([&](std::uint64_t n) { return probe.slowest(neighbours(n)) == 0; }, kMostProbedPages);
  dtlb.ways = knee(
      [&](std::uint64_t n) {
        return probe.slowest({n, set_stride(dtlb.entries, n, 1), 1}) == 0;
      },
      dtlb.entries);

  // (2) What a miss costs that the second level answers, and how far that goes. For its ways each
  // group has as many neighbours as the first level has entries, which is thus of no help.
  stlb.latency_cycles = probe.slowest(neighbours(dtlb.entries + 1));
  const auto no_walk = [&](const ChaseShape& shape) {
    return probe.slowest(shape) <= stlb.latency_cycles;
  };
  stlb.entries = knee([&](std::uint64_t n) { return no_walk(neighbours(n)); }, kMostProbedPages);
  const std::uint64_t run = std::min(dtlb.entries, stlb.entries);
  stlb.ways = knee(
      [&](std::uint64_t n) {
        return no_walk({n, set_stride(stlb.entries, n, run), run});
      },
      stlb.entries);
  return found;
}

}  // namespace mmu
