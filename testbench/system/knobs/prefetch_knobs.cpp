// TLB prefetching.
#include "testbench/system/knobs/knob_case.hpp"

namespace mmu::test {

std::vector<KnobCase> prefetch_knobs() {
  // Each page that was not used last is asked of the walkers, of which there are enough; so that
  // prefetches are over when the walk that has triggered them is.
  const std::string asked =
      "mmu.itlb.entries=1 mmu.dtlb.entries=1 mmu.stlb.entries=0 mmu.walker.count=4 ";
  const std::string next = asked + "mmu.prefetch.kind=next-page ";
  constexpr std::uint64_t kX1 = kX + kPage, kX2 = kX + 2 * kPage, kX3 = kX + 3 * kPage;
  constexpr std::uint64_t kWalk = 1 + 3 * (5 + 2) + 1 + 4, kHit = 1 + 4;
  const Program first = chain({kX, kX1, kX2, kX, kX1});
  const Program second = chain({kX, kX1, kX2, kX, kX2});
  // An STLB of one entry, which forgets the prefetched page when it is filled again.
  const std::string small = asked + "mmu.stlb.entries=1 mmu.prefetch.kind=next-page";
  const Program forgotten = chain({kX, kX1, kX3, kX, kX3 + kPage, kX1});
  return {
      {"mmu.prefetch.kind", asked, first, last_step, "off", kWalk, "next-page", kHit},
      // Pages X, X + 2, X + 4 are asked for: the same stride twice.
      {"mmu.prefetch.kind", asked,
       chain({kX, kX2, kX + 4 * kPage, kX + 6 * kPage, kX, kX2, kX + 4 * kPage, kX + 6 * kPage}),
       last_step, "next-page", kWalk, "stride", kHit},
      {"mmu.prefetch.degree", next, second, last_step, "1", kWalk, "2", kHit},
      {"mmu.prefetch.distance", next, second, last_step, "1", kWalk, "2", kHit},
      {"mmu.prefetch.target", small, forgotten, last_step, "buffer", 3 + kHit, "stlb", 3 + kWalk},
      // The second of two prefetches displaces the first.
      {"mmu.prefetch.buffer_entries", next + "mmu.prefetch.degree=2", first, last_step, "1", kWalk,
       "2", kHit},
      {"mmu.prefetch.queue_entries", next + "mmu.prefetch.degree=2", second, last_step, "1", kWalk,
       "2", kHit},
  };
}

}  // namespace mmu::test
