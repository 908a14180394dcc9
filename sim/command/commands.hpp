// What the user can ask for, taken apart by command_line.cpp; each command is a function that
// returns the exit status.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace mmu {

/// What a run and all runs of a sweep are told.
struct RunSettings {
  std::string machine;                 ///< preset or machine file
  std::vector<std::string> overrides;  ///< "key=value"; of a sweep "key=v1,v2"
  std::string out;                     ///< directory; empty: no files
  std::uint64_t instructions = 0;
  std::uint64_t watchdog_cycles = 10'000'000;
  std::uint64_t interval_instructions = 0;
  bool map_on_touch = false;
  bool no_run_ahead = false;
  bool check = false;
  bool miss_classes = false;
  std::vector<std::string> log;  ///< "mmu.walker=debug"
  std::string trace;
};

struct RunCommand {
  RunSettings settings;
};
struct SweepCommand {
  RunSettings settings;
  unsigned jobs = 0;  ///< processes at the same time; 0: as many as there are cores
};
struct CompareCommand {
  std::vector<std::string> results;
};

struct MachineListCommand {};
struct MachineShowCommand {
  std::string machine;
  std::vector<std::string> overrides;
};
struct MachineProbeCommand {
  std::string machine;
  std::vector<std::string> overrides;
};
struct MachineCheckCommand {
  std::vector<std::string> files;
};

struct TranslateCommand {
  std::vector<std::string> vectors;  ///< files
  std::string explain;               ///< name or number of a vector to explain instead
  std::string subject;               ///< trace or result directory
  std::string address, access = "load";
  std::vector<std::string> state;      ///< of the core, in words of the manual
  std::string trace;                   ///< of the result, if it lies elsewhere now
  std::string machine;                 ///< of a trace; empty: the default
  std::vector<std::string> overrides;  ///< "key=value"
  bool map_on_touch = false;
  std::uint64_t instructions = 0;
};

struct TraceConvertCommand {
  std::string from, to;
  std::uint64_t records = 0, instructions = 0;  ///< stop behind so many; 0: no limit
  bool keep_partial = false;
};
struct TraceInfoCommand {
  std::string trace;
};
struct TraceHeadCommand {
  std::string trace;
  std::uint64_t records = 20;
};
struct TraceCheckCommand {
  std::string trace;
};

using Command =
    std::variant<RunCommand, SweepCommand, CompareCommand, MachineListCommand, MachineShowCommand,
                 MachineProbeCommand, MachineCheckCommand, TranslateCommand, TraceConvertCommand,
                 TraceInfoCommand, TraceHeadCommand, TraceCheckCommand>;

int execute(const RunCommand& command);
int execute(const SweepCommand& command);
int execute(const CompareCommand& command);
int execute(const MachineListCommand& command);
int execute(const MachineShowCommand& command);
int execute(const MachineProbeCommand& command);
int execute(const MachineCheckCommand& command);
int execute(const TranslateCommand& command);
int execute(const TraceConvertCommand& command);
int execute(const TraceInfoCommand& command);
int execute(const TraceHeadCommand& command);
int execute(const TraceCheckCommand& command);

}  // namespace mmu
