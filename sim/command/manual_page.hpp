// The manual page, from the description of the command line.
#pragma once

#include <string>

#include "sim/command/cli_description.hpp"

namespace mmu {

/// For section 1, in the man macros of roff. `version`: "mmusim 0.1.0".
std::string manual_page(const CommandDescription& program, const std::string& version);

}  // namespace mmu
