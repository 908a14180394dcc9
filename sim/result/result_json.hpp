// A run as the document that result.json holds: simulated figures only, so that it is the same
// bytes wherever it was computed. docs/results.md describes it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "hw/arch/trace.hpp"
#include "sim/platform/result.hpp"
#include "sim/platform/simulate.hpp"

namespace mmu {

using Json = nlohmann::ordered_json;

/// Of the layout; a reader refuses others.
inline constexpr int kResultSchema = 1;

/// What was run.
struct RunSubject {
  struct Process {
    std::string trace_path;
    TraceHeader trace;
  };
  MachineParams machine;
  std::string trace_path;          ///< as the user gave it; results keep the last part only
  TraceHeader trace;               ///< as known after the run
  std::vector<Process> processes;  ///< of several traces, which the two above are all of
  RunOptions options;
  std::string executable = {};  ///< name of the file that the initial image is of; empty: none
};

Json result_json(const RunSubject& subject, const RunResult& result);

/// What a result says of a trace.
Json trace_json(const std::string& path, const TraceHeader& trace);

/// False for a third or fourth level that the machine does not have.
bool has_tlb(const MmuParams& mmu, TlbName tlb);

/// Every knob as nested objects.
Json machine_json(const MachineParams& machine);

/// Last part of a path.
std::string file_name(const std::string& path);

/// "0x0123456789abcdef": JSON numbers are not exact in all readers beyond 2^53.
std::string hash_text(std::uint64_t hash);

const char* mmusim_version();

}  // namespace mmu
