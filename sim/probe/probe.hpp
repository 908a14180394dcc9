// The geometry of a machine's data TLBs, measured as one measures real hardware: by how long chains
// of dependent loads take. The configuration is only simulated, never looked at.
#pragma once

#include <cstdint>

#include "sim/platform/platform_params.hpp"

namespace mmu {

struct MeasuredTlb {
  std::uint64_t entries = 0;         ///< the largest number of neighbouring pages that fits
  std::uint64_t ways = 0;            ///< pages that fit into one set; = entries: fully associative
  std::uint64_t latency_cycles = 0;  ///< that a hit here adds to an access
};

struct MeasuredTlbs {
  MeasuredTlb dtlb;
  /// What comes behind it. Without an STLB that is the walk, whose "latency" is the first step and
  /// whose entries say nothing.
  MeasuredTlb stlb;
};

/// The search for entries ends at so many pages.
inline constexpr std::uint64_t kMostProbedPages = 8192;

/// Needs replacement that fills empty ways first, as all policies here do, and sets chosen by low
/// bits of the page number. STLB ways need a DTLB with no more entries than the STLB has sets.
/// Throws ConfigError if the machine cannot be built, ModelError if a chase does not end well.
MeasuredTlbs probe_tlbs(const MachineParams& machine);

}  // namespace mmu
