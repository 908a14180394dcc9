// TLB prefetching.
#include "testbench/system/knobs/knob_case.hpp"

namespace mmu::test {

namespace {

/// Pages of kX by number.
Program pages(const std::vector<std::uint64_t>& numbers) {
  std::vector<std::uint64_t> addresses;
  addresses.reserve(numbers.size());
  for (const std::uint64_t number : numbers) addresses.push_back(kX + number * kPage);
  return chain(addresses);
}

/// One instruction goes through pages 0, 1, 2, 3, another through pages far away, by turns; a third
/// has touched them all.
Program two_instructions() {
  constexpr std::uint64_t kCode = kX + (16ULL << 20);
  Program program;
  program.now(AccessKind::kFetch).step({kCode}).now(AccessKind::kLoad);
  for (const std::uint64_t page : {0U, 1U, 2U, 3U, 20U, 25U, 31U})
    program.step({kX + page * kPage});
  unsigned turn = 0;
  for (const std::uint64_t page : {0U, 20U, 1U, 25U, 2U, 31U, 3U}) {
    program.now(AccessKind::kFetch).step({kCode + (1 + turn++ % 2) * kLine});
    program.now(AccessKind::kLoad).step({kX + page * kPage});
  }
  return program;
}

}  // namespace

std::vector<KnobCase> prefetch_knobs() {
  // Each page that was not used last is asked of the walkers, of which there are enough; so that
  // prefetches are over when the walk that has triggered them is.
  const std::string asked =
      "mmu.itlb.entries=1 mmu.dtlb.entries=1 mmu.stlb.entries=0 mmu.walker.count=4 ";
  const std::string next = asked + "mmu.prefetch.kind=next-page ";
  const std::string learns = asked + "mmu.prefetch.kind=distance ";
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
      {"mmu.prefetch.kind", asked, two_instructions(), last_step, "stride", kWalk, "asp", kHit},
      // Distances 1, 2, 1: 2 has followed 1. (A first round has touched the pages.)
      {"mmu.prefetch.kind", asked, pages({0, 1, 3, 4, 6, 0, 1, 3, 4, 6}), last_step, "stride",
       kWalk, "distance", kHit},
      // Distances 1, 2, 3, 1: the row of 1 must outlive that of 2.
      {"mmu.prefetch.table_entries", learns, pages({0, 1, 3, 6, 7, 9, 0, 1, 3, 6, 7, 9}), last_step,
       "1", kWalk, "2", kHit},
      // The same with distances that are all even: of one set, if there are two.
      {"mmu.prefetch.table_ways", learns + "mmu.prefetch.table_entries=2",
       pages({0, 2, 6, 12, 14, 18, 0, 2, 6, 12, 14, 18}), last_step, "1", kWalk, "2", kHit},
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
