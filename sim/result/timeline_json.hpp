// A recorded window of cycles as trace events, for Perfetto and speedscope.
#pragma once

#include <string>

#include "sim/platform/timeline_recorder.hpp"

namespace mmu {

/// Trace-event JSON (Google, "Trace Event Format"): complete slices ("X") by walker, with the parts
/// of each walk nested; traps on a line of their own; fences as instants ("i"). One microsecond
/// stands for one core cycle.
std::string timeline_json(const Timeline& timeline);

}  // namespace mmu
