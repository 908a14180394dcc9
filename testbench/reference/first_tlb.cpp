#include "testbench/reference/first_tlb.hpp"

#include <utility>

namespace mmu::reference {

FirstTlb::FirstTlb(unsigned number, const TlbParams& params, MmuParams::Mode mode,
                   std::uint64_t seed, const TranslationControl& control, PhysicalMemory& memory,
                   Stlb& stlb, Reply reply)
    : number_(number),
      params_(params),
      mode_(mode),
      control_(control),
      memory_(memory),
      stlb_(stlb),
      reply_(std::move(reply)),
      port_{params.lookups_per_cycle},
      entries_(number == 0 ? "mmu.itlb" : "mmu.dtlb", params, *control.format, seed),
      slots_(params.miss_slots) {}

void FirstTlb::count(const TranslateRequest& request, std::uint64_t TlbStats::*how) {
  ++(request.replay ? stats.replays : stats.accesses);
  if (request.replay) {
    if (how == &TlbStats::sent) ++stats.replays_sent;
    return;
  }
  if (how != &TlbStats::hits) ++stats.misses;
  ++(stats.*how);
}

TranslateAnswer FirstTlb::ask(Cycle at, const TranslateRequest& request, std::size_t access) {
  if (request.context.has(AccessContext::kBare)) return answer_bare(at, request);
  if (mode_ != MmuParams::Mode::kNormal) return answer_as_baseline(at, request);
  using Kind = TranslateAnswer::Kind;
  if (at < held_until) {
    Outcome again;
    again.at = held_until;
    return {Kind::kHeld, again};
  }
  if (!params_.hit_under_miss && !all_free(slots_, at)) {
    ++stats.refused;
    return {};
  }
  const Cycle p = port_.first(at);

  // (1) Present.
  const bool canonical = is_canonical(*control_.format, request.va);
  const TlbEntry* entry = canonical ? entries_.find(request.asid, request.va, false) : nullptr;
  const bool needs_walk =
      entry != nullptr && judge(entry->to, request.kind, control_.ad_update, request.may_set_dirty,
                                request.context) == Verdict::kNeedsWalk;
  if (entry != nullptr && !needs_walk) {
    port_.take(p);
    entries_.find(request.asid, request.va, true);
    return answer_present(*entry, request, p + entries_.latency(entry));
  }
  // (2) An address that no page table can map.
  if (!canonical) {
    port_.take(p);
    count(request, &TlbStats::hits);
    ++stats.faults;
    const Fault fault{FaultKind::kNonCanonical, request.va, 0};
    const Cycle known = p + params_.latency_cycles;
    return {Kind::kNow, {known, Verdict::kFault, fault, {}, {{known, Part::kL1Tlb}}}};
  }
  // (3) Asked for already.
  Slot* slot = needs_walk ? nullptr : open_slot(slots_, request, control_.format->levels[0].lsb);
  const bool merge = slot != nullptr;
  // (4) A miss.
  if (!merge) slot = free_slot(slots_, at);
  if (slot == nullptr) {
    ++stats.refused;
    return {};
  }
  const Cycle there = p + entries_.latency(nullptr);
  port_.take(p);
  if (needs_walk) entries_.find(request.asid, request.va, true);
  count(request, merge ? &TlbStats::merged : &TlbStats::sent);
  if (!merge) {
    slot->take(request);
    stlb_.send(there, request, {number_, static_cast<std::size_t>(slot - slots_.data())});
  }
  slot->join({request, access, there});
  return {Kind::kLater, {}};
}

// PA is VA, at once, and nobody counts it (section 4).
TranslateAnswer FirstTlb::answer_bare(Cycle at, const TranslateRequest& request) {
  Outcome outcome;
  outcome.at = at;
  outcome.to.base = PhysAddr(request.va.value() & ~std::uint64_t{0xfff});
  outcome.to.page_shift = 12;
  outcome.to.accessed = outcome.to.dirty = true;
  outcome.story = {{at, Part::kL1Tlb}};
  return {TranslateAnswer::Kind::kNow, outcome};
}

// Section 11.
TranslateAnswer FirstTlb::answer_as_baseline(Cycle at, const TranslateRequest& request) {
  const bool free = mode_ == MmuParams::Mode::kNoTranslation;
  const Cycle p = free ? at : port_.first(at);
  if (!free) port_.take(p);
  count(request, &TlbStats::hits);
  Outcome outcome = look_in_table(request);
  outcome.at = free ? p : p + params_.latency_cycles;
  if (outcome.verdict == Verdict::kFault) {
    ++stats.faults;
    if (free) outcome.at = at + 1;
  }
  outcome.story = {{outcome.at, Part::kL1Tlb}};
  return {TranslateAnswer::Kind::kNow, outcome};
}

Outcome FirstTlb::look_in_table(const TranslateRequest& request) {
  const PageTableFormat& format = *control_.format;
  Outcome outcome;
  if (!is_canonical(format, request.va)) {
    outcome.verdict = Verdict::kFault;
    outcome.fault = {FaultKind::kNonCanonical, request.va, format.root_level()};
    return outcome;
  }
  TranslateRequest rightful = request;
  rightful.may_set_dirty = true;
  Walk walk(format, request.va, control_.root);
  for (;;) {
    const PhysAddr at = walk.entry_address();
    std::uint64_t pte = memory_.load(at, format.pte_bytes);
    const WalkStep before = Walk(walk).consume(pte);
    pte =
        with_ad_bits(format, pte, before, request.kind, control_.ad_update, true, request.context);
    memory_.store(at, format.pte_bytes, pte);
    const WalkStep step = walk.consume(pte);
    if (const Fault* fault = std::get_if<Fault>(&step)) {
      outcome.verdict = Verdict::kFault;
      outcome.fault = *fault;
      return outcome;
    }
    if (const Translation* to = std::get_if<Translation>(&step)) {
      outcome.to = *to;
      judge_for(rightful, format, control_.ad_update, outcome);
      return outcome;
    }
  }
}

TranslateAnswer FirstTlb::answer_present(const TlbEntry& entry, const TranslateRequest& request,
                                         Cycle there) {
  const bool hit = entry.ready_at <= there;
  count(request, hit ? &TlbStats::hits : &TlbStats::merged);
  Outcome outcome;
  outcome.at = hit ? there : entry.ready_at;
  outcome.to = entry.to;
  outcome.story = {{there, Part::kL1Tlb}};
  if (!hit) outcome.story.push_back({outcome.at, Part::kMergeWait});
  judge_for(request, *control_.format, control_.ad_update, outcome);
  if (outcome.verdict == Verdict::kFault) ++stats.faults;
  return {TranslateAnswer::Kind::kNow, outcome};
}

void FirstTlb::answer(std::size_t number, const Outcome& reply) {
  Slot& slot = slots_[number];
  slot.waits = false;
  slot.until = reply.at;
  if (reply.verdict == Verdict::kOk && !reply.passes_by &&
      may_enter(slot, reply.to, control_.ad_update)) {
    const Exchange exchange = enter_all(entries_, slot, reply, stats);
    for (const TlbEntry& page : exchange.entered) stlb_.took(page);
    for (const TlbEntry& page : exchange.given_up) stlb_.gave_up(page);
  }
  const Slot answered = slot;
  for (const Waiter& waiter : answered.waiters) {
    const Outcome outcome = outcome_for(answered, waiter, reply);
    if (outcome.verdict == Verdict::kFault) ++stats.faults;
    reply_(waiter.access, outcome);
  }
}

Outcome FirstTlb::outcome_for(const Slot& slot, const Waiter& waiter, const Outcome& reply) const {
  Outcome outcome = reply;
  outcome.story.clear();
  add_segment(outcome.story, waiter.there, Part::kL1Tlb, reply.at);
  if (&waiter == slot.waiters.data()) {
    outcome.story.insert(outcome.story.end(), reply.story.begin(), reply.story.end());
  } else {
    outcome.story.push_back({reply.at, Part::kMergeWait});
  }
  if (reply.verdict == Verdict::kOk) {
    if (slot.dropped(reply.to, waiter.joined)) {
      outcome.verdict = Verdict::kNeedsWalk;
    } else {
      judge_for(waiter.request, *control_.format, control_.ad_update, outcome);
    }
  }
  outcome.fault.va = waiter.request.va;
  return outcome;
}

void FirstTlb::drop(const TlbEntry& page) {
  if (entries_.remove(page)) ++stats.back_invalidated;
}

void FirstTlb::fence(const FenceScope& scope) {
  entries_.fence(scope, stats);
  for (Slot& slot : slots_) {
    if (slot.waits) slot.fences.push_back(scope);
  }
}

}  // namespace mmu::reference
