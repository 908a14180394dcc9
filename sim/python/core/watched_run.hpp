// A run within a Python process that goes on listening to its signals.
#pragma once

#include <pybind11/pybind11.h>

#include "sim/command/carry_out.hpp"
#include "traces/memory_trace.hpp"

namespace mmu::python {

struct WatchedRun {
  EndedRun run;
  bool interrupted = false;  ///< KeyboardInterrupt was raised meanwhile
};

/// Runs `command`, of `trace` if it is not null, in a thread of its own, while this one looks ten
/// times a second for signals and calls `progress(records, instructions, cycles)` unless it is
/// None; once more at the end. So Python's code never runs on a stack of the SystemC kernel.
/// What that raises ends the run where it is and is thrown then, except for KeyboardInterrupt.
/// Throws ConfigError if a run is under way in this process. Requires the GIL, and gives it to
/// others while it waits.
WatchedRun run_watched(const RunCommand& command, const traces::MemoryTrace* trace,
                       const pybind11::object& progress);

}  // namespace mmu::python
