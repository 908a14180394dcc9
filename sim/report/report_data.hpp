// What the report page draws.
#pragma once

#include "sim/experiment/comparison_set.hpp"

namespace mmu {

/// Reads attribution.json, intervals.csv and walk_latency.csv beside each result, where they are
/// there.
Json report_data(const ComparisonSet& set);

}  // namespace mmu
