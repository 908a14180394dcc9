// How tests run a whole machine: held against the rules of sim/check.
#pragma once

#include "sim/platform/simulate.hpp"

namespace mmu::test {

inline RunResult simulate_checked(const MachineParams& machine, TraceSource& trace,
                                  RunOptions options = {}) {
  options.check = true;
  return simulate(machine, trace, options);
}

}  // namespace mmu::test
