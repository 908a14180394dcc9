// All knobs of a machine in one flat table, by path: made from the structs' own fields().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/platform/platform_params.hpp"
#include "sim/presets/knob.hpp"

namespace mmu {

using Knob = KnobOf<MachineParams>;

/// In the order of the structs.
const std::vector<Knob>& knobs();
/// The top first (empty path), then in the order of the structs.
const std::vector<KnobGroup>& knob_groups();

/// nullptr if there is none of this path.
const Knob* find_knob(std::string_view path);
/// The knob or group whose path is spelled most like `path`.
std::string nearest_knob_path(std::string_view path);

}  // namespace mmu
