// Writes a program in the formats of other tools, so that readers can be held against each other.
// Written from the tools' own declarations and sharing nothing with the readers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hw/arch/trace.hpp"

namespace mmu {

/// ChampSim's input_instr; the compiler lays it out.
struct ChampsimInstr {
  static constexpr std::size_t kStores = 2, kLoads = 4;
  std::uint64_t ip;
  std::uint8_t is_branch, branch_taken;
  std::uint8_t destination_registers[2], source_registers[4];
  std::uint64_t destination_memory[kStores], source_memory[kLoads];
};
static_assert(sizeof(ChampsimInstr) == 64);

/// ChampSim's cloudsuite_instr.
struct CloudsuiteInstr {
  static constexpr std::size_t kStores = 4, kLoads = 4;
  std::uint64_t ip;
  std::uint8_t is_branch, branch_taken;
  std::uint8_t destination_registers[4], source_registers[4];
  std::uint64_t destination_memory[kStores], source_memory[kLoads];
  std::uint8_t asid[2];
};
static_assert(sizeof(CloudsuiteInstr) == 96);

/// `trace`, one record for each fetch. Throws std::invalid_argument if an instruction has more
/// accesses than the format has room for. Registers are left out.
std::string champsim_of(const TraceBlock& trace);
std::string cloudsuite_of(const TraceBlock& trace);

/// DynamoRIO's trace_entry_t.
#pragma pack(push, 1)
struct DrmemtraceEntry {
  std::uint16_t type, size;
  std::uint64_t addr;
};
#pragma pack(pop)
static_assert(sizeof(DrmemtraceEntry) == 12);

std::string bytes_of(const std::vector<DrmemtraceEntry>& entries);

/// `trace` with all that a file has besides: header, markers, encodings, footer. A modify is a read
/// and a write. Events are system calls with their arguments.
std::string drmemtrace_of(const TraceBlock& trace);

/// The same as a file for each thread, in order of appearance; a timestamp stands wherever another
/// thread goes on.
std::vector<std::string> drmemtrace_threads_of(const TraceBlock& trace);

/// The stream of the project's own capture plugin (docs/traces.md), of an x86-64 program without
/// an image. Accesses of more than 32 bytes come in pieces.
std::string capture_of(const TraceBlock& trace);

/// The records of `trace`; no events.
std::string lackey_of(const TraceBlock& trace);

}  // namespace mmu
