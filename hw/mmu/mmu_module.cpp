#include "hw/mmu/mmu_module.hpp"

#include <algorithm>
#include <sstream>

#include "hw/common/log.hpp"
#include "hw/mmu/inclusion.hpp"

namespace mmu {

MmuModule::MmuModule(const sc_core::sc_module_name& name, const MmuParams& params,
                     TranslationControl& control, PhysicalMemory& bytes, std::uint64_t seed,
                     TimelineModule& timeline, LinkTaps* taps)
    : sc_module(name),
      control_(control),
      timeline_(timeline),
      fence_params_(params.fence),
      itlb_("itlb", "mmu.itlb", params.itlb, control, seed, timeline),
      dtlb_("dtlb", "mmu.dtlb", params.dtlb, control, seed, timeline),
      stlb_("stlb", "mmu.stlb", params.stlb, TlbName::kStlb, params.splits_second_level() ? 1 : 2,
            control, seed, timeline),
      unified_(params.first_level == MmuParams::FirstLevel::kUnified),
      prefetched_into_(params.prefetch.target == PrefetchParams::Target::kStlb &&
                       params.prefetch.kind != PrefetchParams::Kind::kOff),
      walker_("walker", params.walker, params.walk_cache, params.prefetch, control, bytes, seed,
              timeline) {
  if (!fits(control.asid)) {
    throw ConfigError("mmu.asid_bits: ASID " + std::to_string(control.asid) + " does not fit " +
                      std::to_string(control.format->asid_bits) + " bits");
  }
  for (const TlbParams* level : {&params.itlb, &params.dtlb, &params.l2_itlb, &params.stlb,
                                 &params.level3, &params.level4}) {
    if (level->has_sectors()) walker_.read_neighbours(params.line_bytes);
  }
  if (const auto problem = second_level_problem(params)) {
    throw ConfigError(problem->path + ": " + problem->text);
  }
  add_levels(params, seed, timeline);
  include(params);
  join_levels(taps);
  if (params.mode == MmuParams::Mode::kNormal) return;
  perfect_itlb_.emplace("perfect_itlb", params.mode, params.itlb, control, bytes);
  perfect_dtlb_.emplace("perfect_dtlb", params.mode, params.dtlb, control, bytes);
}

void MmuModule::add_levels(const MmuParams& params, std::uint64_t seed, TimelineModule& timeline) {
  if (params.splits_second_level()) {
    lower_levels_.push_back(&l2_itlb_.emplace("l2_itlb", "mmu.l2_itlb", params.l2_itlb,
                                              TlbName::kL2Itlb, 1, control_, seed, timeline));
  }
  lower_levels_.push_back(&stlb_);
  if (params.level3.entries != 0) {
    further_levels_.push_back(&level3_.emplace("level3", "mmu.level3", params.level3,
                                               TlbName::kLevel3, l2_itlb_ ? 2 : 1, control_, seed,
                                               timeline));
  } else if (l2_itlb_) {
    entrances_.emplace("walker_entrances");
  }
  if (params.level4.entries != 0) {
    further_levels_.push_back(&level4_.emplace("level4", "mmu.level4", params.level4,
                                               TlbName::kLevel4, 1, control_, seed, timeline));
  }
  lower_levels_.insert(lower_levels_.end(), further_levels_.begin(), further_levels_.end());
}

void MmuModule::join_levels(LinkTaps* taps) {
  join_second_level(taps);
  const auto join_both = [taps](StlbModule& level, auto& in, auto& in_reply,
                                const std::string& behind) {
    const std::string link = std::string(level.basename()) + "_" + behind;
    join(level.next, in, taps, link);
    join(in_reply, level.next_reply, taps, link);
  };
  if (entrances_) {
    join_both(*l2_itlb_, entrances_->in[0], entrances_->in_reply[0], "walkers");
    join_both(stlb_, entrances_->in[1], entrances_->in_reply[1], "walkers");
    entrances_->next.bind(walker_.in);
    walker_.in_reply.bind(entrances_->next_reply);
    return;
  }
  if (l2_itlb_) join_both(*l2_itlb_, level3_->in[0], level3_->in_reply[0], "level3");
  StlbModule* last = &stlb_;
  for (StlbModule* level : further_levels_) {
    const std::size_t entrance = level->in.size() - 1;
    join_both(*last, level->in[entrance], level->in_reply[entrance], level->basename());
    last = level;
  }
  join_both(*last, walker_.in, walker_.in_reply, "walkers");
}

void MmuModule::join_second_level(LinkTaps* taps) {
  StlbModule& of_fetches = l2_itlb_ ? *l2_itlb_ : stlb_;
  const std::size_t of_data = l2_itlb_ ? 0 : 1;
  const std::string fetches = std::string("itlb_") + of_fetches.basename();
  join(itlb_.next, of_fetches.in[0], taps, fetches);
  join(dtlb_.next, stlb_.in[of_data], taps, "dtlb_stlb");
  join(of_fetches.in_reply[0], itlb_.next_reply, taps, fetches);
  join(stlb_.in_reply[of_data], dtlb_.next_reply, taps, "dtlb_stlb");
}

// Who must hold what of whom.
void MmuModule::include(const MmuParams& params) {
  if (const auto problem = inclusion_problem(params)) {
    throw ConfigError(problem->path + ": " + problem->text);
  }
  const auto exclusive = [](Inclusion inclusion) { return inclusion == Inclusion::kExclusive; };
  stlb_.set_inclusion(params.stlb_inclusion);
  if (l2_itlb_) l2_itlb_->set_inclusion(params.l2_itlb_inclusion);
  if (exclusive(l2_itlb_ ? params.l2_itlb_inclusion : params.stlb_inclusion)) itlb_.tell_next();
  if (exclusive(params.stlb_inclusion)) dtlb_.tell_next();
  if (level3_) level3_->set_inclusion(params.level3_inclusion);
  if (exclusive(params.level3_inclusion)) {
    stlb_.tell_next();
    if (l2_itlb_) l2_itlb_->tell_next();
  }
  if (level4_) level4_->set_inclusion(params.level4_inclusion);
  if (exclusive(params.level4_inclusion)) level3_->tell_next();
}

void MmuModule::observe(TranslationObserver& observer) {
  observer_ = &observer;
  itlb_.observe(observer, TlbName::kItlb);
  dtlb_.observe(observer, TlbName::kDtlb);
  for (StlbModule* level : lower_levels_) level->observe(observer);
  walker_.observe(observer);
}

void MmuModule::classify_misses(const MmuParams& params) {
  const auto of = [this](TlbName tlb) -> MissClasses*& {
    return classes_[static_cast<unsigned>(tlb)];
  };
  of(TlbName::kItlb) = &itlb_.classify_misses(params.itlb);
  of(TlbName::kDtlb) = &dtlb_.classify_misses(params.dtlb);
  if (l2_itlb_) of(TlbName::kL2Itlb) = &l2_itlb_->classify_misses(params.l2_itlb);
  of(TlbName::kStlb) = &stlb_.classify_misses(params.stlb);
  if (level3_) of(TlbName::kLevel3) = &level3_->classify_misses(params.level3);
  if (level4_) of(TlbName::kLevel4) = &level4_->classify_misses(params.level4);
  if (params.mode != MmuParams::Mode::kNormal) return;
  fetch_tap_.emplace("fetch_tap", *of(TlbName::kItlb));
  data_tap_.emplace("data_tap", *of(TlbName::kDtlb));
  fetch_tap_->next.bind(itlb_.in);
  data_tap_->next.bind(dtlb_.in);
}

std::array<MissClassStats, kTlbs> MmuModule::miss_classes() const {
  std::array<MissClassStats, kTlbs> all;
  for (std::size_t i = 0; i < kTlbs; ++i) {
    if (classes_[i] != nullptr) all[i] = classes_[i]->stats();
  }
  return all;
}

void MmuModule::fence(const FenceScope& asked) {
  FenceScope scope = fence_params_.carried_out(asked);
  // Bits that hardware does not have are not compared (RISC-V: those of rs2 above ASIDLEN).
  const unsigned asids = 1U << control_.format->asid_bits;
  if (scope.asid) scope.asid = static_cast<Asid>(*scope.asid & (asids - 1));
  log_message(LogSource::kFence, LogLevel::kDebug, timeline_.now(), [&] {
    std::ostringstream out;
    out << "fence of " << (scope.leaf_only ? "leaves of " : "");
    if (scope.asid) out << "ASID " << *scope.asid << ", ";
    if (scope.va) {
      out << "VA 0x" << std::hex << scope.va->value();
    } else {
      out << "all addresses";
    }
    return out.str();
  });
  if (observer_ != nullptr) observer_->fenced(scope, timeline_.now());
  itlb_.fence(scope);
  dtlb_.fence(scope);
  for (StlbModule* level : lower_levels_) level->fence(scope);
  walker_.fence(scope);
  if (fence_params_.latency_cycles != 0) hold_look_ups();
}

void MmuModule::switch_space(const AddressSpace& space) {
  if (!fits(space.asid)) {
    throw ModelError("software switches to ASID " + std::to_string(space.asid) + ", which " +
                     std::to_string(control_.format->asid_bits) +
                     " bits do not hold (mmu.asid_bits, and the format's own)");
  }
  control_.root = space.root;
  control_.asid = space.asid;
  if (control_.format->asid_bits == 0) fence({Asid{0}, {}, false});
}

const TranslateResult& MmuModule::warm_up(const TranslateRequest& request) {
  if (perfect_dtlb_) return perfect_dtlb_->warm_up(request);
  const bool fetches = request.kind == AccessKind::kFetch && !unified_;
  return (fetches ? itlb_ : dtlb_).warm_up(request);
}

void MmuModule::start_counting() {
  fenced_until_ = 0;
  itlb_.start_counting();
  dtlb_.start_counting();
  for (StlbModule* level : lower_levels_) level->start_counting();
  walker_.start_counting();
}

// One fence after the other.
void MmuModule::hold_look_ups() {
  fenced_until_ = std::max(fenced_until_, timeline_.now()) + fence_params_.latency_cycles;
  itlb_.hold(fenced_until_);
  dtlb_.hold(fenced_until_);
  for (StlbModule* level : lower_levels_) level->hold(fenced_until_);
}

std::vector<HeldTranslations> MmuModule::held() const {
  std::vector<HeldTranslations> all;
  const auto first_level = [&](const L1TlbModule& tlb) {
    all.push_back({tlb.basename(), tlb.held(), {}, {}});
  };
  const auto level = [&](const StlbModule& tlb, bool has_one_before) -> HeldTranslations& {
    HeldTranslations& held = all.emplace_back();
    held.name = tlb.basename();
    held.pages = tlb.held();
    // Two TLBs may both hold a page that one of them has given up, and a prefetch enters the last
    // level whatever the others hold (docs/timing.md, section 5).
    const bool is_last = further_levels_.empty() || &tlb == further_levels_.back();
    held.includes = tlb.inclusion() == Inclusion::kInclusive;
    held.excludes = tlb.inclusion() == Inclusion::kExclusive && has_one_before &&
                    !(prefetched_into_ && is_last);
    return held;
  };
  first_level(itlb_);
  if (l2_itlb_) level(*l2_itlb_, true);
  first_level(dtlb_);
  HeldTranslations& second = level(stlb_, l2_itlb_ || unified_);
  if (l2_itlb_) second.reach = 1;
  for (const StlbModule* further : further_levels_) {
    level(*further, !(l2_itlb_ && further == further_levels_.front()));
  }
  all.push_back(walker_.held());
  return all;
}

bool MmuModule::idle() const {
  return itlb_.idle() && dtlb_.idle() && walker_.idle() &&
         std::all_of(lower_levels_.begin(), lower_levels_.end(),
                     [](const StlbModule* level) { return level->idle(); });
}

void MmuModule::explain_stall(std::ostream& out) const {
  itlb_.explain_stall(out);
  dtlb_.explain_stall(out);
  for (const StlbModule* level : lower_levels_) level->explain_stall(out);
  walker_.explain_stall(out);
}

}  // namespace mmu
