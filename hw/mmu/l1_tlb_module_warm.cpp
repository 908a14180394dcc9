// Warm-up of a first-level TLB: the same decisions outside of time (docs/timing.md, section 12).
#include "hw/mmu/l1_tlb_module.hpp"

namespace mmu {

const TranslateResult& L1TlbModule::warm_up(const TranslateRequest& request) {
  if (request.context.has(AccessContext::kBare)) return scratch_ = identity_translation(request.va);
  const TlbEntry* entry = tlb_.look_up(request.asid, request.va);
  if (entry != nullptr) {
    const Verdict verdict = judge(entry->result.to, request.kind, control_.ad_update,
                                  request.may_set_dirty, request.context);
    tlb_.mark_used(entry);
    if (verdict != Verdict::kNeedsWalk && classes_ != nullptr) {
      classes_->used(request.asid, request.va, entry->result.to);
    }
    if (verdict == Verdict::kOk) return entry->result;
    if (verdict == Verdict::kFault) return *slow_hit(request, *entry, verdict, 0).result;
  } else if (!is_canonical(*control_.format, request.va)) {
    return *miss(request, nullptr).result;
  }
  tell_miss(request, entry != nullptr ? MissKind::kSentForBits : MissKind::kSent);
  TranslateRequest onward = request;
  onward.id = slots_.take(request.asid, request.va, 1);
  slots_.join(onward.id, 0, request, 0);
  warming_ = true;
  next->warm(onward);
  warming_ = false;
  return scratch_;
}

void L1TlbModule::start_counting() {
  stats_ = {};
  untranslated_ = 0;
  ports_.restart();
  held_until_ = 0;
  if (classes_ != nullptr) classes_->start_counting();
}

}  // namespace mmu
