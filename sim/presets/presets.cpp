#include "sim/presets/presets.hpp"

#include "preset_texts.hpp"

namespace mmu {

const std::vector<Preset>& presets() {
  static const std::vector<Preset> kPresets = {
      {"research-baseline", "", preset_texts::kResearchBaseline},
      {"champsim-default", "", preset_texts::kChampsimDefault},
      {"skylake", "", preset_texts::kSkylake},
      {"cva6", "riscv-small", preset_texts::kCva6},
  };
  return kPresets;
}

const Preset* find_preset(std::string_view name) {
  for (const Preset& preset : presets()) {
    if (preset.name == name || (!preset.alias.empty() && preset.alias == name)) return &preset;
  }
  return nullptr;
}

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const Preset& preset : presets()) {
    names.emplace_back(preset.name);
    if (!preset.alias.empty()) names.emplace_back(preset.alias);
  }
  return names;
}

}  // namespace mmu
