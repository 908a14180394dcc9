#include "sim/command/sweep_plan.hpp"

#include <algorithm>

#include "hw/arch/errors.hpp"
#include "sim/presets/resolve_machine.hpp"

namespace mmu {
namespace {

struct Axis {
  std::string key;
  std::vector<std::string> values;
};

Axis read_axis(const std::string& text) {
  const auto [key, list] = split_override(text);
  Axis axis{key, {}};
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    const std::string value = list.substr(begin, end - begin);
    if (value.empty()) throw ConfigError("--set " + text + ": a value is missing");
    if (std::find(axis.values.begin(), axis.values.end(), value) != axis.values.end()) {
      throw ConfigError("--set " + text + ": the value " + value + " is given twice");
    }
    axis.values.push_back(value);
    begin = end + 1;
  }
  return axis;
}

std::vector<Axis> read_axes(const std::vector<std::string>& overrides) {
  std::vector<Axis> axes;
  for (const std::string& text : overrides) {
    Axis axis = read_axis(text);
    for (const Axis& earlier : axes) {
      if (earlier.key == axis.key) throw ConfigError("--set " + axis.key + " is given twice");
    }
    axes.push_back(std::move(axis));
  }
  return axes;
}

/// Adds a setting to the name of a point's directory; names stay within what file systems allow.
void extend_name(std::string& name, const std::string& setting) {
  name += (name.empty() ? "" : ",") + setting;
  std::replace(name.begin(), name.end(), '/', '_');
}

void shorten_names(std::vector<SweepPoint>& points) {
  constexpr std::size_t kLongest = 200;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i].name.size() > kLongest) points[i].name = "point-" + std::to_string(i);
    if (points[i].name.empty()) points[i].name = "base";
  }
}

}  // namespace

SweepPlan plan_sweep(const std::vector<std::string>& overrides) {
  constexpr std::size_t kMostPoints = 100'000;
  SweepPlan plan;
  plan.points.emplace_back();
  for (const Axis& axis : read_axes(overrides)) {
    const bool varies = axis.values.size() > 1;
    if (varies) plan.keys.push_back(axis.key);
    if (plan.points.size() * axis.values.size() > kMostPoints) {
      throw ConfigError("--set: more than " + std::to_string(kMostPoints) + " combinations");
    }
    std::vector<SweepPoint> points;
    for (const SweepPoint& point : plan.points) {
      for (const std::string& value : axis.values) {
        SweepPoint& next = points.emplace_back(point);
        const std::string setting = axis.key + "=" + value;
        next.overrides.push_back(setting);
        if (varies) next.values.push_back(value);
        if (varies) extend_name(next.name, setting);
      }
    }
    plan.points = std::move(points);
  }
  shorten_names(plan.points);
  return plan;
}

}  // namespace mmu
