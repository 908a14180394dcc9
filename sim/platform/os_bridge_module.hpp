#pragma once

#include <functional>
#include <utility>

#include "hw/arch/software_interface.hpp"
#include "hw/link/trap_if.hpp"
#include "sim/platform/platform_params.hpp"

namespace mmu {

/// What a trap was, and from which cycle on the core was in it.
struct TrapTold {
  Cycle at, cycles;
  const PageFault* fault;  ///< nullptr: a system call
  const OsEvent* call;     ///< nullptr: a page fault
};

/// Between the core's traps and system software: charges cycles for the work done.
class OsBridgeModule : public sc_core::sc_module, private TrapIf {
 public:
  sc_core::sc_export<TrapIf> in{"in"};

  OsBridgeModule(const sc_core::sc_module_name& name, const OsCostParams& cost,
                 TrapHandler& software);

  /// `observer` is told of each trap from now on.
  void observe(std::function<void(const TrapTold&)> observer) { observer_ = std::move(observer); }

  /// What `work` costs, in cycles.
  static Cycle cost_of(const TrapWork& work, const OsCostParams& cost);

 private:
  TrapAnswer page_fault(const PageFault& fault, Cycle at) override;
  TrapAnswer system_call(const OsEvent& event, Cycle at) override;
  TrapAnswer answer(TrapWork&& work) const;

  OsCostParams cost_;
  TrapHandler& software_;
  std::function<void(const TrapTold&)> observer_;
};

}  // namespace mmu
