// A result as text for people.
#pragma once

#include <string>

#include "sim/result/result_json.hpp"

namespace mmu {

/// Aligned tables; the same text for the same result.
std::string summary_text(const Json& result);

}  // namespace mmu
