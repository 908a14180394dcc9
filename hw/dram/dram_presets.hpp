// Parameter sets of the DRAM controller: the speed bins of DDR4, and what other simulators use.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hw/dram/dram_controller_params.hpp"

namespace mmu {

std::vector<std::string_view> dram_preset_names();
std::optional<DramControllerParams> dram_preset(std::string_view name);

}  // namespace mmu
