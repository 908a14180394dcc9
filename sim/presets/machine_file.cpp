#include "sim/presets/machine_file.hpp"

#include <toml++/toml.h>

#include <algorithm>

#include "hw/arch/errors.hpp"
#include "sim/presets/toml_mistakes.hpp"

namespace mmu {
namespace {

/// Walks the tables of one file.
class Reader {
 public:
  explicit Reader(std::string_view source) : source_(source), mistakes_(source) {}

  void read(const toml::table& table, const std::string& path);
  MachineFile finish();

 private:
  std::string place(const toml::source_region& region) const {
    return place_text(source_, region.begin);
  }
  void mistake(const toml::source_region& region, const std::string& text) {
    mistakes_.add(region, text);
  }
  void member(const toml::key& key, const toml::node& node, const std::string& path);
  void setting(const Knob& knob, const toml::node& node);

  std::string source_;
  MachineFile file_;
  TomlMistakes mistakes_;
};

std::string type_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a text";
    case toml::node_type::integer:
      return "a number";
    case toml::node_type::floating_point:
      return "a number with a fraction";
    case toml::node_type::boolean:
      return "true or false";
    default:
      return "a date or time";
  }
}

bool is_group(const std::string& path) {
  return std::any_of(knob_groups().begin(), knob_groups().end(),
                     [&](const KnobGroup& group) { return group.path == path; });
}

void Reader::setting(const Knob& knob, const toml::node& node) {
  KnobValue value;
  if (const auto* number = node.as_integer()) {
    if (number->get() < 0) {
      mistake(node.source(), knob.path + " = " + std::to_string(number->get()) + ": must be " +
                                 allowed_values(knob));
      return;
    }
    value = static_cast<std::uint64_t>(number->get());
  } else if (const auto* flag = node.as_boolean()) {
    value = flag->get();
  } else if (const auto* text = node.as_string()) {
    value = text->get();
  } else {
    mistake(node.source(),
            knob.path + " is " + type_of(node) + ": must be " + allowed_values(knob));
    return;
  }
  try {
    file_.settings.push_back({&knob, accept_value(knob, value), place(node.source())});
  } catch (const ConfigError& error) {
    mistake(node.source(), error.what());
  }
}

void Reader::member(const toml::key& key, const toml::node& node, const std::string& path) {
  if (path == "base") {
    if (const auto* text = node.as_string()) {
      file_.base = text->get();
      file_.base_origin = place(node.source());
    } else {
      mistake(node.source(), "base is " + type_of(node) + ": must be the name of a preset");
    }
  } else if (const Knob* knob = find_knob(path)) {
    setting(*knob, node);
  } else if (is_group(path)) {
    if (const auto* inner = node.as_table()) {
      read(*inner, path);
    } else {
      mistake(node.source(), path + " is " + type_of(node) + ": must be a table, [" + path + "]");
    }
  } else {
    mistake(key.source(),
            "unknown key \"" + path + "\"; did you mean \"" + nearest_knob_path(path) + "\"?");
  }
}

void Reader::read(const toml::table& table, const std::string& path) {
  for (const auto& [key, node] : table) {
    member(key, node, (path.empty() ? "" : path + ".") + std::string(key.str()));
  }
}

MachineFile Reader::finish() {
  mistakes_.throw_if_any();
  return std::move(file_);
}

}  // namespace

MachineFile parse_machine_file(std::string_view text, std::string_view source) {
  try {
    Reader reader(source);
    reader.read(toml::parse(text, source), "");
    return reader.finish();
  } catch (const toml::parse_error& error) {
    throw ConfigError(place_text(source, error.source().begin) + ": " +
                      std::string(error.description()));
  }
}

}  // namespace mmu
