// A sweep's plan as the document that sweep.json holds.
#pragma once

#include "sim/experiment/sweep_plan.hpp"
#include "sim/result/result_json.hpp"

namespace mmu {

Json plan_json(const SweepPlan& plan, const RunSettings& options);
/// Both throw Json::exception for a document that plan_json() has not made.
SweepPlan plan_of(const Json& json);
RunSettings options_of(const Json& json);

}  // namespace mmu
