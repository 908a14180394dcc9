// A comparison as one page of HTML that works from a file, without a network.
#pragma once

#include <string>

#include "sim/experiment/comparison_set.hpp"

namespace mmu {

std::string report_page(const ComparisonSet& set);

}  // namespace mmu
