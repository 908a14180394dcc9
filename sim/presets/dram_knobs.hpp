// The knobs of the DRAM controller by path, "dram.cl" ...
#pragma once

#include <string>
#include <vector>

#include "hw/dram/dram_controller_params.hpp"
#include "sim/presets/knob.hpp"

namespace mmu {

const std::vector<KnobOf<DramControllerParams>>& dram_knobs();

/// "dram.KNOB=VALUE". Throws ConfigError that names the knob and what is allowed.
void set_dram_knob(DramControllerParams& params, const std::string& setting);

}  // namespace mmu
