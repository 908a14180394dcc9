#include "sim/probe/probe.hpp"

#include <algorithm>
#include <utility>

#include "hw/arch/errors.hpp"
#include "sim/platform/simulate.hpp"
#include "sim/platform/table_format.hpp"
#include "sim/probe/chase.hpp"

namespace mmu {
namespace {

/// The first brings pages in and fills TLBs, the others settle the caches; the last is measured.
constexpr std::uint64_t kRounds = 4;

/// Software that maps the chase by pages of that size.
void map_by(OsSettings& os, const PageTableFormat& format, std::uint64_t page_bytes) {
  const auto is = [&](unsigned shift) { return page_bytes == std::uint64_t{1} << shift; };
  os.huge_pages = format.maps_at(1) && is(format.levels[1].lsb);
  os.gigantic_pages = format.maps_at(2) && is(format.levels[2].lsb);
  os.contiguous_pages = format.group_shift(0) != 0 && is(format.group_shift(0));
}

class Probe {
 public:
  Probe(MachineParams machine, const ProbedAccesses& accesses)
      : machine_(std::move(machine)), kind_(accesses.kind), page_bytes_(accesses.page_bytes) {
    map_by(machine_.os, table_format(machine_), page_bytes_);
    machine_.cpu.dependence = CpuParams::Dependence::kTrace;
    if (kind_ == AccessKind::kFetch) machine_.cpu.window = 1;  // no fetch depends on another
  }

  std::uint64_t most_pages() const {
    return std::min(kMostProbedPages, machine_.os.memory_bytes / 2 / page_bytes_);
  }

  /// Cycles that each access of the last round takes longer than with a perfect TLB, which finds
  /// the same data in the same places.
  std::vector<std::uint64_t> extra(const ChaseShape& shape) const {
    std::vector<std::uint64_t> real = cycles(shape, MmuParams::Mode::kNormal);
    const std::vector<std::uint64_t> perfect = cycles(shape, MmuParams::Mode::kPerfectTlb);
    for (std::size_t i = 0; i < real.size(); ++i) real[i] -= std::min(real[i], perfect[i]);
    return real;
  }

  std::uint64_t slowest(const ChaseShape& shape) const {
    const std::vector<std::uint64_t> all = extra(shape);
    return *std::max_element(all.begin(), all.end());
  }
  std::uint64_t slowest_of(std::uint64_t neighbours) const {
    return slowest({1, neighbours, neighbours});
  }

  /// What a perfect first level adds.
  std::uint64_t hit() const {
    return cycles({1, 1, 1}, MmuParams::Mode::kPerfectTlb)[0] -
           cycles({1, 1, 1}, MmuParams::Mode::kNoTranslation)[0];
  }

 private:
  /// Of each access of the last round, from the one before.
  std::vector<std::uint64_t> cycles(ChaseShape shape, MmuParams::Mode mode) const {
    MachineParams machine = machine_;
    machine.mmu.mode = mode;
    shape.page_bytes = page_bytes_;
    const CacheParams& cache = kind_ == AccessKind::kFetch ? machine.cache.l1i : machine.cache.l1d;
    ChaseTrace chase(shape, kind_, kRounds, cache.line_bytes);
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
  AccessKind kind_;
  std::uint64_t page_bytes_;
};

/// The largest n for which n groups of `run` neighbours, all in the same sets of a level that
/// reaches `pages` far, take no longer than `cost`.
std::uint64_t groups_that_fit(const Probe& probe, std::uint64_t pages, std::uint64_t run,
                              std::uint64_t cost) {
  return knee(
      [&](std::uint64_t n) {
        return probe.slowest({n, set_stride(pages, n, run), run}) <= cost;
      },
      pages);
}

/// The level for whose hits an access takes up to `cost` longer than with a perfect TLB, behind
/// levels for which it takes up to `cost_before` and which reach so far.
MeasuredTlb measure_level(const Probe& probe, std::uint64_t cost, std::uint64_t cost_before,
                          std::uint64_t reach_before) {
  const std::uint64_t most = probe.most_pages();
  MeasuredTlb found;
  found.pages = knee([&](std::uint64_t n) { return probe.slowest_of(n) <= cost; }, most);
  found.or_more = found.pages == most;
  if (found.or_more) return found;
  found.ways = groups_that_fit(probe, found.pages, 1, cost);
  if (reach_before == 0 || found.ways > groups_that_fit(probe, found.pages, 1, cost_before)) {
    return found;
  }
  // It was a level before that held them. With as many neighbours in each group as that holds, it
  // is of no help.
  found.ways = groups_that_fit(probe, found.pages, reach_before, cost);
  return found;
}

/// A round of twice as many neighbours as any level reaches finds none of them; but what one walk
/// brings into the first level serves all of its sector.
std::uint64_t sector_of_first(const Probe& probe, std::uint64_t first_cost, std::uint64_t reach) {
  const std::uint64_t pages = 2 * reach;
  if (pages > probe.most_pages()) return 0;
  const std::vector<std::uint64_t> extra = probe.extra({1, pages, pages});
  const auto is_miss = [&](std::uint64_t cycles) { return cycles > first_cost; };
  const auto misses = std::count_if(extra.begin(), extra.end(), is_miss);
  return misses == 0 ? 0 : pages / static_cast<std::uint64_t>(misses);
}

}  // namespace

MeasuredTlbs probe_tlbs(const MachineParams& machine, const ProbedAccesses& accesses) {
  const Probe probe(machine, accesses);
  MeasuredTlbs found;
  const std::uint64_t first_cost = probe.slowest_of(1);
  std::uint64_t cost = first_cost;
  std::uint64_t cost_before = 0;
  std::uint64_t step = probe.hit() + first_cost;
  std::uint64_t reach = 0;
  for (std::size_t level = 0; level < accesses.levels; ++level) {
    found.levels.push_back(measure_level(probe, cost, cost_before, reach));
    found.levels.back().latency_cycles = step;
    if (found.levels.back().or_more) return found;
    reach = found.levels.back().pages;
    const std::uint64_t next = probe.slowest_of(reach + 1);
    step = next - cost;
    cost_before = std::exchange(cost, next);
  }
  found.walk_cycles = step;
  found.sector_pages = sector_of_first(probe, first_cost, reach);
  return found;
}

}  // namespace mmu
