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
  std::vector<std::string> with;  ///< further traces: processes that share the core with it
  traces::TraceFormat format = traces::TraceFormat::kAuto;
};

/// Options that have a number: in experiments and, behind "--", on the command line by their name,
/// in plans and results by their key.
struct NumberOption {
  const char* name;
  const char* key;
  std::uint64_t RunSettings::*member;
};
inline constexpr NumberOption kNumberOptions[] = {
    {"skip", "skip_instructions", &RunSettings::skip_instructions},
    {"warmup", "warmup_instructions", &RunSettings::warmup_instructions},
    {"instructions", "instructions", &RunSettings::instructions},
    {"watchdog", "watchdog_cycles", &RunSettings::watchdog_cycles},
    {"interval", "interval_instructions", &RunSettings::interval_instructions}};

/// Those that are on or off; in experiments by their key too.
struct FlagOption {
  const char* flag;  ///< on the command line
  const char* key;
  bool RunSettings::*member;
};
inline constexpr FlagOption kFlagOptions[] = {
    {"--map-on-touch", "map_on_touch", &RunSettings::map_on_touch},
    {"--no-run-ahead", "no_run_ahead", &RunSettings::no_run_ahead},
    {"--check", "check", &RunSettings::check},
    {"--miss-classes", "miss_classes", &RunSettings::miss_classes}};

}  // namespace mmu
