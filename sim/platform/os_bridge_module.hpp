#pragma once

#include "hw/arch/software_interface.hpp"
#include "hw/link/trap_if.hpp"
#include "sim/platform/platform_params.hpp"

namespace mmu {

/// Between the core's traps and system software: charges cycles for the work done.
class OsBridgeModule : public sc_core::sc_module, private TrapIf {
 public:
  sc_core::sc_export<TrapIf> in{"in"};

  OsBridgeModule(const sc_core::sc_module_name& name, const OsCostParams& cost,
                 TrapHandler& software);

  /// What `work` costs, in cycles.
  static Cycle cost_of(const TrapWork& work, const OsCostParams& cost);

 private:
  TrapAnswer page_fault(const PageFault& fault, Cycle at) override;
  TrapAnswer system_call(const OsEvent& event, Cycle at) override;
  TrapAnswer answer(TrapWork&& work) const;

  OsCostParams cost_;
  TrapHandler& software_;
};

}  // namespace mmu
