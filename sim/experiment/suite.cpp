#include "sim/experiment/suite.hpp"

#include <fnmatch.h>
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <set>

#include "hw/arch/errors.hpp"
#include "hw/arch/spelling.hpp"
#include "sim/experiment/experiment_file.hpp"
#include "sim/experiment/metrics.hpp"
#include "sim/experiment/sweep_directory.hpp"
#include "sim/presets/resolve_machine.hpp"
#include "sim/presets/toml_mistakes.hpp"

namespace mmu {
namespace {

const std::vector<std::string> kOwnKeys = {"figures", "tolerance"};

/// Every path that a result of this plan has, with what is above each: known without a run.
std::set<std::string> paths_of(const SweepPlan& plan, const RunSettings& options) {
  std::set<std::string> paths{"metrics"};
  const auto add_with_parents = [&](const std::string& path) {
    for (std::size_t dot = 0; dot != std::string::npos;) {
      dot = path.find('.', dot + 1);
      paths.insert(path.substr(0, dot));
    }
  };
  for (const SweepPoint& point : plan.points) {
    RunSubject subject;
    subject.machine = resolve_machine(point.machine, point.overrides);
    RunResult nothing;
    if (options.miss_classes) nothing.miss_classes.emplace();
    const Json result = result_json(subject, nothing);
    for (const Figure& figure : all_figures(expected_of(result, {}))) add_with_parents(figure.path);
  }
  for (const Metric& metric : metrics()) add_with_parents("metrics." + std::string(metric.name));
  return paths;
}

class Reader {
 public:
  Reader(Suite& suite, const std::set<std::string>& paths)
      : suite_(suite), paths_(paths), mistakes_(suite.source) {}
  void read(const toml::table& table);

 private:
  void mistake(const toml::node& node, const std::string& text) {
    mistakes_.add(node.source(), text);
  }
  void figures(const toml::node& node);
  void tolerances(const std::string& path, const toml::node& node);
  std::optional<Tolerance> tolerance_of(const toml::node& node) const;
  std::optional<std::string> whole_path(const std::string& path) const;
  std::string unknown(const std::string& path) const;
  bool is_compared(const std::string& path) const;

  Suite& suite_;
  const std::set<std::string>& paths_;
  TomlMistakes mistakes_;
};

/// Counters and metrics are also known by what follows "counters." and "metrics.".
std::optional<std::string> Reader::whole_path(const std::string& path) const {
  for (const char* const above : {"", "counters.", "metrics."}) {
    if (paths_.count(above + path) != 0) return above + path;
  }
  return std::nullopt;
}

std::string Reader::unknown(const std::string& path) const {
  const std::vector<std::string> all(paths_.begin(), paths_.end());
  std::vector<std::string> candidates = all;
  for (const std::string& known : all) {
    for (const std::string above : {"counters.", "metrics."}) {
      if (is_below(known, above.substr(0, above.size() - 1)) && known.size() > above.size()) {
        candidates.push_back(known.substr(above.size()));
      }
    }
  }
  return "no figure \"" + path + "\"; did you mean \"" + nearest_word(path, candidates) + "\"?";
}

void Reader::figures(const toml::node& node) {
  const toml::array* array = node.as_array();
  if (array == nullptr || array->empty()) {
    mistake(node, R"(figures must be a list of at least one path, e.g. ["cycles", "mmu.stlb"])");
    return;
  }
  for (const toml::node& element : *array) {
    const auto text = element.value<std::string>();
    const auto path = whole_path(text.value_or(""));
    if (path) {
      suite_.figures.push_back(*path);
    } else {
      mistake(element, text ? unknown(*text) : "figures: a path must be a text");
    }
  }
}

/// True if the path is above or below something that is compared.
bool Reader::is_compared(const std::string& path) const {
  if (suite_.figures.empty()) return !is_below(path, "metrics");
  return std::any_of(suite_.figures.begin(), suite_.figures.end(), [&](const std::string& chosen) {
    return is_below(path, chosen) || is_below(chosen, path);
  });
}

/// 3, 0.5: so much; "2 %": of what is expected; "exact".
std::optional<Tolerance> Reader::tolerance_of(const toml::node& node) const {
  Tolerance tolerance;
  if (const auto number = node.value<double>(); number && node.is_number()) {
    tolerance = {Tolerance::Kind::kAbsolute, *number};
  } else if (const auto text = node.value<std::string>(); text && *text != "exact") {
    const char* const end = text->data() + text->size();
    tolerance.kind = Tolerance::Kind::kPercent;
    const auto [stop, error] = std::from_chars(text->data(), end, tolerance.amount);
    const std::string unit(stop, end);
    if (error != std::errc() || (unit != "%" && unit != " %")) return std::nullopt;
  } else if (!text) {
    return std::nullopt;
  }
  return tolerance.amount >= 0 ? std::optional(tolerance) : std::nullopt;
}

void Reader::tolerances(const std::string& path, const toml::node& node) {
  if (const toml::table* table = node.as_table()) {
    for (const auto& [key, inner] : *table) {
      tolerances((path.empty() ? "" : path + ".") + std::string(key.str()), inner);
    }
    return;
  }
  const std::optional<Tolerance> tolerance = tolerance_of(node);
  const auto whole = path == "default" ? std::string() : whole_path(path);
  if (!tolerance) {
    mistake(node, "tolerance." + path +
                      " must be a number from 0 on, a percentage, e.g. \"2 %\", " + "or \"exact\"");
  } else if (!whole) {
    mistake(node, unknown(path));
  } else if (path != "default" && !is_compared(*whole)) {
    mistake(node, "tolerance." + path + ": " + *whole + " is not among the figures compared");
  } else {
    suite_.tolerances.push_back({*whole, *tolerance});
  }
}

void Reader::read(const toml::table& table) {
  if (const toml::node* node = table.get("baseline")) {
    mistake(*node, "a suite has no baseline: each case is compared with what it gave before");
  }
  if (const toml::node* node = table.get("figures")) figures(*node);
  if (const toml::node* node = table.get("tolerance")) {
    if (!node->is_table()) mistake(*node, "tolerance must be a table");
    if (node->is_table()) tolerances("", *node);
  }
  mistakes_.throw_if_any();
}

/// Names are names of files.
void check_names(const Suite& suite) {
  std::set<std::string> names;
  for (const SweepPoint& point : suite.plan.points) {
    if (!names.insert(point.name).second) {
      throw ConfigError(suite.source + ": two cases are called \"" + point.name + "\"");
    }
  }
}

}  // namespace

std::string Suite::expected_folder() const {
  const std::filesystem::path path(source);
  return (path.parent_path() / (path.stem().string() + "-expected")).string();
}

std::string Suite::expected_file(std::size_t i) const {
  return expected_folder() + "/" + plan.points[i].name + ".json";
}

Suite parse_suite(std::string_view text, const std::string& source) {
  Suite suite;
  suite.source = source;
  suite.experiment = parse_experiment(text, source, kOwnKeys);
  suite.experiment.baseline.clear();  // refused below, with its place
  suite.plan = plan_sweep(suite.experiment, PointNames::kWhole);
  check_names(suite);
  suite.machines = resolve_machines(suite.plan);
  const std::set<std::string> paths = paths_of(suite.plan, suite.experiment.options);
  Reader(suite, paths).read(toml::parse(text, std::string_view(source)));
  return suite;
}

Suite read_suite(const std::string& path) { return parse_suite(experiment_text(path), path); }

void keep_only(Suite& suite, const std::vector<std::string>& patterns) {
  if (patterns.empty()) return;
  std::set<std::size_t> kept;
  for (const std::string& pattern : patterns) {
    const std::string anywhere = "*" + pattern + "*";
    bool found = false;
    for (std::size_t i = 0; i < suite.plan.points.size(); ++i) {
      if (fnmatch(anywhere.c_str(), suite.plan.points[i].name.c_str(), 0) != 0) continue;
      kept.insert(i);
      found = true;
    }
    if (!found) throw ConfigError("--only " + pattern + ": no case of " + suite.source + " fits");
  }
  SweepPlan plan{suite.plan.columns, {}};
  std::vector<Json> machines;
  for (const std::size_t i : kept) {
    plan.points.push_back(suite.plan.points[i]);
    plan.points.back().baseline = plan.points.size() - 1;
    machines.push_back(suite.machines[i]);
  }
  suite.plan = std::move(plan);
  suite.machines = std::move(machines);
}

}  // namespace mmu
