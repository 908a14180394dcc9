// The points of a sweep: every combination of the values given.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace mmu {

struct SweepPoint {
  std::string name;                    ///< of its directory: "mmu.stlb.entries=512,mmu.stlb.ways=4"
  std::vector<std::string> values;     ///< one for each varied key
  std::vector<std::string> overrides;  ///< "key=value", fixed ones included
};

struct SweepPlan {
  std::vector<std::string> keys;  ///< those with more than one value
  std::vector<SweepPoint> points;
};

/// `overrides`: "key=v1,v2,..." each. The last key varies fastest. Throws ConfigError for an
/// unknown key, a key or a value given twice, an empty value, or more than 100,000 points.
SweepPlan plan_sweep(const std::vector<std::string>& overrides);

}  // namespace mmu
