#pragma once

#include "hw/common/ports.hpp"
#include "hw/link/translate_if.hpp"
#include "hw/mmu/mmu_params.hpp"
#include "hw/mmu/mmu_stats.hpp"
#include "hw/mmu/walk_at_once.hpp"

namespace mmu {

/// Stands where a first-level TLB stands in the baselines of docs/timing.md, section 11: every
/// look-up hits, and the translation is what the page table says in that moment. In bare mode it
/// answers as that does.
///
///     in ──► walk_at_once ──► now, at + latency
class PerfectTlbModule : public sc_core::sc_module, private TranslateIf {
 public:
  sc_core::sc_export<TranslateIf> in{"in"};

  /// `params` give latency and ports with Mode::kPerfectTlb, nothing with kNoTranslation. Requires
  /// another mode than kNormal.
  PerfectTlbModule(const sc_core::sc_module_name& name, MmuParams::Mode mode,
                   const TlbParams& params, const TranslationControl& control,
                   PhysicalMemory& bytes);

  /// As in the first level.
  const TranslateResult& warm_up(const TranslateRequest& request) {
    return result_ = walk_at_once(control_, bytes_, request);
  }

  const TlbStats& stats() const { return stats_; }
  /// Answered in bare mode, replays left out: they are in no counter.
  std::uint64_t untranslated() const { return untranslated_; }

 private:
  TranslateAnswer translate(const TranslateRequest& request) override;

  const TranslationControl& control_;
  PhysicalMemory& bytes_;
  const Cycle latency_;
  Ports ports_;
  TranslateResult result_;  // what the answer points to
  TlbStats stats_;
  std::uint64_t untranslated_ = 0;
};

}  // namespace mmu
