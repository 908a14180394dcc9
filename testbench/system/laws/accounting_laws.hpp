// The identities that the counters of every finished run keep, whatever machine and program.
#pragma once

#include <string>

#include "sim/platform/platform_params.hpp"
#include "sim/platform/result.hpp"

namespace mmu::test {

/// One line for each identity that `result` breaks: "itlb.misses = itlb.merged + itlb.sent: 5
/// against 4". Requires a run that ended with Outcome::kDone.
std::string broken_laws(const MachineParams& machine, const RunResult& result);

}  // namespace mmu::test
