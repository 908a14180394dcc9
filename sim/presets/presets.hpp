// The named machines. Each is a machine file of its own beside this header, built into the program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mmu {

struct Preset {
  std::string_view name;
  std::string_view alias;  ///< a second name; empty if none
  std::string_view toml;   ///< the text of its machine file
};

/// The machine of a run that names none.
inline constexpr std::string_view kDefaultPreset = "research-baseline";

/// In the order in which `machine list` shows them.
const std::vector<Preset>& presets();

/// By name or alias; nullptr if there is none.
const Preset* find_preset(std::string_view name);

/// All names and aliases.
std::vector<std::string> preset_names();

}  // namespace mmu
