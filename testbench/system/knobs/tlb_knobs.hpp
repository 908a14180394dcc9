// Cases that every level of TLB has alike.
#pragma once

#include <string>
#include <vector>

#include "testbench/system/knobs/knob_case.hpp"

namespace mmu::test {

struct TlbLevel {
  std::string path;  ///< "mmu.dtlb."
  std::string
      with;  ///< changes of the machine in which a page that was not used last is asked here
  AccessKind kind = AccessKind::kLoad;
  std::uint64_t hit, miss;  ///< cycles of an access whose page is there, or not
};

/// Pages A B C D A E B. Of four ways LRU gives up B for E. The tree points to the half that A is
/// not in, and there away from D: to C.
Program lru_or_tree(AccessKind kind = AccessKind::kLoad);

void add_arrays(std::vector<KnobCase>& cases, const TlbLevel& level);

/// Every knob of a level behind the first. It has 64 entries, fully associative; its look-up takes
/// `latency` of hit and miss, a walk `walk` of miss. Requires that every level above has one entry.
void add_lower_level(std::vector<KnobCase>& cases, const TlbLevel& level, std::uint64_t latency,
                     std::uint64_t walk);

}  // namespace mmu::test
