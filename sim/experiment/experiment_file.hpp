// Reads an experiment's file; docs/sweeps.md describes it.
#pragma once

#include <string>
#include <string_view>

#include "sim/experiment/experiment.hpp"

namespace mmu {

/// `source`: its path, for messages; traces and machine files are named relative to its folder.
/// Throws ConfigError with every mistake found, one on a line, each with line and column.
Experiment parse_experiment(std::string_view text, const std::string& source);

/// The same for a file. Throws ConfigError too if it cannot be read.
Experiment read_experiment(const std::string& path);

}  // namespace mmu
