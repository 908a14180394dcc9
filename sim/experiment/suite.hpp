// A regression suite: runs, and which of their figures must stay what they are.
// docs/regress.md describes the file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/experiment/expected_figures.hpp"
#include "sim/experiment/experiment.hpp"
#include "sim/experiment/sweep_plan.hpp"

namespace mmu {

struct Suite {
  std::string source;  ///< path of its file
  Experiment experiment;
  SweepPlan plan;                    ///< a point for each case; names are whole
  std::vector<Json> machines;        ///< of each case
  std::vector<std::string> figures;  ///< paths of what is compared; empty: all
  std::vector<ToleranceRule> tolerances;

  /// "dir/nightly.toml" keeps what it expects in "dir/nightly-expected".
  std::string expected_folder() const;
  std::string expected_file(std::size_t i) const;
};

/// Throws ConfigError with the mistakes found, one on a line, each with line and column.
Suite parse_suite(std::string_view text, const std::string& source);

/// The same for a file. Throws ConfigError too if it cannot be read.
Suite read_suite(const std::string& path);

/// Keeps the cases whose name fits one of the patterns, as a shell's, anywhere in it. Throws
/// ConfigError for a pattern that fits none.
void keep_only(Suite& suite, const std::vector<std::string>& patterns);

}  // namespace mmu
