// What a decoded entry comes to: the next level, or the end of the walk.
#include <algorithm>
#include <utility>

#include "testbench/reference/tlb_array.hpp"
#include "testbench/reference/walkers.hpp"

namespace mmu::reference {

void Walkers::go_on(Walker& walker, std::uint64_t pte, Cycle t) {
  const unsigned level = walker.walk.level();
  const VirtAddr va = walker.job.request.va;
  const Asid asid = walker.job.request.asid;
  const std::uint64_t number = walker.walk.entry_address().value() / control_.format->pte_bytes;
  const Walk at = walker.walk;
  const WalkStep step = walker.walk.consume(pte);
  const auto* to = std::get_if<Translation>(&step);
  const auto* fault = std::get_if<Fault>(&step);
  if (to != nullptr || fault != nullptr) {
    if (walker.prefetch) {
      return end_prefetch(walker, to != nullptr ? std::optional(*to) : std::nullopt, t);
    }
    const TranslateRequest& request = walker.job.request;
    const bool faults =
        fault != nullptr || judge(*to, request.kind, control_.ad_update, request.may_set_dirty,
                                  request.context) == Verdict::kFault;
    if (faults && walker.joined && !walker.anew) {
      walker.anew = true;
      return begin(walker, t);
    }
    if (faults) ++stats.faults;
    if (fault != nullptr) return finish(walker, {t, Verdict::kFault, *fault, {}, {}, {}}, t);
    return finish(walker, {t, Verdict::kOk, {}, *to, {}, neighbours(walker, at, *to)}, t);
  }
  const unsigned lsb = control_.format->levels[level].lsb;
  const bool dropped =
      std::any_of(walker.fences.begin(), walker.fences.end(),
                  [&](const FenceScope& scope) { return scope.covers(asid, va, lsb, false); });
  if (!dropped) {
    array(level).insert(va.value() >> lsb, key_of(asid, va, lsb, level),
                        {asid, va, level, walker.walk.table(), walker.walk.inherited()});
  }
  if (walker.fences.empty()) pte_cache_.insert(number, number, pte);
  next_level(walker, t);
}

/// What the line of the leaf that `at` was to read maps beside `to`. Only groups of 16 pages are
/// looked at, the largest that a sector has.
std::vector<std::pair<VirtAddr, Translation>> Walkers::neighbours(const Walker& walker,
                                                                  const Walk& at,
                                                                  const Translation& to) const {
  std::vector<std::pair<VirtAddr, Translation>> found;
  const PageTableFormat& format = *control_.format;
  if (to.page_shift != format.levels[at.level()].lsb) return found;
  const std::uint64_t mine = at.entry_address().value() % line_bytes_ / format.pte_bytes;
  for (std::uint64_t i = 0; i < walker.line.size(); ++i) {
    const VirtAddr va = at.va() + ((i - mine) << to.page_shift);
    if (va.value() >> (to.page_shift + 4) != at.va().value() >> (to.page_shift + 4)) continue;
    const WalkStep step =
        Walk(format, va, at.table(), at.level(), at.inherited()).consume(walker.line[i]);
    const auto* page = std::get_if<Translation>(&step);
    if (page == nullptr || page->page_shift != to.page_shift || !page->accessed) continue;
    if (page->global == to.global) found.emplace_back(va, *page);
  }
  return found;
}

void Walkers::finish(Walker& walker, Outcome outcome, Cycle t) {
  end(walker, t);
  outcome.story = std::move(walker.story);
  if (walker.joined) outcome.story = {{t, Part::kMergeWait}};
  done_(walker.job.slot, outcome);
}

void Walkers::end(Walker& walker, Cycle t) {
  ++stats.walks;
  stats.walk_cycles += t - walker.accepted;
  detail.latency.add(t - walker.accepted);
  walker.state = State::kFree;
  walker.due = t + 1;
}

}  // namespace mmu::reference
