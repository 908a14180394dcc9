// A finished run's process, made again from its result directory.
#pragma once

#include <memory>
#include <string>

#include "sim/platform/replay.hpp"
#include "sim/result/result_json.hpp"
#include "traces/trace_format.hpp"

namespace mmu {

struct TraceFile {
  std::string path;
  traces::TraceFormat format = traces::TraceFormat::kAuto;
};

class FinishedRun {
 public:
  /// Machine, options and trace are those of the result directory; `trace`: where the trace lies
  /// now, if its path is not empty. Throws InputError if there is no result, or no trace.
  FinishedRun(std::string directory, const TraceFile& trace);

  /// Plays the trace without time, as far as the run came. What ended the program early; empty if
  /// nothing did. Throws InputError if it is another trace, ModelError if the map that comes out is
  /// not that of the run.
  std::string play();

  const Json& result() const { return result_; }
  const Replay& replay() const { return *replay_; }  ///< what is there: after play()

 private:
  std::string directory_;
  Json result_;
  TraceFile from_;
  MachineParams machine_;
  std::unique_ptr<TraceSource> source_;
  std::unique_ptr<Replay> replay_;
};

}  // namespace mmu
