// What virtual memory cost a program, in bytes, work and cycles: a section of the summary.
#pragma once

#include <string>

#include "sim/result/result_json.hpp"

namespace mmu {

std::string virtual_memory_cost(const Json& result);

}  // namespace mmu
