// How long page walks took, as comma-separated values.
#pragma once

#include <string>

#include "hw/common/histogram.hpp"

namespace mmu {

/// Of each percent from 1 to 100, the cycles that so many percent of the walks took at most. Only
/// the line of names if there was no walk.
std::string walk_latency_csv(const Histogram& latency);

}  // namespace mmu
