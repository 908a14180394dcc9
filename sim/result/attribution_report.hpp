// Who pays for translation: attribution.json, and its tables for people.
#pragma once

#include <string>

#include "sim/platform/attribution.hpp"
#include "sim/result/result_json.hpp"

namespace mmu {

/// What attribution.json holds; docs/results.md describes it.
Json attribution_json(const RunSubject& subject, const Attribution& attribution);

/// The ten costliest instructions and areas; empty if nothing has missed. `several` processes: each
/// row says whose it is.
std::string attribution_text(const Attribution& attribution, bool several = false);

}  // namespace mmu
