// Rules that a machine must keep, found without building it.
#pragma once

#include <string>
#include <vector>

#include "sim/platform/platform_params.hpp"

namespace mmu {

struct MachineProblem {
  std::string path;  ///< the knob to blame
  std::string text;  ///< "mmu.stlb.ways = 7 does not divide mmu.stlb.entries = 1536"
};

/// All rules that `machine` breaks: ranges of single knobs, and shapes that span several.
std::vector<MachineProblem> machine_problems(const MachineParams& machine);

/// Throws ConfigError with all problems, one on a line.
void check_machine(const MachineParams& machine);

}  // namespace mmu
