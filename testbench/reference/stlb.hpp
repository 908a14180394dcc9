// The second level and those behind it: section 5 of docs/timing.md, turn 5.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hw/mmu/mmu_params.hpp"
#include "testbench/reference/tlb_array.hpp"

namespace mmu::reference {

/// Who asked: a first-level TLB (0: ITLB, 1: DTLB), a second-level one (0: L2 ITLB, 1: STLB) or the
/// third level (0); and its slot.
struct FirstLevelSlot {
  unsigned tlb = 0;
  std::size_t slot = 0;
};

class Stlb {
 public:
  /// Told of each answer: kOk is a translation to be judged, kNeedsWalk "ask again".
  using Reply = std::function<void(FirstLevelSlot, const Outcome&)>;

  /// What is asked of what lies behind, further level or walkers.
  struct Next {
    std::function<bool(const TranslateRequest&)> has_room;
    /// The outcome if it is there at once.
    std::function<std::optional<Outcome>(Cycle arrival, const TranslateRequest&, std::size_t slot)>
        send;
    std::function<void()>
        used_prefetched;  ///< an entry that came by a prefetch, for the first time
    std::function<void(const TlbEntry&)> took, gave_up;  ///< as Stlb's own
  };
  /// Tells the levels before that an inclusive one has given the page up.
  using Drop = std::function<void(const TlbEntry&)>;

  /// `part`: of the stacks, for the cycles of its look-ups.
  Stlb(const std::string& name, Part part, const TlbParams& params, Inclusion inclusion,
       std::uint64_t seed, const TranslationControl& control, Next next, Reply reply,
       Drop drop_before);

  void send(Cycle arrival, const TranslateRequest& request, FirstLevelSlot from);
  void cycle(Cycle t);
  void answer(std::size_t slot, const Outcome& result);  ///< of what lies behind
  bool knows(Asid asid, VirtAddr va);
  bool prefetched(Cycle t, const TranslateRequest& request, const Translation& to);
  /// A level before has entered, or displaced, the page. Only exclusive levels mind.
  void took(const TlbEntry& page);
  void gave_up(const TlbEntry& page);
  void drop(const TlbEntry& page);
  void fence(const FenceScope& scope);
  bool idle() const { return requests_.empty(); }

  TlbStats stats;
  Cycle held_until = 0;  ///< by fences

 private:
  struct Request {
    Cycle arrival;
    TranslateRequest request;
    FirstLevelSlot from;
  };
  struct Waiter {
    FirstLevelSlot from;
    TranslateRequest request;
    Cycle there = 0;  ///< look-up + latency
    std::size_t joined = 0;
  };
  using Slot = MissSlot<Waiter>;

  bool look_up(const Request& request, Cycle t);  ///< false: it stays
  bool answer_present(const Request& request, Cycle t);
  void enter(const Slot& slot, const Outcome& result);
  void exchanged(const Exchange& exchange);
  unsigned smallest() const { return control_.format->levels[0].lsb; }
  bool is_fault(const TranslateRequest& request, const Outcome& outcome) const;
  void count(const TranslateRequest& request, std::uint64_t TlbStats::*how);

  Part part_;
  TlbParams params_;
  Inclusion inclusion_;
  const TranslationControl& control_;
  Next next_;
  Reply reply_;
  Drop drop_before_;
  bool taken_ = false;  ///< a level before has entered what is answered
  TlbArray entries_;
  std::vector<Slot> slots_;
  std::vector<Request> requests_;  ///< by (arrival, TLB, order sent)
};

}  // namespace mmu::reference
