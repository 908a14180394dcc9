// The order inside of one cycle. It is the arbitration of the machine: who comes first in this
// list is served first in a cycle, and sees nothing of what the later ones do in it.
#pragma once

#include <cstdint>

namespace mmu {

enum class Rank : std::uint8_t {
  kWatchdog,  ///< looks only
  kDram,      ///< banks that have become free
  kLlc,       ///< requests on their way from the LLC to memory
  kL2,        ///< from the L2 to the LLC
  kFence,     ///< fences from outside of this core
  kL2Itlb,    ///< look-ups of what the ITLB missed, if the second level is split
  kStlb,      ///< of what the first level, or the DTLB, missed
  kLevel3,    ///< of what the second level missed, if there is a third
  kLevel4,    ///< likewise
  kWalk,      ///< walkers: decode, read, result; then waiting requests are accepted
  kL1i,       ///< from the L1I to the L2
  kL1d,       ///< from the L1D to the L2
  kReplay,    ///< accesses whose translation came late ask their L1
  kIssue,     ///< traps; accesses that waited for others start; new ones issue
};
inline constexpr unsigned kRanks = 14;

}  // namespace mmu
