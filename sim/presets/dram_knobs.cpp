#include "sim/presets/dram_knobs.hpp"

#include <algorithm>

#include "hw/arch/errors.hpp"
#include "hw/dram/dram_presets.hpp"

namespace mmu {

const std::vector<KnobOf<DramControllerParams>>& dram_knobs() {
  static const KnobList<DramControllerParams> kList("dram");
  return kList.knobs;
}

namespace {

/// Without the paths' "dram.", as "KNOB=VALUE".
void set_by_name(DramControllerParams& params, const std::string& setting) {
  const std::size_t equals = setting.find('=');
  const auto knob = std::find_if(dram_knobs().begin(), dram_knobs().end(), [&](const auto& each) {
    return each.name() == setting.substr(0, equals);
  });
  if (equals == std::string::npos || knob == dram_knobs().end()) {
    std::string names;
    for (const auto& each : dram_knobs()) names += " " + std::string(each.name());
    throw ConfigError("\"" + setting + "\" must be KEY=VALUE, KEY one of" + names);
  }
  knob->set(params, parse_value(*knob, setting.substr(equals + 1)));
}

}  // namespace

void set_dram_knob(DramControllerParams& params, const std::string& setting) {
  const std::string prefix = "dram.";
  try {
    if (setting.rfind(prefix, 0) != 0) throw ConfigError("keys begin with \"dram.\"");
    set_by_name(params, setting.substr(prefix.size()));
  } catch (const ConfigError& error) {
    throw ConfigError("--set " + setting + ": " + error.what());
  }
}

DramControllerParams dram_controller(const std::string& text) {
  const std::string name = text.substr(0, text.find(':'));
  const auto preset = dram_preset(name);
  if (!preset) {
    std::string names;
    for (const std::string_view known : dram_preset_names()) names += " " + std::string(known);
    throw ConfigError("no DRAM preset \"" + name + "\"; there are" + names);
  }
  DramControllerParams params = *preset;
  for (std::size_t at = name.size(); at < text.size();) {
    const std::size_t end = std::min(text.find(',', at + 1), text.size());
    set_by_name(params, text.substr(at + 1, end - at - 1));
    at = end;
  }
  check(params);
  return params;
}

}  // namespace mmu
