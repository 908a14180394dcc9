// What a run and all runs of a sweep are told on the command line, or by an experiment's file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "traces/trace_format.hpp"

namespace mmu {

struct RunSettings {
  std::string machine;                 ///< preset or machine file
  std::vector<std::string> overrides;  ///< "key=value"; of a sweep "key=v1,v2"
  std::string out;                     ///< directory; empty: no files
  std::uint64_t skip_instructions = 0, warmup_instructions = 0;
  std::uint64_t instructions = 0;
  std::uint64_t watchdog_cycles = 10'000'000;
  std::uint64_t interval_instructions = 0;
  bool map_on_touch = false;
  bool no_run_ahead = false;
  bool check = false;
  bool miss_classes = false;
  std::vector<std::string> log;  ///< "mmu.walker=debug"
  std::string trace;
  traces::TraceFormat format = traces::TraceFormat::kAuto;
};

}  // namespace mmu
