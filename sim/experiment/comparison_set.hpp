// Many results, ordered for comparison: which have the same machine, which the same trace, and
// which one each is compared with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/result/comparison.hpp"

namespace mmu {

struct ComparisonSet {
  struct Entry {
    NamedResult result;
    std::string directory;                ///< that holds it
    std::size_t machine = 0;              ///< index into machines
    std::size_t run = 0;                  ///< index into runs
    std::optional<std::size_t> baseline;  ///< entry of the baseline's machine and the same run
  };
  struct Machine {
    std::string name;
    Json knobs;  ///< without what names and explains it, and the seed
  };

  std::vector<Entry> entries;
  std::vector<Machine> machines;  ///< in the order of their first entries
  std::vector<std::string> runs;  ///< names: trace, limits, seed
  std::size_t baseline = 0;       ///< index into machines
  bool has_sweep = false;         ///< a whole sweep was named
};

/// `paths`: result directories, result.json files, sweeps (all points that are done). `baseline`: a
/// path or the name of a point; empty: the baseline of the first sweep if it is named first, else
/// the first result. Throws InputError for what is none of these, ConfigError if the baseline is
/// not among them, or fewer than two results are.
ComparisonSet comparison_set(const std::vector<std::string>& paths, const std::string& baseline);

}  // namespace mmu
