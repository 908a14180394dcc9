// What a transaction at a virtual address says beyond the generic payload of TLM-2.0.
#pragma once

#include <cstdint>
#include <optional>
#include <tlm>

#include "hw/arch/software_interface.hpp"

namespace mmu {

/// Ignorable (IEEE 1666-2011, 14.21.1.1): without it a read is a load and a write a store, in the
/// address space and the state that the MMU was last told. The initiator owns it.
struct TranslationExtension : tlm::tlm_extension<TranslationExtension> {
  // From the initiator.
  std::optional<AccessKind> kind;        ///< e.g. kFetch; absent: by the command
  std::optional<Asid> asid;              ///< absent: the current one
  std::optional<AccessContext> context;  ///< privilege and its likes; absent: the current one

  // From the MMU.
  std::optional<Fault> fault;  ///< why the response is TLM_ADDRESS_ERROR_RESPONSE; else nothing
  PhysAddr pa;                 ///< where the address led, if there is no fault

  tlm::tlm_extension_base* clone() const override { return new TranslationExtension(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    *this = static_cast<const TranslationExtension&>(other);
  }
};

}  // namespace mmu
