// Prefetches at the walkers.
#include <algorithm>

#include "testbench/reference/walkers.hpp"

namespace mmu::reference {

/// What the buffer has for it; nullptr also if A or D would have to be set.
const Prefetches::Held* Walkers::usable(const TranslateRequest& request) {
  const Prefetches::Held* entry = prefetches.held(request.asid, request.va);
  if (entry == nullptr) return nullptr;
  const Verdict verdict =
      judge(entry->to, request.kind, control_.ad_update, request.may_set_dirty, request.context);
  return verdict == Verdict::kNeedsWalk ? nullptr : entry;
}

Walkers::Walker* Walkers::prefetching(Asid asid, VirtAddr va) {
  for (Walker& walker : walkers_) {
    if (walker.state == State::kFree || !walker.prefetch) continue;
    const TranslateRequest& request = walker.job.request;
    if (request.asid == asid && prefetches.same_page(request.va, va)) return &walker;
  }
  return nullptr;
}

Walkers::Walker* Walkers::joinable(const TranslateRequest& request) {
  Walker* walker = prefetching(request.asid, request.va);
  return walker != nullptr && walker->met.empty() ? walker : nullptr;
}

bool Walkers::spares_walk(const TranslateRequest& request) {
  return usable(request) != nullptr || joinable(request) != nullptr;
}

/// In the order (arrival, order sent).
void Walkers::enqueue(const Request& added) {
  const auto place =
      std::upper_bound(queue_.begin(), queue_.end(), added,
                       [](const Request& a, const Request& b) { return a.arrival < b.arrival; });
  queue_.insert(place, added);
}

std::optional<Outcome> Walkers::send(Cycle arrival, const TranslateRequest& request,
                                     std::size_t slot) {
  if (!prefetches.on()) {
    enqueue({arrival, request, slot});
    return std::nullopt;
  }
  if (const Prefetches::Held* entry = usable(request)) {
    const Outcome outcome{arrival, Verdict::kOk, {}, entry->to, {}};
    prefetches.remove(entry);
    ++prefetches.stats.hits;
    show(request, arrival);
    return outcome;
  }
  Walker* walker = joinable(request);
  if (walker != nullptr) {
    walker->job = {arrival, request, slot};
    walker->prefetch = false;
    walker->joined = true;
    ++prefetches.stats.late;
  } else {
    enqueue({arrival, request, slot});
  }
  prefetches.overtaken(request);
  show(request, arrival);
  return std::nullopt;
}

void Walkers::show(const TranslateRequest& request, Cycle arrival) {
  prefetches.trigger(request, arrival, [this, &request](Asid asid, VirtAddr va) {
    return prefetching(asid, va) != nullptr || stlb_.knows(asid, va, request.kind);
  });
}

void Walkers::give_prefetches(Cycle t) {
  for (Walker& walker : walkers_) {
    if (!queue_.empty()) return;
    if (walker.state != State::kFree || walker.due > t) continue;
    auto& waiting = prefetches.waiting;
    while (!waiting.empty() && waiting.front().arrival <= t &&
           waiting.front().request.asid != control_.asid) {
      waiting.pop_front();
      ++prefetches.stats.withdrawn;
    }
    if (waiting.empty() || waiting.front().arrival > t) return;
    ++prefetches.stats.walks;
    accept(walker, {waiting.front().arrival, waiting.front().request, 0}, t);
    walker.prefetch = true;
    waiting.pop_front();
  }
}

void Walkers::end_prefetch(Walker& walker, const std::optional<Translation>& to, Cycle t) {
  end(walker, t);
  prefetches.stats.walk_cycles += t - walker.accepted;
  const TranslateRequest& request = walker.job.request;
  bool wanted = to && to->accessed && prefetches.held(request.asid, request.va) == nullptr &&
                !stlb_.knows(request.asid, request.va, request.kind);
  if (wanted) {
    const Verdict verdict = judge(*to, request.kind, control_.ad_update, false, request.context);
    wanted = verdict == Verdict::kOk || verdict == Verdict::kNeedsDirty;
  }
  for (const FenceScope& scope : walker.met) {
    if (wanted && scope.covers(request.asid, request.va, to->page_shift, to->global)) {
      wanted = false;
    }
  }
  if (wanted && prefetches.into_stlb()) {
    wanted = stlb_.enter(t, request, *to);
  } else if (wanted) {
    prefetches.hold({request.asid, request.va, *to});
  }
  ++(wanted ? prefetches.stats.filled : prefetches.stats.dropped);
}

}  // namespace mmu::reference
