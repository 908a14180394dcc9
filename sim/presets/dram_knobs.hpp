// The knobs of the DRAM controller by path, "dram.cl" ..., and by a line of text.
#pragma once

#include <string>
#include <vector>

#include "hw/dram/dram_controller_params.hpp"
#include "sim/presets/knob.hpp"

namespace mmu {

const std::vector<KnobOf<DramControllerParams>>& dram_knobs();

/// "dram.KNOB=VALUE". Throws ConfigError that names the knob and what is allowed.
void set_dram_knob(DramControllerParams& params, const std::string& setting);

/// A preset and changes of its knobs: "ddr4-3200", "ddr4-2400:ranks=2,row_policy=closed". Throws
/// ConfigError that says what is wrong with it.
DramControllerParams dram_controller(const std::string& text);

}  // namespace mmu
