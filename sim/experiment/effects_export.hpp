// Comparisons for other programs.
#pragma once

#include <string>
#include <vector>

#include "sim/experiment/effects.hpp"

namespace mmu {

/// {baseline, runs, effects: [{machine, settings, runs, cycles, parts}], results: [...]}; shares of
/// the baseline's cycles, 0.01 for 1 %.
Json effects_json(const ComparisonSet& set, const std::vector<Effect>& effects);

/// A line for each result: its figures, and its cycles an instruction relative to the baseline of
/// its run.
std::string comparison_csv(const ComparisonSet& set);

}  // namespace mmu
