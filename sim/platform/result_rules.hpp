#pragma once

#include "sim/platform/result.hpp"

namespace mmu {

/// Throws ModelError unless the figures of a run that came to its end add up.
void check_sums(const RunResult& result);

}  // namespace mmu
