// A limit on how much worse a figure may become: the gate of a regression.
#pragma once

#include <string>
#include <vector>

#include "sim/experiment/comparison_set.hpp"

namespace mmu {

struct Gate {
  std::string metric;
  double percent = 0;  ///< more than the baseline's, at most
};

/// "cycles=1.5". Throws ConfigError for anything else.
Gate read_gate(const std::string& text);

/// A sentence for each result that is above the gate. Throws ConfigError for an unknown metric.
std::vector<std::string> above(const ComparisonSet& set, const Gate& gate);

}  // namespace mmu
