// What the user can ask for, taken apart by command_line.cpp; each command is a function that
// returns the exit status.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/experiment/run_settings.hpp"
#include "sim/platform/timeline_recorder.hpp"
#include "traces/trace_format.hpp"

namespace mmu {

struct RunCommand {
  RunSettings settings;
  std::uint64_t why = 0;             ///< slowest accesses to explain
  std::string timeline;              ///< file; empty: none
  CycleWindow window{0, 1'000'000};  ///< what it shows
  std::string waves;                 ///< file; empty: none
  CycleWindow wave_window{0, 1'000'000};
  std::string executable;                        ///< file that the initial image is of; empty: none
  std::optional<std::uint64_t> executable_base;  ///< where it lies, if it may lie anywhere
};
enum class SweepMode : std::uint8_t { kRun, kDryRun, kStatus, kCollect, kSlurm };
/// The points whose number leaves `index` when divided by `of`.
struct SweepShard {
  std::size_t index = 0, of = 1;
};
/// How points are run in parallel.
struct PoolSettings {
  unsigned jobs = 0;           ///< processes at the same time; 0: as many as there are cores
  double timeout_seconds = 0;  ///< for each point; 0: none
  unsigned retries = 0;        ///< further attempts at a point that was killed or timed out
};
struct SweepCommand {
  RunSettings settings;  ///< trace: also an experiment's file, or the directory of a sweep
  SweepMode mode = SweepMode::kRun;
  PoolSettings pool;
  SweepShard shard;
  std::size_t slurm_tasks = 0;  ///< 0: as many as there are points, at most 1000
  std::vector<std::string> slurm_options;
};
struct RegressCommand {
  std::string suite;
  PoolSettings pool;
  std::vector<std::string> only;  ///< patterns of cases' names; empty: all
  bool accept = false;            ///< write what moved to the expected files
  std::string json;               ///< file to write; empty: none
  std::string out;                ///< directory that keeps the results; empty: none
};
struct CompareCommand {
  std::vector<std::string> results;  ///< result directories, result.json files, sweeps
  std::string baseline;              ///< one of them, or a point's name; empty: the first
  std::string json, csv, html;       ///< files to write; empty: none
  std::vector<std::string> gates;    ///< "cycles=1.5"
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
  std::vector<std::string> state;   ///< of the core, in words of the manual
  std::vector<std::string> traces;  ///< of the result, if they lie elsewhere now
  std::uint64_t process = 0;        ///< of the result: number of its trace from 1; 0: not said
  traces::TraceFormat format = traces::TraceFormat::kAuto;
  std::string machine;                 ///< of a trace; empty: the default
  std::vector<std::string> overrides;  ///< "key=value"
  bool map_on_touch = false;
  std::uint64_t instructions = 0;
};

struct TraceConvertCommand {
  std::string from, to;
  std::uint64_t records = 0, instructions = 0;  ///< stop behind so many; 0: no limit
  bool keep_partial = false;
  traces::TraceFormat format = traces::TraceFormat::kAuto;
};
struct TraceInfoCommand {
  std::string trace;
  traces::TraceFormat format = traces::TraceFormat::kAuto;
  bool reuse = false;  ///< the rest is for that
  std::string page_size = "4KiB";
  std::uint64_t window_instructions = 1'000'000;
  double sample_rate = 1;
  std::string curve, json;  ///< files to write; empty: none
};
struct TraceHeadCommand {
  std::string trace;
  traces::TraceFormat format = traces::TraceFormat::kAuto;
  std::uint64_t records = 20;
};
struct TraceWorkloadsCommand {
  std::string name;  ///< empty: all of them
};
struct TraceCheckCommand {
  std::string trace;
  traces::TraceFormat format = traces::TraceFormat::kAuto;
};

enum class OsView : std::uint8_t { kMaps, kSmaps, kPagemap, kLayout };
/// What a finished run's process has of memory.
struct OsCommand {
  OsView view = OsView::kMaps;
  std::string result;
  std::vector<std::string> traces;  ///< of the result, if they lie elsewhere now
  std::uint64_t process = 0;        ///< number of its trace from 1; 0: all
  traces::TraceFormat format = traces::TraceFormat::kAuto;
  std::string range;         ///< pagemap: "START:END"; empty: all
  bool json = false;         ///< pagemap
  std::string binary, html;  ///< pagemap, layout: files to write; empty: none
};

/// A file of requests against DRAM alone.
struct MemoryReplayCommand {
  std::string file;
  std::string machine = "ddr4-3200";
  std::vector<std::string> overrides;  ///< "dram.KNOB=VALUE"
  bool json = false;
};

struct CompletionCommand {
  std::string shell;
};
struct CompleteCommand {
  std::vector<std::string> words;  ///< of the line so far; the last may be empty
};
struct ManualCommand {};

using Command =
    std::variant<RunCommand, SweepCommand, RegressCommand, CompareCommand, MachineListCommand,
                 MachineShowCommand, MachineProbeCommand, MachineCheckCommand, TranslateCommand,
                 TraceConvertCommand, TraceInfoCommand, TraceHeadCommand, TraceCheckCommand,
                 TraceWorkloadsCommand, OsCommand, MemoryReplayCommand, CompletionCommand,
                 CompleteCommand, ManualCommand>;

int execute(const RunCommand& command);
int execute(const SweepCommand& command);
int execute(const RegressCommand& command);
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
int execute(const TraceWorkloadsCommand& command);
int execute(const OsCommand& command);
int execute(const MemoryReplayCommand& command);
int execute(const CompletionCommand& command);
int execute(const CompleteCommand& command);
int execute(const ManualCommand& command);

}  // namespace mmu
