#pragma once

#include <deque>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "hw/link/timeline_module.hpp"
#include "hw/link/translate_if.hpp"
#include "hw/link/translation_observer.hpp"
#include "hw/mmu/miss_classes.hpp"
#include "hw/mmu/mmu_stats.hpp"
#include "hw/mmu/tlb_refill.hpp"

namespace mmu {

/// A TLB behind the first level: the second, which fetches and data share or have one each, or one
/// behind that; docs/timing.md, section 5.
///
///     in[i] (STLB: ITLB, DTLB) ──► arrivals ──► look up ──hit──► in_reply[i]
///                                                    └──miss──► next ──► translated ──►
///                                                    in_reply[i]
///
/// In order: what cannot be served holds back the others. Without entries it only merges.
class StlbModule : public sc_core::sc_module, private TranslateReplyIf, private Wakeable {
 public:
  sc_core::sc_vector<sc_core::sc_export<TranslateIf>> in;
  sc_core::sc_vector<sc_core::sc_port<TranslateReplyIf>> in_reply;
  sc_core::sc_port<TranslateIf> next{"next"};
  sc_core::sc_export<TranslateReplyIf> next_reply{"next_reply"};

  /// `what` names the knobs in errors; `as` is a level behind the first. Throws ConfigError for an
  /// impossible shape.
  StlbModule(const sc_core::sc_module_name& name, const std::string& what, const TlbParams& params,
             TlbName as, std::uint32_t requesters, const TranslationControl& control,
             std::uint64_t seed, TimelineModule& timeline);

  /// Takes effect in this cycle: entries go, misses under way remember it.
  void fence(const FenceScope& scope);
  /// As in the first level.
  void hold(Cycle until) { held_until_ = until; }

  /// What it holds of what the levels before it hold. To be set before anything is asked.
  void set_inclusion(Inclusion inclusion) { inclusion_ = inclusion; }
  Inclusion inclusion() const { return inclusion_; }
  /// As in the first level.
  void tell_next() { tells_next_ = true; }
  bool holds(const HeldPage& page) { return tlb_.holds(page); }
  /// Likewise.
  void observe(TranslationObserver& observer) { observer_ = &observer; }

  /// Misses are classified from now on.
  MissClasses& classify_misses(const TlbParams& params) {
    classes_ = std::make_unique<MissClasses>(params, control_.format->levels[0].lsb);
    return *classes_;
  }

  /// As in the first level.
  void start_counting();

  std::vector<HeldPage> held() const { return tlb_.held(); }
  const TlbStats& stats() const { return stats_; }
  /// Every request has been answered.
  bool idle() const { return slots_.unanswered() == 0 && waiting() == 0; }
  void explain_stall(std::ostream& out) const;

 private:
  struct Entrance final : TranslateIf {
    TranslateAnswer translate(const TranslateRequest& request) override {
      return stlb->enqueue(index, request);
    }
    void warm(const TranslateRequest& request) override { stlb->warm(index, request); }
    void took(const HeldPage& page) override { stlb->let_go(page); }
    void gave_up(const HeldPage& page) override { stlb->take_in(page); }
    StlbModule* stlb = nullptr;
    std::uint32_t index = 0;
  };

  void translated(std::uint32_t slot, Cycle at, const TranslateResult& result) override;
  void translate_room(Cycle at) override;
  bool knows(Asid asid, VirtAddr va, AccessKind kind) override;
  bool prefetched(const TranslateRequest& request, Cycle at, const Translation& to) override;
  void drop(const HeldPage& page) override;
  void wake() override;

  TranslateAnswer enqueue(std::uint32_t requester, const TranslateRequest& request);
  void warm(std::uint32_t requester, const TranslateRequest& request);
  std::size_t first_arrival(Cycle now) const;  // entrances_.size(): nothing has arrived
  std::size_t waiting() const;                 // for a look-up
  bool serve(std::uint32_t requester, const TranslateRequest& request, Cycle now);
  bool miss(std::uint32_t requester, const TranslateRequest& request, Cycle now,
            const TlbEntry* present);
  void hit(std::uint32_t requester, const TranslateRequest& request, const TlbEntry& entry,
           Verdict verdict, Cycle there);
  void tell_miss(const TranslateRequest& request, MissKind kind);
  void enter(std::uint32_t slot, Cycle at, const TranslateResult& result);
  void settle(Exchange& exchange);
  void let_go(const HeldPage& page);   // exclusive: a level before has it
  void take_in(const HeldPage& page);  // exclusive: the level before has given it up
  NeighbourPages pass_on(const TranslationSlots::Slot& slot, const TranslateResult& result);
  bool wants_exchange() const { return tells_next_ || inclusion_ == Inclusion::kInclusive; }
  void answer(const TranslationSlots::Slot& slot, const TranslationSlots::Waiter& waiter, Cycle at,
              const TranslateResult& result);

  const TranslationControl& control_;
  TimelineModule& timeline_;
  const TlbName as_;
  const Rank rank_;
  const Part part_;  // of its look-ups
  const std::uint32_t lookups_per_cycle_;
  Tlb tlb_;
  TranslationSlots slots_;
  std::vector<Entrance> entrances_;
  std::vector<std::deque<TranslateRequest>> arrivals_;  // of each entrance
  TranslationObserver* observer_ = nullptr;
  std::unique_ptr<MissClasses> classes_;  // if misses are classified
  Inclusion inclusion_ = Inclusion::kNeither;
  bool tells_next_ = false;
  bool taken_ = false;    // exclusive: a level before has entered what is being answered
  const bool blocks_;     // nothing is looked up while a miss slot is in use
  Cycle open_from_ = 0;   // if so: not before
  bool blocked_ = false;  // the first arrival waits for a slot or for the walkers' queue
  Cycle held_until_ = 0;
  Story story_;
  NeighbourPages beside_;  // what an answer points to
  TlbStats stats_;
};

}  // namespace mmu
