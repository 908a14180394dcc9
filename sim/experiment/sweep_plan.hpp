// The points of a sweep: every combination of what an experiment varies.
#pragma once

#include <cstdint>
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

/// What the name of a point is made of.
enum class PointNames : std::uint8_t {
  kVarying,  ///< what varies: "machine=cva6,seed=2"; "base" if nothing does
  kWhole,    ///< all: "sort.mmt,cva6,seed=2"; stays the same when the plan grows
};

/// Traces vary slowest, then machines; the last axis varies fastest. A point's baseline has its
/// trace and its seed. Throws ConfigError for a key in two axes, more than 100,000 points, two
/// traces or machines of one name, a whole name that is too long, or a baseline that is none of the
/// points.
SweepPlan plan_sweep(const Experiment& experiment, PointNames names = PointNames::kVarying);

}  // namespace mmu
