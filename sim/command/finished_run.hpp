// A finished run's process, made again from its result directory.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/platform/replay.hpp"
#include "sim/result/result_json.hpp"
#include "traces/trace_format.hpp"

namespace mmu {

struct TraceFile {
  std::string path;
  traces::TraceFormat format = traces::TraceFormat::kAuto;
};

/// Where the traces of a result lie now.
struct MovedTraces {
  std::vector<std::string> paths;  ///< in their order; empty: where the result says
  traces::TraceFormat format = traces::TraceFormat::kAuto;
};

class FinishedRun {
 public:
  /// Machine, options and traces are those of the result directory. Throws InputError if there is
  /// no result, or no trace; ConfigError if `moved` are not as many as the run had.
  FinishedRun(std::string directory, const MovedTraces& moved);

  /// Plays the trace without time, as far as the run came. What ended the program early; empty if
  /// nothing did. Throws InputError if it is another trace, ModelError if the map that comes out is
  /// not that of the run.
  std::string play();

  const Json& result() const { return result_; }
  const Replay& replay() const { return *replay_; }  ///< what is there: after play()

  std::size_t processes() const { return from_.size(); }
  /// "process 2: b.mmt"
  std::string name_of(std::size_t process) const;
  /// The one that was asked for, from 1 (0: none was), by its number from 0. Throws ConfigError if
  /// there is no such process, or if there are several and none was asked for.
  std::size_t only(std::uint64_t process) const;

 private:
  void check_hashes() const;

  std::string directory_;
  Json result_;
  std::vector<TraceFile> from_;  // of each process
  MachineParams machine_;
  std::unique_ptr<TraceSource> source_;
  std::unique_ptr<Replay> replay_;
};

}  // namespace mmu
