// How a trace uses pages, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "sim/result/result_json.hpp"
#include "traces/reuse/reuse_analysis.hpp"
#include "traces/trace_info.hpp"

namespace mmu {

/// What --page-size may be, and what it means as a binary logarithm of bytes. Requires one of them.
std::vector<std::string> reuse_page_sizes();
unsigned reuse_page_shift(const std::string& size);

/// Tables: footprint, working set, reuse distances, misses by size of TLB.
std::string reuse_text(const traces::ReuseAnalysis& analysis);
/// The curves, a line for each size.
std::string curve_csv(const traces::ReuseAnalysis& analysis);
/// All of it; `trace` says of what.
Json reuse_json(const traces::ReuseAnalysis& analysis, const traces::TraceSummary& trace);

}  // namespace mmu
