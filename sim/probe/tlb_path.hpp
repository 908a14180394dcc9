// Which TLBs of a machine's configuration accesses of one kind find translations in, for pages of
// one size: what a measurement is compared with.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/platform/platform_params.hpp"
#include "sim/probe/probe.hpp"

namespace mmu {

struct ConfiguredTlb {
  std::string_view name;
  std::uint64_t pages = 0;  ///< all entries with all their sectors
  std::uint64_t ways = 0;
  std::uint64_t sector_pages = 1;    ///< that one walk brings: what lies in the line that it reads
  std::uint64_t latency_cycles = 0;  ///< of levels before that cannot show, too
};

struct TlbPath {
  AccessKind kind = AccessKind::kLoad;
  std::uint64_t page_bytes = 0;
  /// That hold this size and reach further than those before: the others cannot show.
  std::vector<ConfiguredTlb> tlbs;

  ProbedAccesses accesses() const { return {kind, page_bytes, tlbs.size()}; }
};

/// For loads and fetches, by all page sizes that the OS maps and some TLB holds.
std::vector<TlbPath> tlb_paths(const MachineParams& machine);

}  // namespace mmu
