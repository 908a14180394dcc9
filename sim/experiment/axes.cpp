#include <algorithm>

#include "hw/arch/errors.hpp"
#include "sim/experiment/experiment.hpp"
#include "sim/presets/resolve_machine.hpp"

namespace mmu {
namespace {

Axis read_axis(const std::string& text) {
  const auto [key, list] = split_override(text);
  Axis axis{{key}, {}};
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    const std::vector<std::string> step{list.substr(begin, end - begin)};
    if (step[0].empty()) throw ConfigError("--set " + text + ": a value is missing");
    if (std::find(axis.steps.begin(), axis.steps.end(), step) != axis.steps.end()) {
      throw ConfigError("--set " + text + ": the value " + step[0] + " is given twice");
    }
    axis.steps.push_back(step);
    begin = end + 1;
  }
  return axis;
}

}  // namespace

std::vector<Axis> axes_of(const std::vector<std::string>& overrides) {
  std::vector<Axis> axes;
  for (const std::string& text : overrides) {
    Axis axis = read_axis(text);
    for (const Axis& earlier : axes) {
      if (earlier.keys == axis.keys) throw ConfigError("--set " + axis.keys[0] + " is given twice");
    }
    axes.push_back(std::move(axis));
  }
  return axes;
}

}  // namespace mmu
