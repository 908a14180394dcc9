#include "hw/mmu/mmu_module.hpp"

#include <sstream>

#include "hw/common/log.hpp"

namespace mmu {

MmuModule::MmuModule(const sc_core::sc_module_name& name, const MmuParams& params,
                     const TranslationControl& control, PhysicalMemory& bytes, std::uint64_t seed,
                     TimelineModule& timeline)
    : sc_module(name),
      timeline_(timeline),
      itlb_("itlb", "mmu.itlb", params.itlb, control, seed, timeline),
      dtlb_("dtlb", "mmu.dtlb", params.dtlb, control, seed, timeline),
      stlb_("stlb", params.stlb, control, seed, timeline),
      walker_("walker", params.walker, params.walk_cache, control, bytes, seed, timeline) {
  itlb_.next.bind(stlb_.in[0]);
  dtlb_.next.bind(stlb_.in[1]);
  stlb_.in_reply[0].bind(itlb_.next_reply);
  stlb_.in_reply[1].bind(dtlb_.next_reply);
  stlb_.next.bind(walker_.in);
  walker_.in_reply.bind(stlb_.next_reply);
  if (params.mode == MmuParams::Mode::kNormal) return;
  perfect_itlb_.emplace("perfect_itlb", params.mode, params.itlb, control, bytes);
  perfect_dtlb_.emplace("perfect_dtlb", params.mode, params.dtlb, control, bytes);
}

void MmuModule::observe(TranslationObserver& observer) {
  itlb_.observe(observer);
  dtlb_.observe(observer);
  stlb_.observe(observer);
  walker_.observe(observer);
}

void MmuModule::fence(const FenceScope& scope) {
  log_message(LogSource::kFence, LogLevel::kDebug, timeline_.now(), [&] {
    std::ostringstream out;
    out << "fence of " << (scope.leaf_only ? "leaves of " : "");
    if (scope.asid) out << "ASID " << *scope.asid << ", ";
    if (scope.va) {
      out << "VA 0x" << std::hex << scope.va->value();
    } else {
      out << "all addresses";
    }
    return out.str();
  });
  itlb_.fence(scope);
  dtlb_.fence(scope);
  stlb_.fence(scope);
  walker_.fence(scope);
}

void MmuModule::explain_stall(std::ostream& out) const {
  itlb_.explain_stall(out);
  dtlb_.explain_stall(out);
  stlb_.explain_stall(out);
  walker_.explain_stall(out);
}

}  // namespace mmu
