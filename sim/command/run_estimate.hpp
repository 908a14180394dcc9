// How long a run will take, from a short one.
#pragma once

#include <optional>

#include "sim/experiment/sweep_plan.hpp"

namespace mmu {

/// Seconds, from the first instructions of the point's trace on its machine; no value if nobody
/// knows how long the trace is. Throws as a run does.
std::optional<double> estimated_seconds(const SweepPoint& point, const RunSettings& options);

}  // namespace mmu
