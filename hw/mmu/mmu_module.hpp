#pragma once

#include <ostream>

#include "hw/link/trap_if.hpp"
#include "hw/mmu/l1_tlb_module.hpp"
#include "hw/mmu/stlb_module.hpp"
#include "hw/mmu/walker_module.hpp"

namespace mmu {

/// Address translation of one core: two first-level TLBs, one second-level TLB, walkers.
///
///     fetches ──► itlb ──┐
///                        ├──► stlb ──► walkers ──► walker().memory
///     data ─────► dtlb ──┘
class MmuModule : public sc_core::sc_module, public FenceIf {
 public:
  /// Throws ConfigError for an impossible shape.
  MmuModule(const sc_core::sc_module_name& name, const MmuParams& params,
            const TranslationControl& control, PhysicalMemory& bytes, std::uint64_t seed,
            TimelineModule& timeline);

  /// Takes effect in every structure in this cycle.
  void fence(const FenceScope& scope) override;

  L1TlbModule& itlb() { return itlb_; }
  const L1TlbModule& itlb() const { return itlb_; }
  L1TlbModule& dtlb() { return dtlb_; }
  const L1TlbModule& dtlb() const { return dtlb_; }
  StlbModule& stlb() { return stlb_; }
  const StlbModule& stlb() const { return stlb_; }
  WalkerModule& walker() { return walker_; }
  const WalkerModule& walker() const { return walker_; }
  /// Nothing is under way in any structure.
  bool idle() const { return itlb_.idle() && dtlb_.idle() && stlb_.idle() && walker_.idle(); }
  void explain_stall(std::ostream& out) const;

 private:
  L1TlbModule itlb_;
  L1TlbModule dtlb_;
  StlbModule stlb_;
  WalkerModule walker_;
};

}  // namespace mmu
