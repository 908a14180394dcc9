// TLB prefetches at the walkers: docs/timing.md, section 5.
#include <algorithm>

#include "hw/mmu/walker_module.hpp"

namespace mmu {

/// Gives free walkers prefetches, if no request on demand is left.
void WalkerModule::accept_prefetches() {
  const Cycle now = timeline_.now();
  for (Walker& walker : walkers_) {
    if (!queue_.empty()) return;
    if (walker.state != State::kFree || walker.due > now) continue;
    const auto next = prefetch_.next(now, control_.asid);
    if (!next) return;
    ++prefetch_.stats.walks;
    start(walker, *next);
    walker.prefetch = true;
  }
}

/// The answer to a request that needs no walk of its own: its page lies in the buffer, or is being
/// walked for.
std::optional<TranslateAnswer> WalkerModule::spare_walk(const TranslateRequest& request) {
  if (const TranslateResult* result = from_buffer(request)) {
    observe(request);
    return TranslateAnswer::now(request.at, *result);
  }
  Walker* walker = prefetching(request.asid, request.va);
  if (walker == nullptr || !walker->prefetch_fences.empty()) return std::nullopt;
  walker->request = request;
  walker->prefetch = false;
  walker->joined = true;
  ++prefetch_.stats.late;
  prefetch_.give_up(request.asid, request.va);
  observe(request);
  return TranslateAnswer::later();
}

/// Takes out what the buffer has for `request`; nullptr: nothing.
const TranslateResult* WalkerModule::from_buffer(const TranslateRequest& request) {
  const Translation* to = prefetch_.find(request, control_.ad_update);
  if (to == nullptr) return nullptr;
  buffered_ = judged(*to, request);
  prefetch_.take(request);
  return &buffered_;
}

/// The walker that has a prefetch of the page under way; nullptr: none.
WalkerModule::Walker* WalkerModule::prefetching(Asid asid, VirtAddr va) {
  const auto found = std::find_if(walkers_.begin(), walkers_.end(), [&](const Walker& walker) {
    return walker.state != State::kFree && walker.prefetch &&
           prefetch_.is_for(walker.request, asid, va);
  });
  return found == walkers_.end() ? nullptr : &*found;
}

void WalkerModule::observe(const TranslateRequest& request) {
  show_prefetcher(request);
  timeline_.post(request.at, Rank::kWalk);
}

void WalkerModule::show_prefetcher(const TranslateRequest& request) {
  prefetch_.observe(request, [this, kind = request.kind](Asid asid, VirtAddr va) {
    return prefetching(asid, va) != nullptr || in_reply->knows(asid, va, kind);
  });
}

void WalkerModule::finish_prefetch(Walker& walker, const WalkStep& step) {
  end(walker, std::holds_alternative<Fault>(step));
  ++(enter_prefetch(walker, step) ? prefetch_.stats.filled : prefetch_.stats.dropped);
}

/// Enters what it has found if nobody would notice that it was a prefetch; true if it did.
bool WalkerModule::enter_prefetch(const Walker& walker, const WalkStep& step) {
  const TranslateRequest& request = walker.request;
  const auto* to = std::get_if<Translation>(&step);
  bool is_usable = to != nullptr && to->accessed;
  if (is_usable) {
    const Verdict verdict = judge(*to, request.kind, control_.ad_update, false, request.context);
    const bool is_fenced = std::any_of(
        walker.prefetch_fences.begin(), walker.prefetch_fences.end(), [&](const FenceScope& f) {
          return f.covers(request.asid, request.va, to->page_shift, to->global);
        });
    is_usable = verdict != Verdict::kFault && verdict != Verdict::kNeedsWalk && !is_fenced &&
                !prefetch_.holds(request.asid, request.va) &&
                !in_reply->knows(request.asid, request.va, request.kind);
  }
  if (is_usable && prefetch_.fills_stlb()) {
    is_usable = in_reply->prefetched(request, timeline_.now(), *to);
  } else if (is_usable) {
    prefetch_.fill(request.asid, request.va, *to);
    if (refused_) in_reply->translate_room(timeline_.now() + 1);  // it may need no room any more
  }
  return is_usable;
}

}  // namespace mmu
