// One address of a program explained, in the page table that it leaves at its end.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hw/arch/access.hpp"
#include "sim/command/finished_run.hpp"

namespace mmu {

struct ExplainedAccess {
  VirtAddr va;
  AccessKind kind = AccessKind::kLoad;
  std::vector<std::string> state;  ///< see read_state()
};

struct ReplayedMachine {
  std::string machine;  ///< preset or file; empty: the default
  std::vector<std::string> overrides;
  bool map_on_touch = false;
  std::uint64_t instructions = 0;  ///< stop after so many; 0: run to the end
};

/// Replays the trace without time, then explains. Throws ConfigError for an address that the format
/// cannot express, InputError for a bad trace.
std::string explain_trace(const ReplayedMachine& machine, const TraceFile& trace,
                          const ExplainedAccess& access);

/// The same for a process of a finished run: machine, options and traces are those of the result
/// directory. `process`: from 1; 0: the only one. Throws ConfigError if there is no such process,
/// InputError if it is another trace, ModelError if the map that comes out is not that of the run.
std::string explain_result(const std::string& directory, const MovedTraces& moved,
                           std::uint64_t process, const ExplainedAccess& access);

}  // namespace mmu
