#pragma once

#include "hw/link/translate_if.hpp"
#include "hw/mmu/miss_classes.hpp"

namespace mmu {

/// Stands before a first-level TLB and tells the miss classes of every look-up that finds an entry;
/// of the others the TLB tells them. Without it the hit path has no trace of them.
///
///     core ──► in ──► next ──► TLB
class LookUpTapModule : public sc_core::sc_module, private TranslateIf {
 public:
  sc_core::sc_export<TranslateIf> in{"in"};
  sc_core::sc_port<TranslateIf> next{"next"};

  LookUpTapModule(const sc_core::sc_module_name& name, MissClasses& classes)
      : sc_module(name), classes_(classes) {
    in.bind(*this);
  }

 private:
  TranslateAnswer translate(const TranslateRequest& request) override {
    const TranslateAnswer answer = next->translate(request);
    if (answer.is_now() && answer.result->has_translation &&
        !request.context.has(AccessContext::kBare)) {
      classes_.used(request.asid, request.va, answer.result->to);
    }
    return answer;
  }

  MissClasses& classes_;
};

}  // namespace mmu
