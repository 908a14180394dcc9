// ITLB and DTLB: section 3 of docs/timing.md.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "hw/mmu/mmu_params.hpp"
#include "testbench/reference/port.hpp"
#include "testbench/reference/stlb.hpp"

namespace mmu::reference {

struct TranslateAnswer {
  enum class Kind : std::uint8_t { kNow, kLater, kRefused, kHeld };
  Kind kind = Kind::kRefused;
  Outcome outcome;  ///< kNow; kHeld: only `at`, when to ask again
};

class FirstTlb {
 public:
  /// Told of each answer that came later: the access's number and the outcome for it.
  using Reply = std::function<void(std::size_t access, const Outcome&)>;

  /// `number` 0: ITLB, 1: DTLB.
  FirstTlb(unsigned number, const TlbParams& params, MmuParams::Mode mode, std::uint64_t seed,
           const TranslationControl& control, PhysicalMemory& memory, Stlb& stlb, Reply reply);

  TranslateAnswer ask(Cycle at, const TranslateRequest& request, std::size_t access);
  void answer(std::size_t slot, const Outcome& reply);  ///< the STLB's
  void drop(const TlbEntry& page);  ///< an inclusive level behind has given it up
  void fence(const FenceScope& scope);

  TlbStats stats;
  Cycle held_until = 0;  ///< by fences

 private:
  struct Waiter {
    TranslateRequest request;
    std::size_t access = 0;
    Cycle there = 0;
    std::size_t joined = 0;
  };
  using Slot = MissSlot<Waiter>;

  static TranslateAnswer answer_bare(Cycle at, const TranslateRequest& request);
  TranslateAnswer answer_as_baseline(Cycle at, const TranslateRequest& request);
  Outcome look_in_table(const TranslateRequest& request);
  TranslateAnswer answer_present(const TlbEntry& entry, const TranslateRequest& request,
                                 Cycle there);
  Outcome outcome_for(const Slot& slot, const Waiter& waiter, const Outcome& reply) const;
  void count(const TranslateRequest& request, std::uint64_t TlbStats::*how);

  unsigned number_;
  TlbParams params_;
  MmuParams::Mode mode_;
  const TranslationControl& control_;
  PhysicalMemory& memory_;
  Stlb& stlb_;
  Reply reply_;
  Port port_;
  TlbArray entries_;
  std::vector<Slot> slots_;
};

}  // namespace mmu::reference
