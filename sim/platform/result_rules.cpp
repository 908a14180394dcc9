#include "sim/platform/result_rules.hpp"

#include <numeric>
#include <string>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

void expect_equal(const std::string& what, std::uint64_t a, std::uint64_t b) {
  if (a == b) return;
  throw ModelError("check: \"counters add up\" is broken at the end of the run: " + what + ": " +
                   std::to_string(a) + " and " + std::to_string(b));
}

void check_tlb(const std::string& name, const TlbStats& tlb) {
  expect_equal(name + ": accesses, and hits + misses", tlb.accesses, tlb.hits + tlb.misses);
  expect_equal(name + ": misses, and merged + sent", tlb.misses, tlb.merged + tlb.sent);
}

std::uint64_t sum(const Stack& stack) {
  return std::accumulate(stack.begin(), stack.end(), std::uint64_t{0});
}

void check_attribution(const std::string& over, const TranslationCost& sum, const RunResult& r) {
  expect_equal("itlb misses, and those of all " + over, r.itlb.misses, sum.itlb_misses);
  expect_equal("dtlb misses, and those of all " + over, r.dtlb.misses, sum.dtlb_misses);
  expect_equal("stlb misses, and those of all " + over, r.stlb.misses, sum.stlb_misses);
  expect_equal("walks, and those of all " + over + " and of prefetches", r.walker.walks,
               sum.walks + r.prefetch.dropped + r.prefetch.filled);
  expect_equal("walk cycles, and those of all " + over + " and of prefetches", r.walker.walk_cycles,
               sum.walk_cycles() + r.prefetch.walk_cycles);
}

}  // namespace

void check_sums(const RunResult& r) {
  check_tlb("itlb", r.itlb);
  check_tlb("dtlb", r.dtlb);
  check_tlb("stlb", r.stlb);
  check_tlb("level3", r.level3);
  check_tlb("level4", r.level4);
  expect_equal("accesses, and those of both first-level TLBs", r.cpu.accesses,
               r.itlb.accesses + r.dtlb.accesses);
  expect_equal("accesses, and their kinds", r.cpu.accesses,
               r.cpu.fetches + r.cpu.loads + r.cpu.stores + r.cpu.modifies);
  expect_equal("walks, and walk-cache hits + misses", r.walker.walks,
               r.walker.cache_hits_level1 + r.walker.cache_hits_level2 +
                   r.walker.cache_hits_level3 + r.walker.cache_hits_level4 + r.walker.cache_misses);
  check_attribution("instructions", r.attribution.sum_of_instructions(), r);
  check_attribution("areas", r.attribution.sum_of_areas(), r);
  if (r.miss_classes) {
    expect_equal("itlb misses, and those by class", r.itlb.misses, (*r.miss_classes)[0].sum());
    expect_equal("dtlb misses, and those by class", r.dtlb.misses, (*r.miss_classes)[1].sum());
    expect_equal("stlb misses, and those by class", r.stlb.misses, (*r.miss_classes)[2].sum());
  }
  std::uint64_t reads = 0;
  for (const auto& level : r.walker_detail.reads) {
    reads = std::accumulate(level.begin(), level.end(), reads);
  }
  expect_equal("page-table reads, and those by level and place", r.walker.reads, reads);
  expect_equal("cycles, and the cycle stack", r.cpu.cycles, sum(r.cycle_stack));
  expect_equal("latency, and the latency stack", r.cpu.latency_cycles, sum(r.latency_stack));
}

}  // namespace mmu
