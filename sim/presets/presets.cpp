#include "sim/presets/presets.hpp"

#include "preset_texts.hpp"

namespace mmu {

const std::vector<Preset>& presets() {
  static const std::vector<Preset> kPresets = {
      {"research-baseline", "", preset_texts::kResearchBaseline},
      {"champsim-default", "", preset_texts::kChampsimDefault},
      {"skylake", "", preset_texts::kSkylake},
      {"golden-cove", "", preset_texts::kGoldenCove},
      {"zen2", "", preset_texts::kZen2},
      {"jaguar", "", preset_texts::kJaguar},
      {"cortex-a53", "", preset_texts::kCortexA53},
      {"cortex-a55", "", preset_texts::kCortexA55},
      {"cortex-a72", "", preset_texts::kCortexA72},
      {"cortex-a76", "", preset_texts::kCortexA76},
      {"u74", "", preset_texts::kU74},
      {"rocket", "", preset_texts::kRocket},
      {"cva6", "riscv-small", preset_texts::kCva6},
      {"xiangshan", "", preset_texts::kXiangshan},
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
