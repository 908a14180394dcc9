// A walk that takes no time: what the baselines without translation costs look up.
#pragma once

#include "hw/arch/software_interface.hpp"
#include "hw/link/translation.hpp"

namespace mmu {

/// What the page table that `control` names says of `request` right now. Sets A and D where
/// hardware does so and rights allow it, whether or not the access is the oldest; so the verdict is
/// kOk or kFault. In bare mode PA is VA.
TranslateResult walk_at_once(const TranslationControl& control, PhysicalMemory& bytes,
                             const TranslateRequest& request);

}  // namespace mmu
