// What a walk must look like: decisions of the walk automaton, cycles of docs/timing.md, section 5.
#pragma once

#include "testbench/cosim/ptw_bench.hpp"

namespace mmu {

/// Changes `memory` as the walk does.
PtwSeen expected_walk(const PtwPlan& plan, PhysicalMemory& memory);

}  // namespace mmu
