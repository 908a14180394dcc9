#include "testbench/reference/stlb.hpp"

#include <algorithm>
#include <utility>

namespace mmu::reference {

Stlb::Stlb(const std::string& name, Part part, const TlbParams& params, Inclusion inclusion,
           std::uint64_t seed, const TranslationControl& control, Next next, Reply reply,
           Drop drop_before)
    : part_(part),
      params_(params),
      inclusion_(inclusion),
      control_(control),
      next_(std::move(next)),
      reply_(std::move(reply)),
      drop_before_(std::move(drop_before)),
      entries_(name, params, *control.format, seed),
      slots_(params.miss_slots) {}

void Stlb::send(Cycle arrival, const TranslateRequest& request, FirstLevelSlot from) {
  const auto later = [](const Request& a, const Request& b) {
    return a.arrival != b.arrival ? a.arrival < b.arrival : a.from.tlb < b.from.tlb;
  };
  const Request added{arrival, request, from};
  requests_.insert(std::upper_bound(requests_.begin(), requests_.end(), added, later), added);
}

void Stlb::cycle(Cycle t) {
  if (t < held_until) return;
  for (std::uint32_t served = 0; !requests_.empty() && requests_.front().arrival <= t; ++served) {
    if (params_.lookups_per_cycle != 0 && served == params_.lookups_per_cycle) return;
    const Request request = requests_.front();
    if (!look_up(request, t)) return;
    requests_.erase(requests_.begin());
  }
}

void Stlb::count(const TranslateRequest& request, std::uint64_t TlbStats::*how) {
  ++(request.replay ? stats.replays : stats.accesses);
  if (request.replay) {
    if (how == &TlbStats::sent) ++stats.replays_sent;
    return;
  }
  if (how != &TlbStats::hits) ++stats.misses;
  ++(stats.*how);
}

bool Stlb::look_up(const Request& request, Cycle t) {
  const TranslateRequest& asked = request.request;
  if (!params_.hit_under_miss && !all_free(slots_, t)) return false;
  if (answer_present(request, t)) return true;
  const Cycle there = t + entries_.latency(nullptr);
  const bool needs_walk = entries_.find(asked.asid, asked.va, false) != nullptr;
  if (Slot* slot = needs_walk ? nullptr : open_slot(slots_, asked, smallest())) {
    count(asked, &TlbStats::merged);
    slot->join({request.from, asked, there});
    return true;
  }
  Slot* slot = free_slot(slots_, t);
  if (slot == nullptr || !next_.has_room(asked)) {
    ++stats.refused;
    return false;
  }
  if (needs_walk) entries_.find(asked.asid, asked.va, true);
  count(asked, &TlbStats::sent);
  slot->take(asked);
  slot->join({request.from, asked, there});
  const auto number = static_cast<std::size_t>(slot - slots_.data());
  if (const auto found = next_.send(there, asked, number)) answer(number, *found);
  return true;
}

bool Stlb::knows(Asid asid, VirtAddr va) {
  TranslateRequest request;
  request.asid = asid;
  request.va = va;
  return entries_.find(asid, va, false) != nullptr ||
         open_slot(slots_, request, smallest()) != nullptr;
}

bool Stlb::prefetched(Cycle t, const TranslateRequest& request, const Translation& to) {
  Exchange exchange;
  if (!entries_.enter({request.asid, request.va, to, t, true}, stats, exchange)) return false;
  exchanged(exchange);
  return true;
}

void Stlb::enter(const Slot& slot, const Outcome& result) {
  if (result.verdict != Verdict::kOk || result.passes_by) return;
  if (!may_enter(slot, result.to, control_.ad_update)) return;
  exchanged(enter_all(entries_, slot, result, stats));
}

void Stlb::exchanged(const Exchange& exchange) {
  for (const TlbEntry& page : exchange.given_up) {
    if (inclusion_ == Inclusion::kInclusive) drop_before_(page);
  }
  for (const TlbEntry& page : exchange.entered) next_.took(page);
  for (const TlbEntry& page : exchange.given_up) next_.gave_up(page);
}

void Stlb::took(const TlbEntry& page) {
  if (inclusion_ != Inclusion::kExclusive) return;
  taken_ = true;
  if (entries_.remove(page)) ++stats.moved;
  next_.took(page);
}

void Stlb::gave_up(const TlbEntry& page) {
  if (inclusion_ != Inclusion::kExclusive) return;
  Exchange exchange;
  if (!entries_.enter({page.asid, page.va, page.to, page.ready_at}, stats, exchange)) return;
  ++stats.victims;
  exchanged(exchange);
}

void Stlb::drop(const TlbEntry& page) {
  if (entries_.remove(page)) ++stats.back_invalidated;
  drop_before_(page);
}

bool Stlb::answer_present(const Request& request, Cycle t) {
  const TranslateRequest& asked = request.request;
  const TlbEntry* entry = entries_.find(asked.asid, asked.va, false);
  if (entry == nullptr) return false;
  Outcome outcome;
  outcome.to = entry->to;
  const Verdict verdict =
      judge(entry->to, asked.kind, control_.ad_update, asked.may_set_dirty, asked.context);
  if (verdict == Verdict::kNeedsWalk) return false;
  TlbEntry* used = entries_.find(asked.asid, asked.va, true);
  if (used->prefetched) next_.used_prefetched();
  used->prefetched = false;
  const Cycle there = t + entries_.latency(entry);
  const bool hit = entry->ready_at <= there;
  count(asked, hit ? &TlbStats::hits : &TlbStats::merged);
  if (verdict == Verdict::kFault) ++stats.faults;
  outcome.at = hit ? there : entry->ready_at;
  outcome.story = {{there, part_}};
  if (!hit) outcome.story.push_back({outcome.at, Part::kMergeWait});
  outcome.neighbours = entries_.beside(entry->asid, entry->va, entry->to.page_shift, outcome.at);
  reply_(request.from, outcome);
  return true;
}

bool Stlb::is_fault(const TranslateRequest& request, const Outcome& outcome) const {
  if (outcome.verdict != Verdict::kOk) return outcome.verdict == Verdict::kFault;
  return judge(outcome.to, request.kind, control_.ad_update, request.may_set_dirty,
               request.context) == Verdict::kFault;
}

void Stlb::answer(std::size_t number, const Outcome& result) {
  Slot& slot = slots_[number];
  slot.waits = false;
  slot.until = result.at;
  const bool found = result.verdict == Verdict::kOk;
  const bool inclusive = inclusion_ == Inclusion::kInclusive;
  const bool exclusive = inclusion_ == Inclusion::kExclusive;
  if (!exclusive) enter(slot, result);
  taken_ = false;
  const Slot answered = slot;  // its waiters cannot ask again before the next cycle
  for (const Waiter& waiter : answered.waiters) {
    Outcome outcome = result;
    outcome.neighbours.clear();
    for (const auto& [va, to] : result.neighbours) {
      if (answered.dropped_beside(va, to)) continue;
      if (inclusive && !entries_.has_page(answered.taker.asid, va, to.page_shift)) continue;
      outcome.neighbours.emplace_back(va, to);
    }
    if (found && inclusive) {
      const bool held =
          entries_.has_page(answered.taker.asid, answered.taker.va, result.to.page_shift);
      outcome.passes_by = outcome.passes_by || !held;
    }
    outcome.story.clear();
    add_segment(outcome.story, waiter.there, part_, result.at);
    if (&waiter == answered.waiters.data()) {
      outcome.story.insert(outcome.story.end(), result.story.begin(), result.story.end());
    } else {
      outcome.story.push_back({result.at, Part::kMergeWait});
    }
    if (found && answered.dropped(result.to, waiter.joined)) outcome.verdict = Verdict::kNeedsWalk;
    if (is_fault(answered.taker, outcome)) ++stats.faults;
    reply_(waiter.from, outcome);
  }
  if (exclusive && !taken_) {
    Outcome alone = result;
    alone.neighbours.clear();
    enter(answered, alone);
  }
}

void Stlb::fence(const FenceScope& scope) {
  entries_.fence(scope, stats);
  for (Slot& slot : slots_) {
    if (slot.waits) slot.fences.push_back(scope);
  }
}

}  // namespace mmu::reference
