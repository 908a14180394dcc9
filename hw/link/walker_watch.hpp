// Who follows the page-table walkers port by port: all that goes in and comes out, with its cycle.
#pragma once

#include <cstdint>

#include "hw/arch/software_interface.hpp"
#include "hw/link/translation.hpp"

namespace mmu {

/// A walk begins: in which cycle, for whom, and what the walk cache knows.
struct WalkBegun {
  Cycle at = 0;
  const TranslateRequest& request;
  PhysAddr root;
  AdUpdate ad = AdUpdate::kHardware;
  Cycle look_up_cycles = 0;  ///< the walk cache answers so long after `at`
  const Walk& first;         ///< where the first read is; at the root if nothing is known
};

/// A read or update of an entry, as it is offered to memory.
struct EntryOffered {
  PhysAddr entry;
  bool update = false;
  std::uint64_t compare = 0, value = 0;  ///< of an update
};

/// What an accepted read or update will be answered with.
struct EntryTaken {
  std::uint64_t value = 0;  ///< of a read
  bool error = false;
  bool changed = false;  ///< an update that was not made, since memory held something else
};

/// Calls come in nondecreasing order of `at`; only answered() may name a cycle ahead.
class WalkerWatch {
 public:
  virtual ~WalkerWatch() = default;
  virtual void begun(std::uint32_t walker, const WalkBegun& walk) = 0;
  /// For the first time; it stays offered until it is accepted.
  virtual void offered(std::uint32_t walker, Cycle at, const EntryOffered& entry) = 0;
  virtual void accepted(std::uint32_t walker, Cycle at, const EntryTaken& taken) = 0;
  virtual void answered(std::uint32_t walker, Cycle at) = 0;
  /// The walk cache is filled: `next` is where the walk goes on.
  virtual void filled(std::uint32_t walker, Cycle at, const Walk& next) = 0;
  virtual void ended(std::uint32_t walker, Cycle at, const TranslateResult& result) = 0;
  virtual void fenced(Cycle at, const FenceScope& scope) = 0;
  /// The run is over.
  virtual void finish(Cycle at) = 0;
};

}  // namespace mmu
