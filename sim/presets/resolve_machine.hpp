// From what the user names and overrides to a machine that keeps all rules.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/platform/platform_params.hpp"

namespace mmu {

/// "key=value" taken apart. Throws ConfigError if it is none, or the key is unknown (names the
/// nearest).
std::pair<std::string, std::string> split_override(const std::string& text);

/// `machine`: a preset's name, or a machine file (ends in ".toml", or has a '/'). Starts from the
/// defaults, the file's base, the file; then come the overrides, "key=value" each, no key twice.
/// Throws ConfigError with every mistake; those that span several knobs say which setting is to
/// blame and where it stands.
MachineParams resolve_machine(const std::string& machine,
                              const std::vector<std::string>& overrides);

/// The same for the text of a machine file.
MachineParams resolve_machine_text(std::string_view text, const std::string& source,
                                   const std::vector<std::string>& overrides);

}  // namespace mmu
