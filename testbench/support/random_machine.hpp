// Machines in which every knob binds now and then.
#pragma once

#include <cstdint>

#include "sim/platform/platform_params.hpp"

namespace mmu::test {

/// Small structures, few slots, odd clock ratios, cheap traps. Always a machine that can be built;
/// the same seed gives the same machine.
MachineParams random_machine(std::uint64_t seed);

}  // namespace mmu::test
