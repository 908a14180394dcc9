// The command line as data: for completion in shells, and for the manual page. Made from what
// parses it, so that neither can be out of date.
#pragma once

#include <string>
#include <vector>

#include "sim/command/cli_app.hpp"

namespace mmu {

struct OptionDescription {
  std::vector<std::string> names;  ///< "-m", "--machine"; of an argument one without dashes
  std::string value;               ///< what it takes: "FILE"; empty: it is a flag
  std::vector<std::string> choices;
  std::string help;
  std::string by_default;
  bool is_argument = false;
  bool required = false;
  bool repeats = false;  ///< takes several values

  /// "-m, --machine PRESET|FILE", "TRACE"
  std::string usage() const;
};

struct CommandDescription {
  std::string name, help, footer;
  std::vector<OptionDescription> options;  ///< arguments among them
  std::vector<CommandDescription> commands;

  /// "run [OPTIONS] TRACE"
  std::string usage() const;
};

/// Hidden commands are left out.
CommandDescription describe(const CLI::App& app);

}  // namespace mmu
