// The command line, from words to a command.
#pragma once

#include <iostream>
#include <optional>

#include "sim/command/cli_description.hpp"
#include "sim/command/commands.hpp"

namespace mmu {

struct ParsedCommandLine {
  std::optional<Command> command;  ///< absent if all is said: help, version, a usage error
  int exit_status = 0;             ///< then
};

/// Prints help and version to `out`, usage errors to `err`.
ParsedCommandLine parse_command_line(int argc, const char* const* argv,
                                     std::ostream& out = std::cout, std::ostream& err = std::cerr);

/// All commands and options, as data.
CommandDescription command_description();

}  // namespace mmu
