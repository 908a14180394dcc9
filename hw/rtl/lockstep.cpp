#include "hw/rtl/lockstep.hpp"

#include <algorithm>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

constexpr Cycle kAwake = 2;  // cycles after an event in which the RTL still does something
constexpr std::size_t kHistory = 1000;

std::uint64_t frame_of(PhysAddr address) { return address.value() >> kBasePageShift; }

PtwResult verdict_of(const TranslateResult& result) {
  if (result.verdict == Verdict::kNeedsDirty) return PtwResult::kNeedsDirty;
  if (result.verdict == Verdict::kOk) return PtwResult::kOk;
  return ptw_result(result.fault.kind);
}

}  // namespace

/// The cycle `at`, in which something happens; all before it is done.
LockstepLane::Collected& LockstepLane::open(Cycle at) {
  if (!open_ || open_->at != at) {
    catch_up(at);
    open_ = Collected{at, {}, {}};
  }
  return *open_;
}

void LockstepLane::begun(const PageTableFormat& format, const WalkBegun& walk) {
  Collected& now = open(walk.at);
  format_ = &format;
  request_ = walk.request;
  first_ = walk.first;
  now.in.req_valid = true;
  now.in.req_va = walk.request.va.value();
  now.in.req_root = frame_of(walk.root);
  now.in.req_asid = walk.request.asid;
  now.in.req_access = ptw_access(format, walk.request.kind, walk.request.context, walk.ad,
                                 walk.request.may_set_dirty);
  now.said.begun = true;
  walking_ = true;
  look_up_at_ = walk.at + walk.look_up_cycles;
  while (!fences_.empty() && fences_.back().at > walk.at) fences_.pop_back();  // older than it
}

void LockstepLane::offered(Cycle at, const EntryOffered& entry) { open(at).said.offer = entry; }

void LockstepLane::accepted(Cycle at, const EntryTaken& taken) {
  open(at).in.mem_ready = true;
  taken_ = taken;
}

void LockstepLane::filled(Cycle at, const Walk& next) {
  open(at).said.fill = Fill{next.level() + 1, next.table().value(), next.inherited().global};
}

void LockstepLane::ended(Cycle at, const TranslateResult& result) {
  Collected& now = open(at);
  now.in.rsp_ready = true;
  Result told{verdict_of(result), result.fault.level, {}};
  if (!is_fault(told.verdict)) {
    told.to = result.to;
    told.level = result.to.level;
  }
  now.said.result = told;
  walking_ = false;
}

// The RTL takes one fence a cycle. What has happened in this cycle already was before the fence.
void LockstepLane::fenced(Cycle at, const FenceScope& scope) {
  if (!walking_) return;
  Cycle when = open_ && open_->at == at ? at + 1 : at;
  if (!fences_.empty()) when = std::max(when, fences_.back().at + 1);
  fences_.push_back({when, scope});
}

void LockstepLane::catch_up(Cycle until) {
  for (Cycle at = next_due(); at < until; at = next_due()) evaluate(at);
}

Cycle LockstepLane::next_due() const {
  Cycle due = kNever;
  if (open_) due = std::min(due, open_->at);
  if (look_up_at_ != 0) due = std::min(due, look_up_at_);
  if (answer_at_ != 0) due = std::min(due, answer_at_);
  if (!fences_.empty()) due = std::min(due, fences_.front().at);
  if (done_ < awake_until_) due = std::min(due, done_ + 1);
  return due;
}

void LockstepLane::evaluate(Cycle at) {
  PtwInputs in;
  Said said;
  if (open_ && open_->at == at) {
    in = open_->in;
    said = open_->said;
    open_.reset();
    awake_until_ = at + kAwake;
  }
  add_inputs(at, in);
  if (said.offer) offer_ = said.offer;
  said.offer = offer_;
  said.ready = !busy_;

  const PtwOutputs& out = rtl_->settle(in);
  history_.push_back({at, said, out});
  if (history_.size() > kHistory) history_.pop_front();
  const std::string what = difference(said, out);
  if (!what.empty()) differs(at, what);
  rtl_->tick();
  ++outcome_.cycles;
  done_ = at;
  go_on(in, said);
}

/// The model's walker as it is in the next cycle.
void LockstepLane::go_on(const PtwInputs& in, const Said& said) {
  if (in.mem_ready) offer_.reset();
  if (said.begun) busy_ = true;
  if (!said.result) return;
  busy_ = false;
  ++outcome_.walks;
}

/// What others bring in this cycle.
void LockstepLane::add_inputs(Cycle at, PtwInputs& in) {
  if (look_up_at_ == at) {
    in.wc_rvalid = true;
    in.wc_hit = first_.level() != format_->root_level();
    in.wc_level = first_.level();
    in.wc_ppn = frame_of(first_.table());
    in.wc_global = first_.inherited().global;
    look_up_at_ = 0;
    awake_until_ = at + kAwake;
  }
  if (answer_at_ == at) {
    in.mem_rvalid = true;
    in.mem_rdata = taken_.value;
    in.mem_error = taken_.error;
    in.mem_changed = taken_.changed;
    answer_at_ = 0;
    awake_until_ = at + kAwake;
  }
  if (!fences_.empty() && fences_.front().at == at) add_fence(in);
}

void LockstepLane::add_fence(PtwInputs& in) {
  const FenceScope& scope = fences_.front().scope;
  in.fence_valid = true;
  in.fence_leaf_only = scope.leaf_only;
  in.fence_has_va = scope.va.has_value();
  in.fence_va = scope.va.value_or(VirtAddr(0)).value();
  in.fence_has_asid = scope.asid.has_value();
  in.fence_asid = scope.asid.value_or(0);
  fences_.pop_front();
}

Lockstep::Lockstep(const PageTableFormat& format, std::uint32_t walkers, const Maker& maker,
                   LockstepOutcome& outcome)
    : format_(format) {
  for (std::uint32_t i = 0; i < walkers; ++i) lanes_.emplace_back(i, maker(format.depth), outcome);
}

void Lockstep::begun(std::uint32_t walker, const WalkBegun& walk) {
  lanes_[walker].begun(format_, walk);
}
void Lockstep::offered(std::uint32_t walker, Cycle at, const EntryOffered& entry) {
  lanes_[walker].offered(at, entry);
}
void Lockstep::accepted(std::uint32_t walker, Cycle at, const EntryTaken& taken) {
  lanes_[walker].accepted(at, taken);
}
void Lockstep::answered(std::uint32_t walker, Cycle at) { lanes_[walker].answered(at); }
void Lockstep::filled(std::uint32_t walker, Cycle at, const Walk& next) {
  lanes_[walker].filled(at, next);
}
void Lockstep::ended(std::uint32_t walker, Cycle at, const TranslateResult& result) {
  lanes_[walker].ended(at, result);
}
void Lockstep::fenced(Cycle at, const FenceScope& scope) {
  for (LockstepLane& lane : lanes_) lane.fenced(at, scope);
}
void Lockstep::finish(Cycle at) {
  for (LockstepLane& lane : lanes_) lane.catch_up(at + kAwake + 1);
}

}  // namespace mmu
