// What an experiment varies: traces, machines, and axes of knobs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/experiment/run_settings.hpp"

namespace mmu {

/// Knobs that change together. One key: a plain axis; several: zipped.
struct Axis {
  std::vector<std::string> keys;
  std::vector<std::vector<std::string>> steps;  ///< each with a value for each key
};

/// A machine with overrides of its own.
struct Variant {
  std::string name;
  std::string machine;                 ///< preset or machine file
  std::vector<std::string> overrides;  ///< "key=value"
};

struct Experiment {
  std::vector<std::string> traces;              ///< files
  std::vector<std::string> machines;            ///< presets or machine files
  std::vector<Variant> variants;                ///< further machines
  std::vector<Axis> axes;                       ///< crossed with each other
  std::map<std::string, std::string> baseline;  ///< column -> value; the first where absent
  RunSettings options;  ///< of every run; machine, overrides, out and trace are unused
};

/// `overrides`: "key=v1,v2,..." each. Throws ConfigError for an unknown key, a key or a value given
/// twice, or an empty value.
std::vector<Axis> axes_of(const std::vector<std::string>& overrides);

}  // namespace mmu
