#include "hw/dram/fixed_memory_module.hpp"

#include <algorithm>
#include <ostream>

namespace mmu {

FixedMemoryModule::FixedMemoryModule(const sc_core::sc_module_name& name, const DramParams& params,
                                     std::uint64_t core_period_ps)
    : MainMemoryModule(name),
      period_ps_(core_period_ps),
      latency_ps_(params.fixed_ps),
      line_ps_(params.fixed_line_ps) {
  in.bind(*this);
}

MemoryAnswer FixedMemoryModule::access(const MemoryRequest& request) {
  const std::uint64_t arrival = request.at * period_ps_;
  const std::uint64_t start = std::max(arrival, free_at_ps_);
  if (start > arrival) ++stats_.queued;
  free_at_ps_ = start + line_ps_;
  ++(request.op == MemoryOp::kRead ? stats_.reads : stats_.writes);
  return MemoryAnswer::now((start + latency_ps_ + period_ps_ - 1) / period_ps_, Served::kMemory);
}

void FixedMemoryModule::explain_stall(std::ostream& out) const {
  out << name() << ": waits for nothing\n";
}

}  // namespace mmu
