// The points of a sweep: every combination of what an experiment varies.
#pragma once

#include <string>
#include <vector>

#include "sim/experiment/experiment.hpp"

namespace mmu {

struct SweepPoint {
  std::string name;                    ///< of its directory: "mmu.stlb.entries=512,mmu.stlb.ways=4"
  std::string trace;                   ///< file
  std::string trace_hash;              ///< as in its result; empty if it is not known beforehand
  std::string machine;                 ///< preset or machine file
  std::vector<std::string> overrides;  ///< "key=value", fixed ones included
  std::vector<std::string> values;     ///< one for each column
  std::size_t baseline = 0;            ///< the point that this one is compared with
};

struct SweepPlan {
  std::vector<std::string> columns;  ///< what varies: "trace", "machine", keys
  std::vector<SweepPoint> points;
};

/// Traces vary slowest, then machines; the last axis varies fastest. A point's baseline has its
/// trace and its seed. Throws ConfigError for a key in two axes, more than 100,000 points, two
/// traces or machines of one name, or a baseline that is none of the points.
SweepPlan plan_sweep(const Experiment& experiment);

}  // namespace mmu
