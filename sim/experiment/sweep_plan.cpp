#include "sim/experiment/sweep_plan.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

/// One value of a column, and what it does to a point.
struct Step {
  std::vector<std::string> values;     // shown
  std::vector<std::string> overrides;  // "key=value"
  std::string trace, machine;          // empty: as it is
};

struct Column {
  std::vector<std::string> names;
  std::vector<Step> steps;
};

/// How a trace or machine is called in names and tables.
std::string label_of(const std::string& path) {
  const std::filesystem::path file(path);
  return (file.extension() == ".toml" ? file.stem() : file.filename()).string();
}

/// Throws ConfigError if two steps have one name.
void check_names(const Column& column) {
  std::set<std::string> labels;
  for (const Step& step : column.steps) {
    if (labels.insert(step.values[0]).second) continue;
    throw ConfigError("two entries of " + column.names[0] + "s are called \"" + step.values[0] +
                      "\"");
  }
}

Column traces_of(const Experiment& experiment) {
  Column column{{"trace"}, {}};
  for (const std::string& file : experiment.traces) {
    column.steps.push_back({{label_of(file)}, {}, file, {}});
  }
  check_names(column);
  return column;
}

Column machines_of(const Experiment& experiment) {
  Column column{{"machine"}, {}};
  for (const std::string& machine : experiment.machines) {
    column.steps.push_back({{label_of(machine)}, {}, {}, machine});
  }
  for (const Variant& variant : experiment.variants) {
    column.steps.push_back({{variant.name}, variant.overrides, {}, variant.machine});
  }
  check_names(column);
  return column;
}

Column column_of(const Axis& axis) {
  Column column{axis.keys, {}};
  for (const std::vector<std::string>& values : axis.steps) {
    Step step{values, {}, {}, {}};
    for (std::size_t k = 0; k < axis.keys.size(); ++k) {
      step.overrides.push_back(axis.keys[k] + "=" + values[k]);
    }
    column.steps.push_back(std::move(step));
  }
  return column;
}

std::vector<Column> columns_of(const Experiment& experiment) {
  std::vector<Column> columns{traces_of(experiment), machines_of(experiment)};
  std::set<std::string> keys;
  for (const Axis& axis : experiment.axes) {
    for (const std::string& key : axis.keys) {
      if (!keys.insert(key).second) throw ConfigError(key + " is given twice");
    }
    columns.push_back(column_of(axis));
  }
  return columns;
}

/// Traces and machines speak for themselves in a whole name.
std::string name_part(const std::string& column, const std::string& value, PointNames names) {
  const bool bare = names == PointNames::kWhole && (column == "trace" || column == "machine");
  return bare ? value : column + "=" + value;
}

bool is_shown(const Column& column, PointNames names) {
  return names == PointNames::kWhole || column.steps.size() > 1;
}

SweepPoint with(const SweepPoint& point, const Column& column, const Step& step, PointNames names) {
  SweepPoint next = point;
  next.overrides.insert(next.overrides.end(), step.overrides.begin(), step.overrides.end());
  if (!step.trace.empty()) next.trace = step.trace;
  if (!step.machine.empty()) next.machine = step.machine;
  if (!is_shown(column, names)) return next;
  for (std::size_t k = 0; k < column.names.size(); ++k) {
    next.values.push_back(step.values[k]);
    next.name += (next.name.empty() ? "" : ",") + name_part(column.names[k], step.values[k], names);
  }
  std::replace(next.name.begin(), next.name.end(), '/', '_');
  return next;
}

/// Names of directories stay within what file systems allow.
void shorten_names(std::vector<SweepPoint>& points, PointNames names) {
  constexpr std::size_t kLongest = 200;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const bool is_long = points[i].name.size() > kLongest;
    if (is_long && names == PointNames::kWhole) {
      throw ConfigError(points[i].name + ": longer than " + std::to_string(kLongest) +
                        " characters, as the name of a file; [[variants]] have short ones");
    }
    if (is_long) points[i].name = "point-" + std::to_string(i);
    if (points[i].name.empty()) points[i].name = "base";
  }
}

std::string as_text(const std::map<std::string, std::string>& settings) {
  std::string text;
  for (const auto& [key, value] : settings) {
    text += (text.empty() ? "" : ", ") + key + " = " + value;
  }
  return text;
}

/// A point has the baseline's values in every column but trace and seed.
void choose_baselines(SweepPlan& plan, const std::map<std::string, std::string>& wanted) {
  std::vector<std::string> values = plan.points.front().values;
  for (const auto& [key, value] : wanted) {
    const auto column = std::find(plan.columns.begin(), plan.columns.end(), key);
    if (column == plan.columns.end()) throw ConfigError("baseline: " + key + " does not vary");
    values[static_cast<std::size_t>(column - plan.columns.begin())] = value;
  }
  std::map<std::vector<std::string>, std::size_t> by_values;
  for (std::size_t i = 0; i < plan.points.size(); ++i) by_values[plan.points[i].values] = i;
  for (SweepPoint& point : plan.points) {
    std::vector<std::string> of_point = values;
    for (std::size_t k = 0; k < values.size(); ++k) {
      if (plan.columns[k] == "trace" || plan.columns[k] == "seed") of_point[k] = point.values[k];
    }
    const auto found = by_values.find(of_point);
    if (found == by_values.end()) {
      throw ConfigError("baseline: no point has " + as_text(wanted));
    }
    point.baseline = found->second;
  }
}

}  // namespace

SweepPlan plan_sweep(const Experiment& experiment, PointNames names) {
  constexpr std::size_t kMostPoints = 100'000;
  SweepPlan plan;
  plan.points.emplace_back();
  for (const Column& column : columns_of(experiment)) {
    if (is_shown(column, names)) {
      plan.columns.insert(plan.columns.end(), column.names.begin(), column.names.end());
    }
    if (plan.points.size() * column.steps.size() > kMostPoints) {
      throw ConfigError("more than " + std::to_string(kMostPoints) + " combinations");
    }
    std::vector<SweepPoint> points;
    for (const SweepPoint& point : plan.points) {
      for (const Step& step : column.steps) points.push_back(with(point, column, step, names));
    }
    plan.points = std::move(points);
  }
  shorten_names(plan.points, names);
  choose_baselines(plan, experiment.baseline);
  return plan;
}

}  // namespace mmu
