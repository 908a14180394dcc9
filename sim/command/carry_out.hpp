// A run from its options to its result and files: the same for the command and for Python.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hw/arch/trace.hpp"
#include "sim/command/commands.hpp"
#include "sim/command/log_writer.hpp"
#include "sim/platform/result.hpp"
#include "sim/result/result_json.hpp"

namespace mmu {

/// What is ready to run: the machine is resolved, the trace open.
struct OpenedRun {
  RunSubject subject;
  LogWishes log;
  struct Place {
    std::string trace, format;
  };
  std::unique_ptr<TraceSource> trace;
  std::vector<Place> places;  ///< where each trace lies, for host.json
  std::string executable;     ///< likewise, of the initial image; empty: none
};

struct EndedRun {
  RunSubject subject;
  RunResult result;
  Json json;            ///< of result.json
  Json host;            ///< of host.json
  std::string summary;  ///< tables for people
};

/// Is told what else the user may want to know, in one line without its end.
using Note = std::function<void(const std::string& text)>;

/// `given`: run instead of the trace that the settings name; then that is its name only. Throws
/// ConfigError or InputError.
OpenedRun open_run(const RunCommand& command, const Note& note,
                   std::unique_ptr<TraceSource> given = nullptr);

/// Runs, and writes the files that were asked for; also those of a run that ends too early.
/// `progress` as in RunOptions. Throws ConfigError if there is no place for the files.
EndedRun carry_out(const RunCommand& command, OpenedRun run, const Note& note,
                   decltype(RunOptions::progress) progress);

}  // namespace mmu
