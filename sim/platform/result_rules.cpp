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
  expect_equal("l2_itlb misses, and those of all " + over, r.l2_itlb.misses, sum.l2_itlb_misses);
  expect_equal("stlb misses, and those of all " + over, r.stlb.misses, sum.stlb_misses);
  expect_equal("level3 misses, and those of all " + over, r.level3.misses, sum.level3_misses);
  expect_equal("level4 misses, and those of all " + over, r.level4.misses, sum.level4_misses);
  expect_equal("walks, and those of all " + over + " and of prefetches", r.walker.walks,
               sum.walks + r.prefetch.dropped + r.prefetch.filled);
  expect_equal("walk cycles, and those of all " + over + " and of prefetches", r.walker.walk_cycles,
               sum.walk_cycles() + r.prefetch.walk_cycles);
}

}  // namespace

void check_sums(const RunResult& r) {
  check_tlb("itlb", r.itlb);
  check_tlb("dtlb", r.dtlb);
  check_tlb("l2_itlb", r.l2_itlb);
  check_tlb("stlb", r.stlb);
  check_tlb("level3", r.level3);
  check_tlb("level4", r.level4);
  expect_equal("accesses, and those of both first-level TLBs", r.cpu.accesses,
               r.itlb.accesses + r.dtlb.accesses + r.untranslated);
  expect_equal("accesses, and their kinds", r.cpu.accesses,
               r.cpu.fetches + r.cpu.loads + r.cpu.stores + r.cpu.modifies);
  expect_equal("walks, and walk-cache hits + misses", r.walker.walks,
               r.walker.cache_hits_level1 + r.walker.cache_hits_level2 +
                   r.walker.cache_hits_level3 + r.walker.cache_hits_level4 + r.walker.cache_misses);
  check_attribution("instructions", r.attribution.sum_of_instructions(), r);
  check_attribution("areas", r.attribution.sum_of_areas(), r);
  if (r.miss_classes) {
    for (unsigned i = 0; i < kTlbs; ++i) {
      expect_equal(std::string(kTlbNames[i]) + " misses, and those by class", r.tlb(i).misses,
                   (*r.miss_classes)[i].sum());
    }
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
