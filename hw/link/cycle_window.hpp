// A stretch of a run.
#pragma once

#include "hw/link/cycle.hpp"

namespace mmu {

/// Cycles [from, to).
struct CycleWindow {
  Cycle from = 0, to = 0;
  bool is_empty() const { return from >= to; }
  bool holds(Cycle at) const { return from <= at && at < to; }
};

}  // namespace mmu
