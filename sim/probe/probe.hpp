// The geometry of a machine's TLBs, measured as one measures real hardware: by how long chains of
// accesses take. The configuration is only simulated, never looked at.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/arch/access.hpp"
#include "sim/platform/platform_params.hpp"

namespace mmu {

/// What the chains consist of.
struct ProbedAccesses {
  AccessKind kind = AccessKind::kLoad;  ///< or kFetch
  std::uint64_t page_bytes = 4096;  ///< a size that the OS maps: the base page, or see OsSettings
  std::size_t levels = 1;           ///< of TLBs, each reaching further than the one before
};

struct MeasuredTlb {
  std::uint64_t pages = 0;           ///< the largest number of neighbouring pages that fits
  bool or_more = false;              ///< the search for them has ended there
  std::uint64_t ways = 0;            ///< pages of one set that fit; 0: not found
  std::uint64_t latency_cycles = 0;  ///< that a hit here adds to an access
};

struct MeasuredTlbs {
  std::vector<MeasuredTlb> levels;
  /// Neighbours that one walk brings into the first level; 0: not found.
  std::uint64_t sector_pages = 0;
  /// What a walk adds to a miss in the last level, with page-table entries in the nearest cache; 0:
  /// not found.
  std::uint64_t walk_cycles = 0;
};

/// The search for pages ends at so many, or where they fill half of physical memory.
inline constexpr std::uint64_t kMostProbedPages = 8192;

/// Needs replacement that fills empty ways first, as all policies here do, and sets chosen by low
/// bits of the page number. The ways of a level behind the first need levels before it with fewer
/// ways, or that reach no further than this one has sets. Throws ConfigError if the machine cannot
/// be built, ModelError if a chase does not end well.
MeasuredTlbs probe_tlbs(const MachineParams& machine, const ProbedAccesses& accesses);

}  // namespace mmu
