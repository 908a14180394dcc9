// What each machine changes against the baseline, and which parts of the cycle stack are
// responsible.
#pragma once

#include <string>
#include <vector>

#include "hw/link/story.hpp"
#include "sim/experiment/comparison_set.hpp"

namespace mmu {

/// Of the baseline's cycles an instruction, how many more (positive) or fewer a part takes.
struct PartEffect {
  Part part = Part::kIssue;
  double share = 0;
};

struct Effect {
  std::size_t machine = 0;            ///< of the set
  std::vector<std::string> settings;  ///< "mmu.stlb.entries 1536 -> 768"; none: the baseline itself
  std::size_t runs = 0;               ///< that both have
  double change = 0;              ///< of cycles an instruction: geometric mean over runs, less 1
  std::vector<PartEffect> parts;  ///< means over runs, the largest changes first
};

/// Of every machine that has a run in common with the baseline, the largest change first.
std::vector<Effect> effects_of(const ComparisonSet& set);

/// In the words of a sentence: "PTE reads at level 0 from memory".
std::string in_words(Part part);

/// Table of all effects with the parts that are responsible.
std::string effects_text(const ComparisonSet& set, const std::vector<Effect>& effects);

}  // namespace mmu
