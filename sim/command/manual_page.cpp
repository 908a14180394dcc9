#include "sim/command/manual_page.hpp"

#include <algorithm>

namespace mmu {
namespace {

/// Text as roff: backslashes, dashes that stay dashes, and no line that looks like a request.
std::string roff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (out.empty() || out.back() == '\n') {
      if (c == '.' || c == '\'') out += "\\&";
    }
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

/// Footers are broken by hand for terminals; a page breaks its own lines.
std::string joined(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

std::string option_text(const OptionDescription& option) {
  std::string help = roff(joined(option.help));
  if (!option.choices.empty()) {
    help += ": ";
    for (std::size_t i = 0; i < option.choices.size(); ++i) {
      help += (i == 0 ? "" : ", ") + roff(option.choices[i]);
    }
  }
  if (!option.by_default.empty()) help += " (default: " + roff(option.by_default) + ")";
  return ".TP\n.B " + roff(option.usage()) + "\n" + help + "\n";
}

/// Commands of commands stand under their whole name: "trace convert".
void add_command(const CommandDescription& command, const std::string& above, std::string& out) {
  const std::string name = above.empty() ? command.name : above + " " + command.name;
  if (!command.commands.empty()) {
    for (const CommandDescription& inner : command.commands) add_command(inner, name, out);
    return;
  }
  out += ".SS " + roff(above.empty() ? "" : above + " ") + roff(command.usage()) + "\n";
  out += roff(command.help) + ".\n";
  for (const OptionDescription& option : command.options) {
    if (option.names.back() != "--help") out += option_text(option);  // the program's says it
  }
  if (!command.footer.empty()) out += ".PP\n" + roff(joined(command.footer)) + "\n";
}

}  // namespace

std::string manual_page(const CommandDescription& program, const std::string& version) {
  std::string out = R"(.TH MMUSIM 1 "" ")" + roff(version) + "\" \"User commands\"\n";
  const std::size_t colon = program.help.find(": ");
  out += ".SH NAME\nmmusim \\- " + roff(program.help.substr(colon + 2)) + "\n";
  out += ".SH SYNOPSIS\n.B mmusim\nCOMMAND [OPTIONS] ...\n";
  out += ".SH OPTIONS\n";
  for (const OptionDescription& option : program.options) out += option_text(option);
  out += ".SH COMMANDS\n";
  for (const CommandDescription& command : program.commands) add_command(command, "", out);
  out += ".SH NOTES\n" + roff(joined(program.footer)) + "\n";
  out +=
      ".PP\nEvery knob of a machine: \"mmusim machine show\". All pages of the documentation lie "
      "in the folder\n.I doc/mmusim\nof the installation's share.\n";
  return out;
}

}  // namespace mmu
