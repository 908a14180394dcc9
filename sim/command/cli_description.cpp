#include "sim/command/cli_description.hpp"

#include <CLI/CLI.hpp>

namespace mmu {
namespace {

/// CLI11 tells the choices of an option in the name of its type: "NAME:{auto,own}".
void read_type(const std::string& text, OptionDescription& option) {
  const std::size_t brace = text.find(":{");
  option.value = text.substr(0, text.find(':'));
  if (brace == std::string::npos) return;
  const std::size_t end = text.find('}', brace);
  for (std::size_t at = brace + 2; at < end;) {
    const std::size_t comma = std::min(text.find(',', at), end);
    option.choices.push_back(text.substr(at, comma - at));
    at = comma + 1;
  }
}

OptionDescription describe_option(const CLI::Option& option) {
  OptionDescription description;
  for (const std::string& name : option.get_snames()) description.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) description.names.push_back("--" + name);
  description.is_argument = description.names.empty();
  if (description.is_argument) description.names.push_back(option.get_name(true));
  if (option.get_items_expected_max() > 0) read_type(option.get_type_name(), description);
  if (description.is_argument) description.value = description.names[0];
  description.help = option.get_description();
  description.by_default = option.get_default_str();
  description.required = option.get_required();
  description.repeats = option.get_items_expected_max() > 1;
  return description;
}

}  // namespace

std::string OptionDescription::usage() const {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return is_argument || value.empty() ? text : text + " " + value;
}

std::string CommandDescription::usage() const {
  std::string text = name;
  bool has_options = false;
  for (const OptionDescription& option : options) has_options |= !option.is_argument;
  if (has_options) text += " [OPTIONS]";
  for (const OptionDescription& option : options) {
    if (!option.is_argument) continue;
    const std::string word = option.names[0] + (option.repeats ? "..." : "");
    text += option.required ? " " + word : " [" + word + "]";
  }
  return text;
}

CommandDescription describe(const CLI::App& app) {
  CommandDescription description{app.get_name(), app.get_description(), app.get_footer(), {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    description.options.push_back(describe_option(*option));
  }
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->get_group().empty()) continue;
    description.commands.push_back(describe(*command));
    std::string& footer = description.commands.back().footer;
    if (footer == description.footer) footer.clear();  // CLI11 hands it down
  }
  return description;
}

}  // namespace mmu
