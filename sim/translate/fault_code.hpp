// Faults as the manual of a format's family names and numbers them.
#pragma once

#include <cstdint>
#include <string>

#include "hw/arch/entry_fields.hpp"
#include "hw/arch/walk.hpp"

namespace mmu {

/// What counts for a fault's code besides the fault.
struct FaultContext {
  AccessKind access = AccessKind::kLoad;
  AccessContext state;
  bool fetch_in_code = true;  ///< x86: the error code tells fetches (NXE or SMEP)
};

/// "page_fault", "gp_fault", "translation_fault" ..., as in files of vectors.
std::string fault_result(Family family, const Fault& fault);

/// RISC-V scause; x86 page-fault error code; AArch64 fault status code.
std::uint64_t fault_code(Family family, const Fault& fault, const FaultContext& context);

/// Arm counts levels from the root of the largest table down: 3 is ours 0.
unsigned arm_level(const Fault& fault);

/// All of it for people: "#PF, error code 0x6: not present, write, user mode".
std::string describe_fault(Family family, const Fault& fault, const FaultContext& context);

}  // namespace mmu
