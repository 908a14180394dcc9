// The course of a run, interval by interval, as comma-separated values.
#pragma once

#include <string>
#include <vector>

#include "sim/platform/result.hpp"

namespace mmu {

/// Two columns of totals at the end of the interval, then what happened in it. Only the line of
/// names if there are no intervals.
std::string intervals_csv(const std::vector<Interval>& intervals);

}  // namespace mmu
