// All kinds of workloads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "traces/workloads/pattern.hpp"

namespace mmu::traces {

/// In the order in which they are listed. Their parameters are complete, the common ones included.
const std::vector<WorkloadKind>& workload_kinds();
/// Nothing if there is no such kind.
const WorkloadKind* find_workload(std::string_view name);
std::string nearest_workload(std::string_view name);

}  // namespace mmu::traces
