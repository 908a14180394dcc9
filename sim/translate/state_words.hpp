// The state of the core in the words of a format's manual.
#pragma once

#include <string>
#include <vector>

#include "hw/arch/entry_fields.hpp"
#include "hw/arch/rights.hpp"

namespace mmu {

/// RISC-V: supervisor, sum, mxr. x86: supervisor, wp, smep, smap, ac. AArch64: el1, pan. What is
/// not named is off; nothing at all is user mode. Throws ConfigError for another word.
AccessContext read_state(Family family, const std::vector<std::string>& words);

}  // namespace mmu
