#include "hw/mmu/l1_tlb_module.hpp"

#include <algorithm>

namespace mmu {

L1TlbModule::L1TlbModule(const sc_core::sc_module_name& name, const std::string& what,
                         const TlbParams& params, const TranslationControl& control,
                         std::uint64_t seed, const TimelineModule& timeline)
    : sc_module(name),
      control_(control),
      timeline_(timeline),
      latency_(params.latency_cycles),
      tlb_(what, params, *control.format, seed),
      ports_(params.lookups_per_cycle),
      slots_(params.miss_slots, control.format->levels[0].lsb),
      blocks_(!params.hit_under_miss) {
  if (params.entries == 0) throw ConfigError(what + ".entries: a first level needs at least 1");
  in.bind(*this);
  next_reply.bind(*this);
}

// What needs no search and no call comes first, so that it needs no registers saved either.
PlainHit L1TlbModule::hit(Cycle at, VirtAddr va, Asid asid, AccessKind kind) {
  const RecentPage& page = tlb_.recent(va);
  if (page.number != va.value() >> kBasePageShift || page.asid != asid) {
    return first_hit(at, va, asid, kind);
  }
  const Cycle port = ports_.next(at);
  const Cycle there = port + page.latency;
  if ((page.allowed >> static_cast<unsigned>(kind) & 1) == 0 || there > at + 1) return {};
  ports_.use(port);
  stats_.count_hit(false);
  page.entry->array->stamp(page.entry);
  return {there, page.base + va.offset(kBasePageShift)};
}

// The same for a page that is not remembered: none is while a fence is being carried out, or while
// a TLB blocks that does. One that is ready once remains so.
PlainHit L1TlbModule::first_hit(Cycle at, VirtAddr va, Asid asid, AccessKind kind) {
  if (at < held_until_) return {};
  const TlbEntry* entry = tlb_.look_up(asid, va);
  if (entry == nullptr || entry->ready_at > at || at < open_from_) return {};
  const Cycle port = ports_.next(at);
  const Cycle there = port + entry->latency;
  if (!entry->allows(kind, AccessContext{}) || there > at + 1) return {};
  ports_.use(port);
  stats_.count_hit(false);
  tlb_.mark_used(entry);
  tlb_.remember(asid, va, *entry);
  return {there, entry->result.to.of(va)};
}

TranslateAnswer L1TlbModule::translate(const TranslateRequest& request) {
  if (request.context.has(AccessContext::kBare)) return bare(request);
  if (request.at < held_until_) return TranslateAnswer::held(held_until_);
  if (request.at < open_from_) return refuse(open_from_);
  const TlbEntry* entry = tlb_.look_up(request.asid, request.va);
  if (entry == nullptr) return miss(request, nullptr);
  if (entry->allows(request.kind, request.context)) {
    tlb_.mark_used(entry);
    const Cycle there = ports_.take(request.at) + entry->latency;
    if (entry->ready_at > there) return slow_hit(request, *entry, Verdict::kOk, there);
    stats_.count_hit(request.replay);
    return TranslateAnswer::now(there, entry->result);
  }
  const Verdict verdict = judge(entry->result.to, request.kind, control_.ad_update,
                                request.may_set_dirty, request.context);
  if (verdict == Verdict::kNeedsWalk) return miss(request, entry);
  tlb_.mark_used(entry);
  return slow_hit(request, *entry, verdict, ports_.take(request.at) + entry->latency);
}

TranslateAnswer L1TlbModule::refuse(Cycle retry_at) {
  ++stats_.refused;
  refused_ = true;
  return TranslateAnswer::refused(retry_at);
}

TranslateAnswer L1TlbModule::bare(const TranslateRequest& request) {
  untranslated_ += request.replay ? 0 : 1;
  scratch_ = identity_translation(request.va);
  return TranslateAnswer::now(request.at, scratch_);
}

// Present, but not answered as it stands: the refill that brings the entry is still under way (a
// merge, answered when it is there), or the access may not simply use it.
TranslateAnswer L1TlbModule::slow_hit(const TranslateRequest& request, const TlbEntry& entry,
                                      Verdict verdict, Cycle there) {
  scratch_ = entry.result;
  scratch_.verdict = verdict;
  if (verdict == Verdict::kFault) {
    ++stats_.faults;
    scratch_.fault = fault_at(entry.result.to, request.kind, request.context, request.va);
  }
  if (entry.ready_at <= there) {
    stats_.count_hit(request.replay);
    return TranslateAnswer::now(there, scratch_);
  }
  stats_.count_merged(request.replay);
  tell_miss(request, MissKind::kOnItsWay);
  story_.assign({{there, Part::kL1Tlb}, {entry.ready_at, Part::kMergeWait}});
  scratch_.story = &story_;
  return TranslateAnswer::now(entry.ready_at, scratch_);
}

// `present`: an entry that does not do, because a walk must set a bit first.
TranslateAnswer L1TlbModule::miss(const TranslateRequest& request, const TlbEntry* present) {
  // (1) An address that the format cannot express never leaves the core.
  if (!is_canonical(*control_.format, request.va)) {
    const Cycle there = ports_.take(request.at) + latency_;
    stats_.count_merged(request.replay);
    tell_miss(request, MissKind::kNotCanonical);
    ++stats_.faults;
    scratch_ = {};
    scratch_.verdict = Verdict::kFault;
    scratch_.fault = {FaultKind::kNonCanonical, request.va, control_.format->root_level()};
    return TranslateAnswer::now(there, scratch_);
  }

  // (2) The page is on its way: wait for it.
  const std::uint32_t open =
      present == nullptr ? slots_.find(request.asid, request.va) : TranslationSlots::kNone;
  if (open != TranslationSlots::kNone) {
    const Cycle there = ports_.take(request.at) + tlb_.miss_latency();
    stats_.count_merged(request.replay);
    tell_miss(request, MissKind::kJoined);
    slots_.join(open, 0, request, there);
    return TranslateAnswer::later();
  }

  // (3) A slot, or nothing has happened.
  if (!slots_.has_free(request.at)) return refuse(slots_.first_free(request.at));
  refused_ = false;
  if (blocks_) {
    open_from_ = kNever;
    tlb_.forget();
  }
  if (present != nullptr) tlb_.mark_used(present);
  const Cycle there = ports_.take(request.at) + tlb_.miss_latency();
  stats_.count_sent(request.replay);
  tell_miss(request, present != nullptr ? MissKind::kSentForBits : MissKind::kSent);
  const std::uint32_t slot = slots_.take(request.asid, request.va, request.at);
  slots_.join(slot, 0, request, there);
  TranslateRequest onward = request;
  onward.at = there;
  onward.id = slot;
  next->translate(onward);
  return TranslateAnswer::later();
}

void L1TlbModule::tell_miss(const TranslateRequest& request, MissKind kind) {
  if (classes_ != nullptr) classes_->missed(request, kind);
  if (observer_ != nullptr && !request.replay) observer_->missed(observed_as_, request);
}

void L1TlbModule::translated(std::uint32_t slot, Cycle at, const TranslateResult& result) {
  refill(tlb_, stats_, slots_[slot], result, at, control_.ad_update, classes_.get(),
         tells_next_ ? &exchange_ : nullptr);
  if (tells_next_) exchange_.tell(*next.operator->());
  slots_.answered(slot, at);
  if (blocks_) open_from_ = at + 1;
  for (const TranslationSlots::Waiter& waiter : slots_[slot].waiters) {
    const bool first = &waiter == &slots_[slot].waiters.front();
    TranslateResult own = result;
    own.fault.va = waiter.va;  // each of its own, though the walk's fault is one for all
    if (result.has_translation) {
      own.verdict = slots_[slot].is_stale_for(waiter, result.to)
                        ? Verdict::kNeedsWalk
                        : judge(result.to, waiter.kind, control_.ad_update, waiter.may_set_dirty,
                                waiter.context);
      if (own.verdict == Verdict::kFault) {
        own.fault = fault_at(result.to, waiter.kind, waiter.context, waiter.va);
      }
    } else if (!first && result.fault.kind == FaultKind::kAccessFault) {
      own.verdict = Verdict::kNeedsWalk;  // it may have been an update that only the first needed
    }
    tell(story_, slots_[slot], waiter, Part::kL1Tlb, at, result.story);
    own.story = &story_;
    if (own.verdict == Verdict::kFault) ++stats_.faults;
    if (warming_) {
      scratch_ = own;
    } else {
      in_reply->translated(waiter.id, at, own);
    }
  }
  if (!refused_) return;
  in_reply->translate_room(timeline_.now());  // what was refused may hit now
  in_reply->translate_room(std::max(at, timeline_.now()) + 1);
}

// The STLB never refuses a first level: it queues.
void L1TlbModule::translate_room(Cycle) {}

void L1TlbModule::drop(const HeldPage& page) {
  const bool was_here = mmu::drop(tlb_, stats_, page, classes_.get());
  // What was refused because the entry needed a walk may join an open slot now.
  if (was_here && refused_) in_reply->translate_room(timeline_.now());
}

void L1TlbModule::fence(const FenceScope& scope) {
  stats_.fenced += mmu::fence(tlb_, scope, classes_.get());
  slots_.fence(scope);
}

void L1TlbModule::hold(Cycle until) {
  held_until_ = until;
  if (refused_) in_reply->translate_room(timeline_.now());  // who was refused is held from now on
}

void L1TlbModule::explain_stall(std::ostream& out) const {
  out << name() << ": " << slots_.unanswered() << " misses wait for the second level"
      << (refused_ ? "; the core was refused\n" : "\n");
}

}  // namespace mmu
