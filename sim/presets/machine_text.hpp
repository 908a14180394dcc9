// Writes a machine as a machine file.
#pragma once

#include <string>

#include "sim/platform/platform_params.hpp"

namespace mmu {

/// Every knob. With `explain`, a comment beside each gives range or choices, unit and meaning.
/// Reading the text back gives the same machine.
std::string machine_as_toml(const MachineParams& machine, bool explain);

}  // namespace mmu
