// What differs between results, and which part of the machine is responsible.
#pragma once

#include <string>
#include <vector>

#include "hw/link/story.hpp"
#include "sim/result/result_json.hpp"

namespace mmu {

struct NamedResult {
  std::string label;  ///< as the user named it
  Json json;
};

/// What a change may be put down to: parts of the cycle stack that belong together.
std::string group_of(Part part);

/// Compares each further result with the first. Requires at least two.
std::string comparison_text(const std::vector<NamedResult>& results);

/// Reasons for which the figures of the two do not compare: another trace, another VA->PA map, a
/// run that was cut short ... One sentence each.
std::vector<std::string> comparison_warnings(const NamedResult& first, const NamedResult& other);

}  // namespace mmu
