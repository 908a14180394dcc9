#include "sim/presets/dram_knobs.hpp"

#include <algorithm>

#include "hw/arch/errors.hpp"

namespace mmu {

const std::vector<KnobOf<DramControllerParams>>& dram_knobs() {
  static const KnobList<DramControllerParams> kList("dram");
  return kList.knobs;
}

void set_dram_knob(DramControllerParams& params, const std::string& setting) {
  const std::size_t equals = setting.find('=');
  const auto knob = std::find_if(dram_knobs().begin(), dram_knobs().end(), [&](const auto& each) {
    return each.path == setting.substr(0, equals);
  });
  if (equals == std::string::npos || knob == dram_knobs().end()) {
    std::string paths;
    for (const auto& each : dram_knobs()) paths += " " + each.path;
    throw ConfigError("--set " + setting + ": must be KEY=VALUE, KEY one of" + paths);
  }
  knob->set(params, parse_value(*knob, setting.substr(equals + 1)));
}

}  // namespace mmu
