// The slowest accesses of a run, each with its whole story: for people, and slowest.json.
#pragma once

#include <string>
#include <vector>

#include "sim/platform/slowest.hpp"
#include "sim/result/result_json.hpp"

namespace mmu {

/// Empty if there are none.
std::string slowest_text(const std::vector<SlowAccess>& slowest);

/// What slowest.json holds; docs/results.md describes it.
Json slowest_json(const std::vector<SlowAccess>& slowest);

}  // namespace mmu
