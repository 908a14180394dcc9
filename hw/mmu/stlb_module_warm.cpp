// Warm-up of a TLB behind the first level (docs/timing.md, section 12).
#include "hw/mmu/stlb_module.hpp"

namespace mmu {

void StlbModule::warm(std::uint32_t requester, const TranslateRequest& request) {
  const TlbEntry* entry = tlb_.look_up(request.asid, request.va);
  if (entry != nullptr) {
    const Verdict verdict = judge(entry->result.to, request.kind, control_.ad_update,
                                  request.may_set_dirty, request.context);
    tlb_.mark_used(entry);
    if (verdict != Verdict::kNeedsWalk) {
      entry->prefetched = false;
      return hit(requester, request, *entry, verdict, 0);
    }
  }
  tell_miss(request, entry != nullptr ? MissKind::kSentForBits : MissKind::kSent);
  TranslateRequest onward = request;
  onward.id = slots_.take(request.asid, request.va, 1);
  slots_.join(onward.id, requester, request, 0);
  next->warm(onward);
}

void StlbModule::start_counting() {
  stats_ = {};
  held_until_ = 0;
  if (classes_ != nullptr) classes_->start_counting();
}

}  // namespace mmu
