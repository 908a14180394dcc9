#pragma once

#include <memory>
#include <ostream>

#include "hw/common/ports.hpp"
#include "hw/link/timeline_module.hpp"
#include "hw/link/translate_if.hpp"
#include "hw/link/translation_observer.hpp"
#include "hw/mmu/miss_classes.hpp"
#include "hw/mmu/mmu_stats.hpp"
#include "hw/mmu/tlb_refill.hpp"

namespace mmu {

/// A first-level TLB (ITLB, DTLB); docs/timing.md, section 3.
///
///     in ──► look up ──hit──► now, at + latency_cycles (or when a refill brings it)
///               └──────miss──► next, latency_cycles later ──► translated ──► in_reply
///
/// Requests are served in the order of the calls, which have nondecreasing cycles.
class L1TlbModule : public sc_core::sc_module, private TranslateIf, private TranslateReplyIf {
 public:
  sc_core::sc_export<TranslateIf> in{"in"};
  sc_core::sc_port<TranslateReplyIf> in_reply{"in_reply"};
  sc_core::sc_port<TranslateIf> next{"next"};
  sc_core::sc_export<TranslateReplyIf> next_reply{"next_reply"};

  /// `what` names the knobs in errors. Throws ConfigError for an impossible shape.
  L1TlbModule(const sc_core::sc_module_name& name, const std::string& what, const TlbParams& params,
              const TranslationControl& control, std::uint64_t seed,
              const TimelineModule& timeline);

  /// Takes effect in this cycle: entries go, misses under way remember it.
  void fence(const FenceScope& scope);
  /// A fence is being carried out: no look-up is served before `until`.
  void hold(Cycle until);

  /// TranslateIf::warm() for the core: the answer is valid until the next call.
  const TranslateResult& warm_up(const TranslateRequest& request);
  /// All that was warmed up is counted as nothing.
  void start_counting();

  /// The next level is exclusive: from now on it is told what enters here and what has to go.
  void tell_next() { tells_next_ = true; }
  bool holds(const HeldPage& page) { return tlb_.holds(page); }

  /// `observer` is told of misses from now on, by the name of `as`; it must outlive this.
  void observe(TranslationObserver& observer, TlbName as) {
    observer_ = &observer;
    observed_as_ = as;
  }

  /// Misses are classified from now on. The caller tells the classes of what is found.
  MissClasses& classify_misses(const TlbParams& params) {
    classes_ = std::make_unique<MissClasses>(params, control_.format->levels[0].lsb);
    return *classes_;
  }

  std::vector<HeldPage> held() const { return tlb_.held(); }
  const TlbStats& stats() const { return stats_; }
  /// Answered in bare mode, replays left out: they are in no counter.
  std::uint64_t untranslated() const { return untranslated_; }
  /// Every request has been answered.
  bool idle() const { return slots_.unanswered() == 0; }
  void explain_stall(std::ostream& out) const;

 private:
  PlainHit hit(Cycle at, VirtAddr va, Asid asid, AccessKind kind) override;
  [[gnu::noinline]] PlainHit first_hit(Cycle at, VirtAddr va, Asid asid, AccessKind kind);
  TranslateAnswer translate(const TranslateRequest& request) override;
  void translated(std::uint32_t slot, Cycle at, const TranslateResult& result) override;
  void translate_room(Cycle at) override;
  void drop(const HeldPage& page) override;

  TranslateAnswer refuse(Cycle retry_at);
  TranslateAnswer bare(const TranslateRequest& request);
  TranslateAnswer slow_hit(const TranslateRequest& request, const TlbEntry& entry, Verdict verdict,
                           Cycle there);
  TranslateAnswer miss(const TranslateRequest& request, const TlbEntry* present);
  void tell_miss(const TranslateRequest& request, MissKind kind);

  const TranslationControl& control_;
  const TimelineModule& timeline_;
  const Cycle latency_;
  Tlb tlb_;
  Ports ports_;
  TranslationSlots slots_;
  TranslationObserver* observer_ = nullptr;
  TlbName observed_as_ = TlbName::kDtlb;
  std::unique_ptr<MissClasses> classes_;  // if misses are classified
  const bool blocks_;                     // while a miss slot is in use
  Cycle open_from_ = 0;                   // if it does: nothing is looked up before
  bool refused_ = false;
  Cycle held_until_ = 0;
  bool tells_next_ = false;
  Exchange exchange_;
  bool warming_ = false;     // an answer goes to scratch_ instead of the core
  TranslateResult scratch_;  // what an answer that is not a plain hit points to
  Story story_;
  TlbStats stats_;
  std::uint64_t untranslated_ = 0;
};

}  // namespace mmu
