// A knob, a program in which it counts, and what comes out for two of its values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/platform/platform_params.hpp"
#include "sim/platform/result.hpp"
#include "testbench/system/knobs/program.hpp"

namespace mmu::test {

struct KnobRun {
  RunResult result;
  std::vector<std::uint64_t> completions;  ///< cycle of each access
  std::size_t before_last_step = 0;
};

/// What a case looks at.
using Figure = std::uint64_t (*)(const KnobRun&);

/// Cycles from the end of the step before to the data of the last access.
std::uint64_t last_step(const KnobRun& run);

struct KnobCase {
  std::string path;
  std::string with;  ///< changes of the common machine: "key=value key=value"
  Program program;
  Figure figure;
  std::string one;  ///< a value of the knob
  std::uint64_t gives_one;
  std::string other;
  std::uint64_t gives_other;
};

/// The machine of all cases, `with` and path = value set. Throws ConfigError if it breaks a rule.
///
/// One core cycle is one DRAM clock; Sv39; traps cost nothing. Latencies that the sums are made of:
/// L1 TLBs 1; STLB 3; a walk of n reads that all hit the L2 n (5 + 2) + 1, walk cache off; L1
/// caches 4, L2 5, LLC 7; DRAM 10 + 4 from an open row, 10 more to open one, 10 more to close one.
/// Everything has room for all that a case uses, unless it says otherwise.
MachineParams machine_of(const KnobCase& knob_case, const std::string& value);

KnobRun run(const KnobCase& knob_case, const std::string& value);

std::vector<KnobCase> core_knobs();
std::vector<KnobCase> mmu_knobs();
std::vector<KnobCase> prefetch_knobs();
std::vector<KnobCase> cache_knobs();
std::vector<KnobCase> dram_knobs();
std::vector<KnobCase> os_knobs();

}  // namespace mmu::test
