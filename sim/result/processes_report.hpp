// What each of several processes came to.
#pragma once

#include <string>
#include <vector>

#include "sim/result/result_json.hpp"

namespace mmu {

/// Adds "processes" and "sharing" to a result of several traces; nothing to that of one.
void add_processes(Json& result, const RunSubject& subject, const RunResult& run);

/// Of a result: a table, and why those that were killed were; empty if there is one trace.
std::string processes_text(const Json& result);
/// Those that were killed, a line each, without its end.
std::vector<std::string> deaths(const Json& result);

}  // namespace mmu
