// The link between the core and whoever serves its traps (the platform's bridge to the OS model).
#pragma once

#include <cstdint>
#include <systemc>
#include <vector>

#include "hw/arch/software_interface.hpp"
#include "hw/link/cycle.hpp"

namespace mmu {

/// What a trap took.
struct TrapAnswer {
  Cycle cycles = 0;                           ///< from entering to going on
  std::vector<FenceScope> fences;             ///< take effect when it ends
  std::uint64_t value = 0;                    ///< of a system call: what its handle stands for
  std::vector<AddressSpace> spaces = {};      ///< as TrapWork::spaces
  std::optional<AccessContext> context = {};  ///< as TrapWork::context
  bool process_ended = false;                 ///< as TrapWork::process_ended
};

class TrapIf : public virtual sc_core::sc_interface {
 public:
  /// Both throw SimulatedError if the program cannot go on.
  virtual TrapAnswer page_fault(const PageFault& fault, Cycle at) = 0;
  virtual TrapAnswer system_call(const OsEvent& event, Cycle at) = 0;
};

/// Where fences and switches of address spaces go: the MMU.
class FenceIf : public virtual sc_core::sc_interface {
 public:
  virtual void fence(const FenceScope& scope) = 0;
  /// Writes the root register. Requires that no access is under way.
  virtual void switch_space(const AddressSpace& space) = 0;
};

}  // namespace mmu
