#include "hw/mmu/stlb_module.hpp"

#include <algorithm>
#include <iterator>

namespace mmu {
namespace {

struct LevelPlace {
  Rank rank;
  Part part;
};
// From TlbName::kL2Itlb on.
constexpr LevelPlace kPlaces[] = {{Rank::kL2Itlb, Part::kL2Itlb},
                                  {Rank::kStlb, Part::kStlb},
                                  {Rank::kLevel3, Part::kLevel3},
                                  {Rank::kLevel4, Part::kLevel4}};
static_assert(std::size(kPlaces) == kTlbs - static_cast<unsigned>(TlbName::kL2Itlb));

const LevelPlace& place_of(TlbName as) {
  return kPlaces[static_cast<unsigned>(as) - static_cast<unsigned>(TlbName::kL2Itlb)];
}

}  // namespace

StlbModule::StlbModule(const sc_core::sc_module_name& name, const std::string& what,
                       const TlbParams& params, TlbName as, std::uint32_t requesters,
                       const TranslationControl& control, std::uint64_t seed,
                       TimelineModule& timeline)
    : sc_module(name),
      in("in", requesters),
      in_reply("in_reply", requesters),
      control_(control),
      timeline_(timeline),
      as_(as),
      rank_(place_of(as).rank),
      part_(place_of(as).part),
      lookups_per_cycle_(params.lookups_per_cycle),
      tlb_(what, params, *control.format, seed),
      slots_(params.miss_slots, control.format->levels[0].lsb),
      entrances_(requesters),
      arrivals_(requesters),
      blocks_(!params.hit_under_miss) {
  for (std::uint32_t i = 0; i < requesters; ++i) {
    entrances_[i].stlb = this;
    entrances_[i].index = i;
    in[i].bind(entrances_[i]);
  }
  next_reply.bind(*this);
  timeline.enrol(rank_, *this);
}

TranslateAnswer StlbModule::enqueue(std::uint32_t requester, const TranslateRequest& request) {
  arrivals_[requester].push_back(request);
  timeline_.post(request.at, rank_);
  return TranslateAnswer::later();
}

std::size_t StlbModule::first_arrival(Cycle now) const {
  std::size_t first = arrivals_.size();
  Cycle at = now + 1;
  for (std::size_t i = 0; i < arrivals_.size(); ++i) {
    if (arrivals_[i].empty() || arrivals_[i].front().at >= at) continue;
    at = arrivals_[i].front().at;
    first = i;
  }
  return first;
}

std::size_t StlbModule::waiting() const {
  std::size_t sum = 0;
  for (const auto& arrivals : arrivals_) sum += arrivals.size();
  return sum;
}

void StlbModule::wake() {
  const Cycle now = timeline_.now();
  if (now < held_until_) return timeline_.post(held_until_, rank_);
  blocked_ = false;
  for (std::uint32_t served = 0;; ++served) {
    const auto requester = static_cast<std::uint32_t>(first_arrival(now));
    if (requester == arrivals_.size()) return;
    if (lookups_per_cycle_ != 0 && served == lookups_per_cycle_) {
      timeline_.post(now + 1, rank_);
      return;
    }
    if (!serve(requester, arrivals_[requester].front(), now)) {
      blocked_ = true;
      return;
    }
    arrivals_[requester].pop_front();
  }
}

bool StlbModule::serve(std::uint32_t requester, const TranslateRequest& request, Cycle now) {
  if (now < open_from_) {
    ++stats_.refused;
    if (open_from_ != kNever) timeline_.post(open_from_, rank_);
    return false;
  }
  const TlbEntry* entry = tlb_.look_up(request.asid, request.va);
  if (entry == nullptr) return miss(requester, request, now, nullptr);
  const Verdict verdict = judge(entry->result.to, request.kind, control_.ad_update,
                                request.may_set_dirty, request.context);
  if (verdict == Verdict::kNeedsWalk) return miss(requester, request, now, entry);
  tlb_.mark_used(entry);
  if (entry->prefetched) {
    entry->prefetched = false;
    next->used_prefetched();
  }
  hit(requester, request, *entry, verdict, now + entry->latency);
  return true;
}

void StlbModule::hit(std::uint32_t requester, const TranslateRequest& request,
                     const TlbEntry& entry, Verdict verdict, Cycle there) {
  const bool ready = entry.ready_at <= there;
  ready ? stats_.count_hit(request.replay) : stats_.count_merged(request.replay);
  if (!ready) tell_miss(request, MissKind::kOnItsWay);
  if (classes_ != nullptr) classes_->used(request.asid, request.va, entry.result.to);
  if (verdict == Verdict::kFault) ++stats_.faults;
  TranslateResult result = entry.result;
  const Cycle at = std::max(there, entry.ready_at);
  if (entry.sector != nullptr) {
    beside_ = tlb_.beside(entry, at);
    result.neighbours = &beside_;
  }
  result.verdict = verdict;
  if (verdict == Verdict::kFault) {
    result.fault = fault_at(result.to, request.kind, request.context, request.va);
  }
  story_.assign({{there, part_}});
  if (!ready) story_.push_back({entry.ready_at, Part::kMergeWait});
  result.story = &story_;
  in_reply[requester]->translated(request.id, at, result);
}

bool StlbModule::miss(std::uint32_t requester, const TranslateRequest& request, Cycle now,
                      const TlbEntry* present) {
  // (1) The page is on its way: wait for it.
  const std::uint32_t open =
      present == nullptr ? slots_.find(request.asid, request.va) : TranslationSlots::kNone;
  if (open != TranslationSlots::kNone) {
    stats_.count_merged(request.replay);
    tell_miss(request, MissKind::kJoined);
    slots_.join(open, requester, request, now + tlb_.miss_latency());
    return true;
  }

  // (2) A slot and a place in the walkers' queue, or nothing has happened.
  if (!slots_.has_free(now)) {
    ++stats_.refused;
    const Cycle free = slots_.first_free(now);
    if (free != kNever) timeline_.post(free, rank_);
    return false;
  }
  const std::uint32_t slot = slots_.take(request.asid, request.va, now);
  TranslateRequest onward = request;
  onward.at = now + tlb_.miss_latency();
  onward.id = slot;
  const TranslateAnswer answer = next->translate(onward);
  if (answer.is_refused()) {
    slots_.answered(slot, 0);  // as free as it was
    return false;              // translate_room() wakes us
  }
  if (present != nullptr) tlb_.mark_used(present);
  stats_.count_sent(request.replay);
  tell_miss(request, present != nullptr ? MissKind::kSentForBits : MissKind::kSent);
  slots_.join(slot, requester, request, now + tlb_.miss_latency());
  if (blocks_) open_from_ = kNever;
  if (answer.is_now()) translated(slot, answer.at, *answer.result);  // it was prefetched
  return true;
}

void StlbModule::tell_miss(const TranslateRequest& request, MissKind kind) {
  if (classes_ != nullptr) classes_->missed(request, kind);
  if (observer_ != nullptr && !request.replay) observer_->missed(as_, request);
}

// An exclusive level enters only what no level before it has taken, and nothing beside it: that may
// be held there.
void StlbModule::translated(std::uint32_t slot, Cycle at, const TranslateResult& result) {
  const bool exclusive = inclusion_ == Inclusion::kExclusive;
  if (!exclusive) enter(slot, at, result);
  taken_ = false;
  slots_.answered(slot, at);
  if (blocks_) open_from_ = at + 1;
  const TranslationSlots::Slot& answered = slots_[slot];
  for (const TranslationSlots::Waiter& waiter : answered.waiters) {
    answer(answered, waiter, at, result);
  }
  if (exclusive && !taken_) {
    TranslateResult alone = result;
    alone.neighbours = nullptr;
    enter(slot, at, alone);
  }
  // The entry is there to be hit in the next cycle, even if the slot is free only after `at`.
  if (blocked_) timeline_.post(timeline_.now() + 1, rank_);
}

void StlbModule::enter(std::uint32_t slot, Cycle at, const TranslateResult& result) {
  Exchange exchange;
  refill(tlb_, stats_, slots_[slot], result, at, control_.ad_update, classes_.get(),
         wants_exchange() ? &exchange : nullptr);
  settle(exchange);
}

// The levels around learn what has come and what has gone.
void StlbModule::settle(Exchange& exchange) {
  if (inclusion_ == Inclusion::kInclusive) {
    for (const HeldPage& page : exchange.given_up) {
      for (auto& requester : in_reply) requester->drop(page);
    }
  }
  if (tells_next_) exchange.tell(*next.operator->());
}

void StlbModule::let_go(const HeldPage& page) {
  taken_ = true;
  if (classes_ != nullptr) classes_->left(page.asid, page.page, page.to);
  if (tlb_.remove(page) == Tlb::Removed::kEntry) ++stats_.moved;
  if (blocked_) timeline_.post_next_turn(rank_);
  if (tells_next_) next->took(page);
}

void StlbModule::take_in(const HeldPage& page) {
  Exchange exchange;
  const auto entered = tlb_.insert(page, control_.ad_update, &exchange.given_up);
  if (entered == Tlb::Entered::kNot) return;
  ++stats_.fills;
  ++stats_.victims;
  if (entered == Tlb::Entered::kDisplacedAnother) ++stats_.evictions;
  if (classes_ != nullptr) classes_->used(page.asid, page.page, page.to);
  if (blocked_) timeline_.post_next_turn(rank_);
  exchange.entered.push_back(page);
  settle(exchange);
}

void StlbModule::drop(const HeldPage& page) {
  mmu::drop(tlb_, stats_, page, classes_.get());
  if (blocked_) timeline_.post_next_turn(rank_);
  for (auto& requester : in_reply) requester->drop(page);
}

void StlbModule::answer(const TranslationSlots::Slot& slot, const TranslationSlots::Waiter& waiter,
                        Cycle at, const TranslateResult& result) {
  TranslateResult own = result;
  if (result.has_translation) {  // below it may have been judged for another that it has joined
    const TranslationSlots::Waiter& first = slot.waiters.front();
    own.verdict =
        judge(result.to, first.kind, control_.ad_update, first.may_set_dirty, first.context);
  }
  if (result.has_translation && slot.is_stale_for(waiter, result.to)) {
    own.has_translation = false;
    own.verdict = Verdict::kNeedsWalk;
  }
  if (!result.has_translation && result.fault.kind == FaultKind::kAccessFault &&
      &waiter != &slot.waiters.front()) {
    own.verdict = Verdict::kNeedsWalk;  // as in the first level
  }
  if (own.verdict == Verdict::kFault) ++stats_.faults;
  const bool inclusive = inclusion_ == Inclusion::kInclusive;
  if (own.has_translation && inclusive && !tlb_.holds({slot.va, slot.asid, result.to, at, {}}))
    own.passes_by = true;
  NeighbourPages beside;
  if (result.neighbours != nullptr && (inclusive || !slot.fences.empty())) {
    beside = pass_on(slot, result);
    own.neighbours = &beside;
  }
  tell(story_, slot, waiter, part_, at, result.story);
  own.story = &story_;
  in_reply[waiter.requester]->translated(waiter.id, at, own);
}

// The neighbours that a level before may enter: it may not know of the slot's fences, and an
// inclusive level must hold them too.
NeighbourPages StlbModule::pass_on(const TranslationSlots::Slot& slot,
                                   const TranslateResult& result) {
  const unsigned shift = result.to.page_shift;
  NeighbourPages beside = without_fenced(*result.neighbours, slot, shift);
  if (inclusion_ != Inclusion::kInclusive) return beside;
  for (unsigned i = 0; i < NeighbourPages::kMost; ++i) {
    if (!beside.has(i)) continue;
    const VirtAddr va = NeighbourPages::address(slot.va, shift, i);
    if (!tlb_.holds({va, slot.asid, beside.pages[i], 0, {}})) beside.drop(i);
  }
  return beside;
}

void StlbModule::translate_room(Cycle at) {
  if (blocked_) timeline_.post(at, rank_);
}

bool StlbModule::knows(Asid asid, VirtAddr va, AccessKind /*kind*/) {
  return tlb_.look_up(asid, va) != nullptr || slots_.find(asid, va) != TranslationSlots::kNone;
}

bool StlbModule::prefetched(const TranslateRequest& request, Cycle at, const Translation& to) {
  if (tlb_.is_off()) return false;
  Exchange exchange;
  const auto entered = tlb_.insert({request.va, request.asid, to, at, request.context},
                                   control_.ad_update, &exchange.given_up);
  if (entered == Tlb::Entered::kNot) return false;
  if (blocked_) timeline_.post(at + 1, rank_);  // the first may hit now
  tlb_.look_up(request.asid, request.va)->prefetched = true;
  ++stats_.fills;
  if (entered == Tlb::Entered::kDisplacedAnother) ++stats_.evictions;
  settle(exchange);
  return true;
}

void StlbModule::fence(const FenceScope& scope) {
  stats_.fenced += mmu::fence(tlb_, scope, classes_.get());
  slots_.fence(scope);
}

void StlbModule::explain_stall(std::ostream& out) const {
  out << name() << ": " << slots_.unanswered() << " misses wait for an answer, " << waiting()
      << " requests wait for a look-up" << (blocked_ ? "; the first is held back\n" : "\n");
}

}  // namespace mmu
