#include "hw/cpu/core_module.hpp"

#include <algorithm>

namespace mmu {

CoreModule::CoreModule(const sc_core::sc_module_name& name, const CpuParams& params,
                       AccessStream& stream, CpuStats& stats, Asid asid, TimelineModule& timeline,
                       Observer observer)
    : sc_module(name),
      params_(params),
      stream_(stream),
      stats_(stats),
      asid_(asid),
      timeline_(timeline),
      observer_(std::move(observer)),
      window_(params.window) {
  translate_reply.bind(*this);
  memory_reply.bind(memory_reply_);
  timeline.enrol(Rank::kIssue, issue_);
  timeline.enrol(Rank::kReplay, replay_);
}

void CoreModule::start_of_simulation() {
  for (std::uint32_t side = 0; side < kSides; ++side) {
    tlbs_[side] = translate[side].operator->();
    caches_[side] = memory[side].operator->();
  }
  timeline_.post(1, Rank::kIssue);
}

bool CoreModule::go_to(Cycle at) {
  if (at <= now_) return true;
  if (!timeline_.try_advance(at)) {
    timeline_.post(at, Rank::kIssue);
    return false;
  }
  now_ = at;
  return true;
}

void CoreModule::issue_turn() {
  now_ = timeline_.now();
  if (done_ || (in_trap_ && now_ < trap_end_)) return;
  wanted_ = kNobody;
  in_issue_ = true;
  while (issue_step()) {
  }
  in_issue_ = false;
}

// One thing after the other, until something must be awaited.
bool CoreModule::issue_step() {
  if (in_trap_) end_trap();
  if (fault_ != kNobody && trap_due()) {
    enter_trap();
    return go_to(trap_end_);
  }
  if (!waiting_.empty() && !start_waiting()) return false;
  if (fault_ != kNobody) return trap_due();
  if (issued_ == pulled_ && !resuming_ && waiting_.empty()) return issue_hits();
  return issue_next();
}

bool CoreModule::issue_next() {
  if (issued_ < pulled_) return issue_access();  // squashed before
  switch (stream_.peek()) {
    case AccessStream::Item::kAccess:
      return issue_access();
    case AccessStream::Item::kEvent:
      return take_event();
    case AccessStream::Item::kEnd:
      break;
  }
  return finish();
}

bool CoreModule::ask(std::uint64_t number, WindowSlot& slot) {
  const AccessKind kind = slot.kind;
  static_assert(AccessStream::kNoPc == TranslateRequest::kNoPc);
  const TranslateAnswer answer = tlbs_[side_of(kind)]->translate(
      {now_, window_.index(number), slot.va, asid_, kind, writes(kind) && is_oldest(number),
       slot.asked, context_, stream_.pc_of(number)});
  if (answer.is_held) {
    timeline_.post(answer.at, Rank::kIssue);
    if (now_ > slot.story_end()) slot.story.push_back({now_, part_of(slot.wait)});
    wait(number, slot, WindowSlot::Wait::kFence, answer.at);
    return true;
  }
  if (answer.is_refused()) {
    if (answer.at != kNever) timeline_.post(answer.at, Rank::kIssue);
    return false;
  }
  slot.asked = true;
  if (now_ > slot.story_end()) slot.story.push_back({now_, part_of(slot.wait)});
  slot.state = WindowSlot::State::kAsked;
  if (!slot.under_way) ++in_flight_;
  slot.under_way = true;
  if (answer.is_now()) take_result(number, slot, answer.at, *answer.result);
  return true;
}

bool CoreModule::issue_access() {
  const std::uint64_t number = issued_;
  const bool again = number < pulled_;
  const std::uint32_t instructions =
      again ? window_[number].instructions : stream_.access().instructions;

  // (1) The cycle: issue slots, the window, and whatever has held this access back so far.
  const IssuePlace place = next_place(instructions);
  Cycle target = resuming_ ? now_ : std::max(place.cycle, now_);
  if (number >= window_.size()) {
    const std::uint64_t before = number - window_.size();
    if (before >= retired_) {
      wanted_ = before;  // after_reply() wakes us
      return false;
    }
    target = std::max(target, window_[before].retired);
  }
  if (!go_to(target)) return false;

  // (2) Into the window. What a trap has left there keeps its first issue and its story.
  WindowSlot& slot = window_[number];
  if (!again) slot.hold(number, stream_.access());
  if (slot.story.empty()) slot.issued = target;
  slot.has_dependents = false;
  slot.under_way = false;
  slot.wait = WindowSlot::Wait::kAgain;

  // (3) Start, or wait for data.
  if (slot.producer != 0 && depends(number, slot)) {
    wait(number, slot, WindowSlot::Wait::kData, target);
  } else if (!ask(number, slot)) {
    return false;
  }
  slots_used_ = target > place.cycle || resuming_ ? std::min(instructions, 1u) : place.used;
  slot_cycle_ = target;
  resuming_ = false;
  issued_ = number + 1;
  if (!again) {
    pulled_ = issued_;
    stream_.take();
  }
  if (slot.state == WindowSlot::State::kComplete && number == retired_) retire_known();
  return true;
}

bool CoreModule::finish() {
  if (retired_ < issued_) {
    wanted_ = issued_ - 1;
    return false;
  }
  const std::uint32_t used = slots_used_ + stream_.trailing_instructions();
  const Cycle last =
      slot_cycle_ + (used > params_.issue_width ? (used - 1) / params_.issue_width : 0);
  accounts_.charge(last, Part::kIssue);
  stats_.cycles = accounts_.charged();
  stats_.latency_cycles = accounts_.latency_cycles();
  done_ = true;
  return false;
}

// True if the data that the access needs first is not there yet.
bool CoreModule::depends(std::uint64_t number, const WindowSlot& slot) {
  const std::uint64_t producer = number - slot.producer;
  if (slot.producer >= window_.size() || is_there(producer)) return false;
  WindowSlot& from = window_[producer];
  from.has_dependents = true;
  if (from.state == WindowSlot::State::kComplete) timeline_.post(from.complete, Rank::kIssue);
  return true;
}

// A slot that a younger access has got since is the sign of a producer that has retired.
bool CoreModule::is_there(std::uint64_t producer) const {
  const WindowSlot& from = window_[producer];
  return from.number != producer ||
         (from.state == WindowSlot::State::kComplete && from.complete <= now_);
}

bool CoreModule::is_oldest(std::uint64_t number) const {
  return retired_ == number && accounts_.charged() <= now_;
}

bool CoreModule::may_start(std::uint64_t number, const WindowSlot& slot) const {
  if (slot.not_before > now_) return false;
  if (slot.wait == WindowSlot::Wait::kAgain || slot.wait == WindowSlot::Wait::kFence) return true;
  if (slot.wait == WindowSlot::Wait::kOldest) return is_oldest(number);
  return is_there(number - slot.producer);
}

bool CoreModule::start_waiting() {
  for (auto next = waiting_.begin(); next != waiting_.end();) {
    const std::uint64_t number = *next;
    WindowSlot& slot = window_[number];
    const bool held_back = fault_ < number && !slot.under_way;
    if (held_back || !may_start(number, slot)) {
      ++next;
      continue;
    }
    // Out of the list first: what it comes to may put it in again, at the same place.
    const auto place = next - waiting_.begin();
    waiting_.erase(next);
    if (!ask(number, slot)) {
      // What it has waited for is there; from here on it waits for its TLB.
      if (now_ > slot.story_end()) slot.story.push_back({now_, part_of(slot.wait)});
      wait(number, slot, WindowSlot::Wait::kAgain, now_);
      return false;
    }
    next = waiting_.begin() + place;
    if (next != waiting_.end() && *next == number) ++next;
    if (number == retired_) retire_known();
  }
  return true;
}

}  // namespace mmu
