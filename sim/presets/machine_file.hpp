// Reads a machine file: TOML tables that follow the paths of the knobs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/presets/knob_table.hpp"

namespace mmu {

/// One `key = value` of a machine file, checked by itself.
struct MachineSetting {
  const Knob* knob = nullptr;
  KnobValue value;
  std::string origin;  ///< "my.toml:3:11"
};

struct MachineFile {
  std::string base;  ///< the preset that it starts from; empty: the defaults
  std::string base_origin;
  std::vector<MachineSetting> settings;  ///< in the order of the file
};

/// `source` names the text in messages. Throws ConfigError with every mistake found, one on a
/// line, each with line and column.
MachineFile parse_machine_file(std::string_view text, std::string_view source);

}  // namespace mmu
