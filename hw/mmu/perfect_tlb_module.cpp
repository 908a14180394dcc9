#include "hw/mmu/perfect_tlb_module.hpp"

#include <algorithm>

namespace mmu {

PerfectTlbModule::PerfectTlbModule(const sc_core::sc_module_name& name, MmuParams::Mode mode,
                                   const TlbParams& params, const TranslationControl& control,
                                   PhysicalMemory& bytes)
    : sc_module(name),
      control_(control),
      bytes_(bytes),
      latency_(mode == MmuParams::Mode::kPerfectTlb ? params.latency_cycles : 0),
      ports_(mode == MmuParams::Mode::kPerfectTlb ? params.lookups_per_cycle : 0) {
  in.bind(*this);
}

TranslateAnswer PerfectTlbModule::translate(const TranslateRequest& request) {
  result_ = walk_at_once(control_, bytes_, request);
  if (request.context.has(AccessContext::kBare)) {
    untranslated_ += request.replay ? 0 : 1;
    return TranslateAnswer::now(request.at, result_);
  }
  const Cycle there = ports_.take(request.at) + latency_;
  stats_.count_hit(request.replay);
  if (result_.verdict != Verdict::kFault) return TranslateAnswer::now(there, result_);
  ++stats_.faults;
  return TranslateAnswer::now(std::max(there, request.at + 1), result_);
}

}  // namespace mmu
