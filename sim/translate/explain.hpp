// One translation told step by step, for people.
#pragma once

#include <string>

#include "hw/arch/software_interface.hpp"
#include "sim/translate/fault_code.hpp"

namespace mmu {

/// The walk for `va` in `memory` as it is, which is not changed: each entry with all its bits, what
/// it leads to, and the end. Several lines.
std::string explain_translation(const TranslationControl& control, const PhysicalMemory& memory,
                                VirtAddr va, const FaultContext& access);

}  // namespace mmu
