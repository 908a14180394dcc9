#include "sim/experiment/experiment_file.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "hw/arch/errors.hpp"
#include "hw/arch/spelling.hpp"
#include "sim/presets/knob_table.hpp"
#include "sim/presets/presets.hpp"
#include "sim/presets/toml_mistakes.hpp"
#include "traces/workloads/workload.hpp"

namespace mmu {
namespace {

const std::vector<std::string> kMembers = {"traces", "machines", "variants", "seeds",
                                           "axes",   "baseline", "options",  "zip"};
const std::vector<std::string> kVariantMembers = {"name", "machine", "set"};

std::vector<std::string> option_names() {
  std::vector<std::string> names;
  for (const auto& option : kNumberOptions) names.emplace_back(option.name);
  for (const auto& option : kFlagOptions) names.emplace_back(option.key);
  names.emplace_back("format");
  return names;
}

class Reader {
 public:
  Reader(const std::string& source, const std::vector<std::string>& others)
      : source_(source),
        folder_(std::filesystem::path(source).parent_path()),
        others_(others),
        members_(kMembers),
        mistakes_(source) {
    members_.insert(members_.end(), others.begin(), others.end());
  }
  Experiment read(const toml::table& table);

 private:
  void mistake(const toml::source_region& region, const std::string& text) {
    mistakes_.add(region, text);
  }
  void member(const toml::key& key, const toml::node& node);
  void option(const toml::key& key, const toml::node& node);
  void baseline(const std::string& path, const toml::node& node);
  struct PlacedAxis {
    toml::source_position at;
    Axis axis;
  };
  void axes(const std::string& path, const toml::node& node, std::vector<PlacedAxis>& into);
  void tables(const std::string& name, const toml::node& node,
              void (Reader::*one)(const toml::table&));
  const Knob* knob_of(const std::string& path, const toml::node& node);
  void zip(const toml::table& table);
  void variant(const toml::table& table);
  void overrides(const std::string& path, const toml::node& node, Variant& into);
  void seeds(const toml::node& node);
  void set(std::uint64_t& option, const std::string& key, const toml::node& node);
  void set(bool& option, const std::string& key, const toml::node& node);
  void set(traces::TraceFormat& option, const std::string& key, const toml::node& node);

  std::optional<std::string> text_of(const toml::node& node) const;
  std::vector<std::string> texts(const std::string& what, const toml::node& node);
  std::string beside(const std::string& path) const { return (folder_ / path).string(); }
  /// A preset's name stays as it is.
  std::string machine_of(const std::string& name) const {
    return std::filesystem::path(name).extension() == ".toml" ? beside(name) : name;
  }
  void finish();

  std::string source_;
  std::filesystem::path folder_;
  const std::vector<std::string>& others_;  // keys that somebody else reads
  std::vector<std::string> members_;        // all of them
  Experiment experiment_;
  std::vector<PlacedAxis> axes_;
  TomlMistakes mistakes_;
};

/// A number, a switch or a text, as on the command line.
std::optional<std::string> Reader::text_of(const toml::node& node) const {
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  if (const auto* text = node.as_string()) return text->get();
  return std::nullopt;
}

std::vector<std::string> Reader::texts(const std::string& what, const toml::node& node) {
  std::vector<std::string> values;
  const toml::array* array = node.as_array();
  if (array == nullptr || array->empty()) {
    mistake(node.source(), what + " must be a list of at least one value, [...]");
    return values;
  }
  for (const toml::node& element : *array) {
    const auto value = text_of(element);
    if (!value) {
      mistake(element.source(), what + ": neither a number nor a text nor true or false");
    } else if (std::find(values.begin(), values.end(), *value) != values.end()) {
      mistake(element.source(), what + ": " + *value + " is given twice");
    } else {
      values.push_back(*value);
    }
  }
  return values;
}

/// Tables below `node` are parts of a knob's path: mmu.stlb.entries = [512, 1024].
void Reader::axes(const std::string& path, const toml::node& node, std::vector<PlacedAxis>& into) {
  if (const toml::table* table = node.as_table()) {
    for (const auto& [key, inner] : *table) {
      axes((path.empty() ? "" : path + ".") + std::string(key.str()), inner, into);
    }
    return;
  }
  const Knob* knob = knob_of(path, node);
  if (knob == nullptr) return;
  Axis axis{{path}, {}};
  for (const std::string& value : texts(path, node)) {
    try {
      parse_value(*knob, value);
      axis.steps.push_back({value});
    } catch (const ConfigError& error) {
      mistake(node.source(), error.what());
    }
  }
  into.push_back({node.source().begin, std::move(axis)});
}

void Reader::tables(const std::string& name, const toml::node& node,
                    void (Reader::*one)(const toml::table&)) {
  const toml::array* array = node.as_array();
  const std::string text = name + " must be tables, [[" + name + "]]";
  for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
    if (const toml::table* table = array->get_as<toml::table>(i)) {
      (this->*one)(*table);
    } else {
      mistake(node.source(), text);
    }
  }
  if (array == nullptr) mistake(node.source(), text);
}

const Knob* Reader::knob_of(const std::string& path, const toml::node& node) {
  const Knob* knob = find_knob(path);
  if (knob == nullptr) {
    mistake(node.source(),
            "unknown knob \"" + path + "\"; did you mean \"" + nearest_knob_path(path) + "\"?");
  }
  return knob;
}

void Reader::zip(const toml::table& table) {
  std::vector<PlacedAxis> apart;
  axes("", table, apart);
  Axis together;
  for (const auto& [at, axis] : apart) {
    const Axis& first = apart[0].axis;
    if (axis.steps.size() != first.steps.size()) {
      mistake(table.source(), "zip: " + first.keys[0] + " has " +
                                  std::to_string(first.steps.size()) + " values and " +
                                  axis.keys[0] + " has " + std::to_string(axis.steps.size()));
      return;
    }
    together.keys.push_back(axis.keys[0]);
    together.steps.resize(axis.steps.size());
    for (std::size_t i = 0; i < axis.steps.size(); ++i) {
      together.steps[i].push_back(axis.steps[i][0]);
    }
  }
  if (!together.keys.empty()) axes_.push_back({table.source().begin, std::move(together)});
}

/// Knobs below `node` with one value each: mmu.stlb.entries = 512.
void Reader::overrides(const std::string& path, const toml::node& node, Variant& into) {
  if (const toml::table* table = node.as_table()) {
    for (const auto& [key, inner] : *table) {
      overrides((path.empty() ? "" : path + ".") + std::string(key.str()), inner, into);
    }
    return;
  }
  if (path.empty()) {
    mistake(node.source(), "set must be a table, e.g. { mmu.stlb.entries = 512 }");
    return;
  }
  const Knob* knob = knob_of(path, node);
  if (knob == nullptr) return;
  const std::string value = text_of(node).value_or("");
  try {
    parse_value(*knob, value);
    into.overrides.push_back(path + "=" + value);
  } catch (const ConfigError& error) {
    mistake(node.source(), error.what());
  }
}

void Reader::variant(const toml::table& table) {
  Variant variant{"", std::string(kDefaultPreset), {}};
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    if (name == "set") {
      overrides("", node, variant);
    } else if (name != "name" && name != "machine") {
      mistake(key.source(), "unknown key \"" + name + "\"; did you mean \"" +
                                nearest_word(name, kVariantMembers) + "\"?");
    } else if (const auto text = node.value<std::string>()) {
      (name == "name" ? variant.name : variant.machine) =
          name == "name" ? *text : machine_of(*text);
    } else {
      mistake(node.source(), name + " must be a text");
    }
  }
  if (variant.name.empty()) mistake(table.source(), "a variant must have a name");
  experiment_.variants.push_back(std::move(variant));
}

void Reader::seeds(const toml::node& node) {
  Axis axis{{"seed"}, {}};
  for (const std::string& seed : texts("seeds", node)) axis.steps.push_back({seed});
  axes_.push_back({node.source().begin, std::move(axis)});
}

void Reader::baseline(const std::string& path, const toml::node& node) {
  if (const toml::table* table = node.as_table()) {
    for (const auto& [key, inner] : *table) {
      baseline((path.empty() ? "" : path + ".") + std::string(key.str()), inner);
    }
  } else if (const auto value = text_of(node); value && !path.empty()) {
    experiment_.baseline[path] = *value;
  } else {
    mistake(node.source(), "baseline must be a table of values, e.g. { machine = \"cva6\" }");
  }
}

void Reader::set(std::uint64_t& option, const std::string& key, const toml::node& node) {
  const auto* number = node.as_integer();
  if (number == nullptr || number->get() < 0) {
    mistake(node.source(), "options." + key + " must be a whole number from 0 on");
  } else {
    option = static_cast<std::uint64_t>(number->get());
  }
}

void Reader::set(bool& option, const std::string& key, const toml::node& node) {
  const auto* flag = node.as_boolean();
  if (flag == nullptr) {
    mistake(node.source(), "options." + key + " must be true or false");
  } else {
    option = flag->get();
  }
}

void Reader::set(traces::TraceFormat& option, const std::string& key, const toml::node& node) {
  const auto* text = node.as_string();
  if (const auto format = traces::format_of_name(text == nullptr ? "" : text->get())) {
    option = *format;
    return;
  }
  std::string names;
  for (const std::string_view name : traces::kTraceFormatNames) {
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  mistake(node.source(), "options." + key + " must be one of " + names);
}

void Reader::option(const toml::key& key, const toml::node& node) {
  RunSettings& to = experiment_.options;
  const std::string name(key.str());
  for (const auto& number : kNumberOptions) {
    if (name == number.name) return set(to.*number.member, name, node);
  }
  for (const auto& flag : kFlagOptions) {
    if (name == flag.key) return set(to.*flag.member, name, node);
  }
  if (name == "format") {
    set(to.format, name, node);
  } else {
    mistake(key.source(), "unknown option \"" + name + "\"; did you mean \"" +
                              nearest_word(name, option_names()) + "\"?");
  }
}

void Reader::member(const toml::key& key, const toml::node& node) {
  const std::string name(key.str());
  const toml::table* table = node.as_table();
  if ((name == "axes" || name == "options" || name == "baseline") && table == nullptr) {
    mistake(node.source(), name + " must be a table");
  } else if (name == "traces") {
    for (const std::string& trace : texts(name, node)) {
      experiment_.traces.push_back(traces::names_workload(trace) ? trace : beside(trace));
    }
  } else if (name == "machines") {
    for (const std::string& machine : texts(name, node)) {
      experiment_.machines.push_back(machine_of(machine));
    }
  } else if (name == "variants") {
    tables(name, node, &Reader::variant);
  } else if (name == "seeds") {
    seeds(node);
  } else if (name == "axes") {
    axes("", node, axes_);
  } else if (name == "zip") {
    tables(name, node, &Reader::zip);
  } else if (name == "baseline") {
    baseline("", node);
  } else if (name == "options") {
    for (const auto& [inner_key, inner] : *table) option(inner_key, inner);
  } else if (std::find(others_.begin(), others_.end(), name) == others_.end()) {
    mistake(key.source(),
            "unknown key \"" + name + "\"; did you mean \"" + nearest_word(name, members_) + "\"?");
  }
}

void Reader::finish() {
  mistakes_.throw_if_any();
  if (experiment_.traces.empty()) {
    throw ConfigError(source_ + ": no traces; e.g. traces = [\"a.mmt\"]");
  }
}

Experiment Reader::read(const toml::table& table) {
  for (const auto& [key, node] : table) member(key, node);
  finish();
  std::stable_sort(axes_.begin(), axes_.end(), [](const PlacedAxis& a, const PlacedAxis& b) {
    return stands_before(a.at, b.at);
  });
  for (PlacedAxis& placed : axes_) experiment_.axes.push_back(std::move(placed.axis));
  if (experiment_.machines.empty() && experiment_.variants.empty()) {
    experiment_.machines = {std::string(kDefaultPreset)};
  }
  return std::move(experiment_);
}

}  // namespace

Experiment parse_experiment(std::string_view text, const std::string& source,
                            const std::vector<std::string>& others) {
  try {
    return Reader(source, others).read(toml::parse(text, std::string_view(source)));
  } catch (const toml::parse_error& error) {
    throw ConfigError(place_text(source, error.source().begin) + ": " +
                      std::string(error.description()));
  }
}

Experiment read_experiment(const std::string& path) {
  return parse_experiment(experiment_text(path), path);
}

std::string experiment_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in || std::filesystem::is_directory(path)) {
    throw ConfigError(path + ": cannot read this experiment");
  }
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace mmu
