// The look-up port of a server: section 1 of docs/timing.md, "Ports".
#pragma once

#include <algorithm>
#include <cstdint>

#include "hw/link/cycle.hpp"

namespace mmu::reference {

struct Port {
  std::uint32_t per_cycle = 0;  ///< 0: no limit
  Cycle last = 0;               ///< cycle of the last look-up
  std::uint32_t served = 0;     ///< look-ups in `last`

  /// The cycle in which a request for cycle `at` would be looked up. Changes nothing.
  Cycle first(Cycle at) const {
    if (per_cycle == 0) return at;
    const Cycle earliest = std::max(at, last);
    return earliest == last && served == per_cycle ? last + 1 : earliest;
  }

  /// It is looked up in `cycle`, which first() has named.
  void take(Cycle cycle) {
    if (cycle != last) served = 0;
    last = cycle;
    ++served;
  }
};

}  // namespace mmu::reference
