// Reads an experiment's file; docs/sweeps.md describes it.
#pragma once

#include <string>
#include <string_view>

#include "sim/experiment/experiment.hpp"

namespace mmu {

/// `source`: its path, for messages; traces and machine files are named relative to its folder.
/// Throws ConfigError with every mistake found, one on a line, each with line and column.
/// `others`: keys of the file that the caller reads itself.
Experiment parse_experiment(std::string_view text, const std::string& source,
                            const std::vector<std::string>& others = {});

/// The same for a file. Throws ConfigError too if it cannot be read.
Experiment read_experiment(const std::string& path);

/// What the file holds. Throws ConfigError if it cannot be read.
std::string experiment_text(const std::string& path);

}  // namespace mmu
