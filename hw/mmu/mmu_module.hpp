#pragma once

#include <array>
#include <optional>
#include <ostream>
#include <vector>

#include "hw/link/held_translations.hpp"
#include "hw/link/link_taps.hpp"
#include "hw/link/trap_if.hpp"
#include "hw/mmu/l1_tlb_module.hpp"
#include "hw/mmu/look_up_tap_module.hpp"
#include "hw/mmu/perfect_tlb_module.hpp"
#include "hw/mmu/stlb_module.hpp"
#include "hw/mmu/walker_entrances_module.hpp"
#include "hw/mmu/walker_module.hpp"

namespace mmu {

/// Address translation of one core: two first-level TLBs, a second level, perhaps further ones,
/// walkers.
///
///     fetches ──► itlb ──┐
///                        ├──► stlb ──► (level3 ──► level4) ──► walkers ──► walker().memory
///     data ─────► dtlb ──┘
///
/// With a unified first level fetches go to the dtlb too, and the itlb stays idle. With a split
/// second level itlb ──► l2_itlb and dtlb ──► stlb, which meet behind that.
/// With another mode than normal both go to perfect TLBs instead, and the rest stays idle.
class MmuModule : public sc_core::sc_module, public FenceIf {
 public:
  /// `control`: the registers, which switch_space() writes. Throws ConfigError for an impossible
  /// shape, or an ASID in `control` that does not fit. `taps`: in the links within, if not nullptr.
  MmuModule(const sc_core::sc_module_name& name, const MmuParams& params,
            TranslationControl& control, PhysicalMemory& bytes, std::uint64_t seed,
            TimelineModule& timeline, LinkTaps* taps = nullptr);

  /// Takes effect in every structure in this cycle.
  void fence(const FenceScope& scope) override;

  /// Takes effect in this cycle. Entries of other ASIDs stay; a machine that holds no ASIDs removes
  /// all that is not global, by a fence of its own. Throws ModelError for an ASID that does not
  /// fit.
  void switch_space(const AddressSpace& space) override;

  /// What the request comes to where nothing else is under way: contents of all structures become
  /// what it makes of them, and no time passes. The answer is valid until the next call. Only
  /// before the first cycle.
  const TranslateResult& warm_up(const TranslateRequest& request);
  /// Ends the warm-up: nothing of it is counted, no fence of it holds anything up.
  void start_counting();

  /// `observer` is told of misses and walks from now on; it must outlive this.
  void observe(TranslationObserver& observer);

  /// Misses are classified from now on. Call it before anything is bound to the entrances.
  void classify_misses(const MmuParams& params);
  /// By TlbName; zeros for a level that the machine does not have. Requires classify_misses().
  std::array<MissClassStats, kTlbs> miss_classes() const;

  /// Where requests enter, by the mode; replies that come later leave by itlb() and dtlb().
  sc_core::sc_export<TranslateIf>& fetches_in() {
    if (unified_) return data_in();
    return perfect_itlb_ ? perfect_itlb_->in : fetch_tap_ ? fetch_tap_->in : itlb_.in;
  }
  sc_core::sc_export<TranslateIf>& data_in() {
    return perfect_dtlb_ ? perfect_dtlb_->in : data_tap_ ? data_tap_->in : dtlb_.in;
  }
  /// Of whatever is the first level.
  const TlbStats& itlb_stats() const {
    return perfect_itlb_ ? perfect_itlb_->stats() : itlb_.stats();
  }
  const TlbStats& dtlb_stats() const {
    return perfect_dtlb_ ? perfect_dtlb_->stats() : dtlb_.stats();
  }

  /// Answered by them in bare mode.
  std::uint64_t untranslated() const {
    return (perfect_itlb_ ? perfect_itlb_->untranslated() : itlb_.untranslated()) +
           (perfect_dtlb_ ? perfect_dtlb_->untranslated() : dtlb_.untranslated());
  }

  L1TlbModule& itlb() { return itlb_; }
  const L1TlbModule& itlb() const { return itlb_; }
  L1TlbModule& dtlb() { return dtlb_; }
  const L1TlbModule& dtlb() const { return dtlb_; }
  /// nullptr: the second level is unified.
  StlbModule* l2_itlb() { return l2_itlb_ ? &*l2_itlb_ : nullptr; }
  const StlbModule* l2_itlb() const { return l2_itlb_ ? &*l2_itlb_ : nullptr; }
  StlbModule& stlb() { return stlb_; }
  const StlbModule& stlb() const { return stlb_; }
  /// Those behind the second level that the machine has.
  const std::vector<StlbModule*>& further_levels() const { return further_levels_; }
  WalkerModule& walker() { return walker_; }
  const WalkerModule& walker() const { return walker_; }
  /// What its structures hold, one by one.
  std::vector<HeldTranslations> held() const;
  /// Nothing is under way in any structure.
  bool idle() const;
  void explain_stall(std::ostream& out) const;

 private:
  void add_levels(const MmuParams& params, std::uint64_t seed, TimelineModule& timeline);
  void join_levels(LinkTaps* taps);
  void join_second_level(LinkTaps* taps);
  void hold_look_ups();
  void include(const MmuParams& params);

  bool fits(Asid asid) const { return asid >> control_.format->asid_bits == 0; }

  TranslationControl& control_;
  const TimelineModule& timeline_;
  const FenceParams fence_params_;
  Cycle fenced_until_ = 0;  // from here on look-ups are served
  L1TlbModule itlb_;
  L1TlbModule dtlb_;
  std::optional<StlbModule> l2_itlb_;
  StlbModule stlb_;
  std::optional<StlbModule> level3_, level4_;
  std::vector<StlbModule*> further_levels_;
  std::vector<StlbModule*> lower_levels_;  // all behind the first
  std::optional<WalkerEntrancesModule> entrances_;
  bool unified_;
  const bool prefetched_into_;  // the last level, by prefetches
  WalkerModule walker_;
  TranslationObserver* observer_ = nullptr;
  std::optional<PerfectTlbModule> perfect_itlb_, perfect_dtlb_;  // unless the mode is normal
  std::array<MissClasses*, kTlbs> classes_{};  // if misses are classified, of the levels there are
  std::optional<LookUpTapModule> fetch_tap_, data_tap_;  // likewise, in the normal mode
};

}  // namespace mmu
