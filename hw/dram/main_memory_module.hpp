#pragma once

#include <iosfwd>
#include <string>
#include <systemc>

#include "hw/arch/errors.hpp"
#include "hw/dram/dram_params.hpp"
#include "hw/link/memory_if.hpp"
#include "hw/link/timeline_module.hpp"

namespace mmu {

/// What lies behind the last cache, however it is modelled. A write-back that is not refused is
/// done with: it never gets a reply call, also if the answer is "later". A request names the cycle
/// under way.
class MainMemoryModule : public sc_core::sc_module {
 public:
  sc_core::sc_export<MemoryIf> in{"in"};
  sc_core::sc_port<MemoryReplyIf> in_reply{"in_reply"};

  virtual DramStats stats() const = 0;
  /// Says what memory waits for, a line for each thing.
  virtual void explain_stall(std::ostream& out) const = 0;

 protected:
  explicit MainMemoryModule(const sc_core::sc_module_name& name) : sc_module(name) {}

  /// Throws ModelError if the request names another cycle than the one under way.
  void require_now(const MemoryRequest& request, const TimelineModule& timeline) const {
    if (request.at == timeline.now()) return;
    throw ModelError(std::string(name()) + ": a request for cycle " + std::to_string(request.at) +
                     " in cycle " + std::to_string(timeline.now()));
  }
};

}  // namespace mmu
