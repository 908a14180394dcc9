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
      stlb_("stlb", "mmu.stlb", params.stlb, TlbName::kStlb, 2, control, seed, timeline),
      unified_(params.first_level == MmuParams::FirstLevel::kUnified),
      prefetched_into_(params.prefetch.target == PrefetchParams::Target::kStlb &&
                       params.prefetch.kind != PrefetchParams::Kind::kOff),
      walker_("walker", params.walker, params.walk_cache, params.prefetch, control, bytes, seed,
              timeline) {
  if (!fits(control.asid)) {
    throw ConfigError("mmu.asid_bits: ASID " + std::to_string(control.asid) + " does not fit " +
                      std::to_string(control.format->asid_bits) + " bits");
  }
  for (const TlbParams* level :
       {&params.itlb, &params.dtlb, &params.stlb, &params.level3, &params.level4}) {
    if (level->has_sectors()) walker_.read_neighbours(params.line_bytes);
  }
  if (params.level3.entries != 0) {
    further_levels_.push_back(&level3_.emplace("level3", "mmu.level3", params.level3,
                                               TlbName::kLevel3, 1, control, seed, timeline));
  }
  if (params.level4.entries != 0) {
    further_levels_.push_back(&level4_.emplace("level4", "mmu.level4", params.level4,
                                               TlbName::kLevel4, 1, control, seed, timeline));
  }
  include(params);
  join_levels(taps);
  if (params.mode == MmuParams::Mode::kNormal) return;
  perfect_itlb_.emplace("perfect_itlb", params.mode, params.itlb, control, bytes);
  perfect_dtlb_.emplace("perfect_dtlb", params.mode, params.dtlb, control, bytes);
}

void MmuModule::join_levels(LinkTaps* taps) {
  join(itlb_.next, stlb_.in[0], taps, "itlb_stlb");
  join(dtlb_.next, stlb_.in[1], taps, "dtlb_stlb");
  join(stlb_.in_reply[0], itlb_.next_reply, taps, "itlb_stlb");
  join(stlb_.in_reply[1], dtlb_.next_reply, taps, "dtlb_stlb");
  StlbModule* last = &stlb_;
  for (StlbModule* level : further_levels_) {
    const std::string link = std::string(last->basename()) + "_" + level->basename();
    join(last->next, level->in[0], taps, link);
    join(level->in_reply[0], last->next_reply, taps, link);
    last = level;
  }
  const std::string link = std::string(last->basename()) + "_walkers";
  join(last->next, walker_.in, taps, link);
  join(walker_.in_reply, last->next_reply, taps, link);
}

// Who must hold what of whom.
void MmuModule::include(const MmuParams& params) {
  if (const auto problem = inclusion_problem(params)) {
    throw ConfigError(problem->path + ": " + problem->text);
  }
  const auto exclusive = [](Inclusion inclusion) { return inclusion == Inclusion::kExclusive; };
  stlb_.set_inclusion(params.stlb_inclusion);
  if (exclusive(params.stlb_inclusion)) {
    itlb_.tell_next();
    dtlb_.tell_next();
  }
  if (level3_) level3_->set_inclusion(params.level3_inclusion);
  if (exclusive(params.level3_inclusion)) stlb_.tell_next();
  if (level4_) level4_->set_inclusion(params.level4_inclusion);
  if (exclusive(params.level4_inclusion)) level3_->tell_next();
}

void MmuModule::observe(TranslationObserver& observer) {
  observer_ = &observer;
  itlb_.observe(observer, TlbName::kItlb);
  dtlb_.observe(observer, TlbName::kDtlb);
  stlb_.observe(observer);
  for (StlbModule* level : further_levels_) level->observe(observer);
  walker_.observe(observer);
}

void MmuModule::classify_misses(const MmuParams& params) {
  classes_ = {&itlb_.classify_misses(params.itlb), &dtlb_.classify_misses(params.dtlb),
              &stlb_.classify_misses(params.stlb)};
  if (level3_) classes_[3] = &level3_->classify_misses(params.level3);
  if (level4_) classes_[4] = &level4_->classify_misses(params.level4);
  if (params.mode != MmuParams::Mode::kNormal) return;
  fetch_tap_.emplace("fetch_tap", *classes_[0]);
  data_tap_.emplace("data_tap", *classes_[1]);
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
  stlb_.fence(scope);
  for (StlbModule* level : further_levels_) level->fence(scope);
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
  stlb_.start_counting();
  for (StlbModule* level : further_levels_) level->start_counting();
  walker_.start_counting();
}

// One fence after the other.
void MmuModule::hold_look_ups() {
  fenced_until_ = std::max(fenced_until_, timeline_.now()) + fence_params_.latency_cycles;
  itlb_.hold(fenced_until_);
  dtlb_.hold(fenced_until_);
  stlb_.hold(fenced_until_);
  for (StlbModule* level : further_levels_) level->hold(fenced_until_);
}

std::vector<HeldTranslations> MmuModule::held() const {
  std::vector<HeldTranslations> all{{"itlb", itlb_.held(), {}, {}},
                                    {"dtlb", dtlb_.held(), {}, {}},
                                    {"stlb", stlb_.held(), {}, {}}};
  for (const StlbModule* level : further_levels_) {
    all.push_back({level->basename(), level->held(), {}, {}});
  }
  for (std::size_t i = 0; i < 1 + further_levels_.size(); ++i) {
    const StlbModule& level = i == 0 ? stlb_ : *further_levels_[i - 1];
    // Two first-level TLBs may both hold a page that one of them has given up, and a prefetch
    // enters the last level whatever the others hold (docs/timing.md, section 4).
    const bool is_exact =
        (i != 0 || unified_) && !(prefetched_into_ && i == further_levels_.size());
    all[2 + i].includes = level.inclusion() == Inclusion::kInclusive;
    all[2 + i].excludes = level.inclusion() == Inclusion::kExclusive && is_exact;
  }
  all.push_back(walker_.held());
  return all;
}

bool MmuModule::idle() const {
  return itlb_.idle() && dtlb_.idle() && stlb_.idle() && walker_.idle() &&
         std::all_of(further_levels_.begin(), further_levels_.end(),
                     [](const StlbModule* level) { return level->idle(); });
}

void MmuModule::explain_stall(std::ostream& out) const {
  itlb_.explain_stall(out);
  dtlb_.explain_stall(out);
  stlb_.explain_stall(out);
  for (const StlbModule* level : further_levels_) level->explain_stall(out);
  walker_.explain_stall(out);
}

}  // namespace mmu
