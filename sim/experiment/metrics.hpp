// Figures of a result by name: for gates and for exports.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/result/result_json.hpp"

namespace mmu {

struct Metric {
  std::string_view name;
  double (*of)(const Json& result);
};

/// cycles, cpi, MPKI of each TLB, walks, translation share ...
const std::vector<Metric>& metrics();

/// The named metric, or a counter by its dotted path below "counters" ("mmu.stlb.evictions").
/// Throws ConfigError if the result has none of that name.
double metric_of(const Json& result, const std::string& name);

}  // namespace mmu
