// Which levels of TLB go together, and which can be inclusive or exclusive.
#pragma once

#include <optional>
#include <string>

#include "hw/mmu/mmu_params.hpp"

namespace mmu {

struct InclusionProblem {
  std::string path;  ///< of the knob: "mmu.stlb.inclusion"
  std::string text;
};

/// A second level is split only where the first is, and has an L2 ITLB only then. What is not so.
std::optional<InclusionProblem> second_level_problem(const MmuParams& params);

/// An inclusive or exclusive level has entries; an inclusive one holds pages of all sizes that a
/// level before it holds, of those that the format has. The first that is not so.
std::optional<InclusionProblem> inclusion_problem(const MmuParams& params);

}  // namespace mmu
