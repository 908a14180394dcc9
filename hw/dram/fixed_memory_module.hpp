#pragma once

#include "hw/dram/main_memory_module.hpp"

namespace mmu {

/// Memory that takes the same time for each line, and at most one line in so much time: what is
/// left of DRAM when neither banks nor rows matter. It refuses nothing and answers at once. Times
/// are exact in picoseconds; a core cycle sees data that is there when it begins.
class FixedMemoryModule final : public MainMemoryModule, private MemoryIf {
 public:
  FixedMemoryModule(const sc_core::sc_module_name& name, const DramParams& params,
                    std::uint64_t core_period_ps);

  DramStats stats() const override { return stats_; }
  void explain_stall(std::ostream& out) const override;

 private:
  MemoryAnswer access(const MemoryRequest& request) override;

  std::uint64_t period_ps_, latency_ps_, line_ps_;
  std::uint64_t free_at_ps_ = 0;  // when the next line may begin
  DramStats stats_;
};

}  // namespace mmu
