#include "testbench/reference/core.hpp"

#include <algorithm>
#include <utility>

namespace mmu::reference {
namespace {

unsigned side_of(AccessKind kind) { return kind == AccessKind::kFetch ? 0 : 1; }

}  // namespace

Core::Core(const MachineParams& machine, TraceSource& trace, CoreLinks links)
    : machine_(machine),
      links_(std::move(links)),
      program_(trace, machine.cpu, machine.cache.l1d.line_bytes) {}

// ---- turn 9

void Core::replays(Cycle t) {
  for (auto& list : replays_) {
    while (!list.empty() && list.front().due <= t) {
      if (!ask_cache(list.front().access, t)) {
        list.front().refused = true;
        break;
      }
      list.erase(list.begin());
    }
  }
}

// ---- turn 10

void Core::issue(Cycle t) {
  end_trap(t);
  if (fault_ && trap_may_enter(t)) take_fault(t);
  if (start_waiting(t)) return;
  issue_new(t);
}

bool Core::start_waiting(Cycle t) {
  for (std::size_t i = retired_; i < next_; ++i) {
    if (!may_start(i, t)) continue;
    Access& access = accesses_[i];
    if (access.state == State::kDependent) cut(access, t, Part::kDependence);
    if (access.state == State::kNeedsDirty) cut(access, t, Part::kAdUpdate);
    if (access.state == State::kHeld) cut(access, t, Part::kFence);
    access.state = State::kAskAgain;
    access.wake = t;
    if (!ask(i, t)) return true;
  }
  return false;
}

bool Core::may_start(std::size_t i, Cycle t) const {
  const Access& access = accesses_[i];
  if (fault_ && *fault_ < i && !access.asked) return false;
  switch (access.state) {
    case State::kDependent:
      return data_there(access, t);
    case State::kAskAgain:
    case State::kHeld:
      return access.wake <= t;
    case State::kNeedsDirty:
      return access.wake <= t && oldest(i, t);
    default:
      return false;
  }
}

void Core::issue_new(Cycle t) {
  for (;;) {
    if (fault_) return;  // older than whatever comes next
    if (next_ == accesses_.size()) {
      const Program::Next what = program_.next();
      if (what == Program::Next::kEnd) return;
      if (what == Program::Next::kEvent) {
        if (!take_event(t)) return;
        continue;
      }
      accesses_.emplace_back();
      accesses_.back().program = program_.take_access();
    }
    if (!issue_next(t)) return;
  }
}

bool Core::issue_next(Cycle t) {
  const std::size_t i = next_;
  Access& access = accesses_[i];
  const std::uint64_t d = access.program.instructions;
  if (!plan_) plan_ = slot_for(d);
  if (plan_->t > t) return false;
  if (i >= machine_.cpu.window && !retired_by(i - machine_.cpu.window, t)) return false;

  const bool starts = data_there(access, t);
  const bool first = access.first_issue == kNever;
  if (first) access.first_issue = t;
  access.state = starts ? State::kAskAgain : State::kDependent;
  ++next_;  // an answer given at once must find it issued
  if (starts && !ask(i, t)) {
    --next_;
    access.state = State::kNotIssued;
    if (first) access.first_issue = kNever;
    return false;
  }
  if (first) say(t, i, starts ? "issues" : "issues and depends");
  time_ = t > plan_->t ? Slot{t, std::min<std::uint64_t>(d, 1)} : *plan_;
  plan_.reset();
  return true;
}

bool Core::ask(std::size_t i, Cycle t) {
  Access& access = accesses_[i];
  const TranslateRequest request{access.program.va, links_.asid, access.program.kind, oldest(i, t),
                                 access.asked_ever, context_,    access.program.pc};
  const TranslateAnswer answer = links_.tlbs[side_of(request.kind)]->ask(t, request, i);
  const bool refused = answer.kind == TranslateAnswer::Kind::kRefused;
  say(t, i, refused ? "is refused by its TLB" : "asks its TLB");
  if (refused) return false;
  if (answer.kind == TranslateAnswer::Kind::kHeld) {
    cut(access, t, Part::kL1Tlb);  // if it has waited to be asked again
    access.state = State::kHeld;
    access.wake = answer.outcome.at;
    return true;
  }
  access.asked = access.asked_ever = true;
  access.state = State::kTranslating;
  if (answer.kind == TranslateAnswer::Kind::kLater) return true;
  if (answer.outcome.verdict == Verdict::kOk) {
    ask_cache_or_wait(i, answer.outcome, t);
  } else {
    outcome(i, answer.outcome);
  }
  return true;
}

// ---- what the TLBs and caches answer

void Core::ask_cache_or_wait(std::size_t i, const Outcome& answer, Cycle t) {
  outcome(i, answer);  // enlists it
  auto& list = replays_[side_of(accesses_[i].program.kind)];
  const bool others_refused =
      std::any_of(list.begin(), list.end(), [](const Replay& replay) { return replay.refused; });
  if (answer.at > t + 1 || others_refused) return;
  const auto mine = std::find_if(list.begin(), list.end(),
                                 [i](const Replay& replay) { return replay.access == i; });
  if (ask_cache(i, answer.at)) {
    list.erase(mine);
  } else {
    mine->refused = true;
  }
}

void Core::translated(std::size_t i, const Outcome& answer) { outcome(i, answer); }

void Core::outcome(std::size_t i, const Outcome& answer) {
  Access& access = accesses_[i];
  for (const Segment& segment : answer.story) cut(access, segment.end, segment.part);
  access.wake = answer.at;
  constexpr const char* kWhat[] = {"is translated", "faults", "needs a walk", "needs dirty"};
  say(answer.at, i, kWhat[static_cast<unsigned>(answer.verdict)]);
  switch (answer.verdict) {
    case Verdict::kOk:
      access.pa = answer.to.of(access.program.va);
      enlist(i, answer.at, false);
      return;
    case Verdict::kNeedsWalk:
      access.state = State::kAskAgain;
      return;
    case Verdict::kNeedsDirty:
      access.state = State::kNeedsDirty;
      return;
    case Verdict::kFault:
      access.state = State::kFaulted;
      access.fault = answer.fault;
      fault_ = std::min(i, fault_.value_or(i));
      return;
  }
}

void Core::enlist(std::size_t i, Cycle due, bool refused) {
  accesses_[i].state = State::kReplaying;
  auto& list = replays_[side_of(accesses_[i].program.kind)];
  const auto place = std::upper_bound(list.begin(), list.end(), due,
                                      [](Cycle a, const Replay& b) { return a < b.due; });
  list.insert(place, {i, due, refused});
}

bool Core::ask_cache(std::size_t i, Cycle at) {
  Access& access = accesses_[i];
  const AccessKind kind = access.program.kind;
  const MemoryOp op = writes(kind) ? MemoryOp::kWrite : MemoryOp::kRead;
  const MemoryAnswer answer = links_.caches[side_of(kind)]->access(
      {at, op, false, access.pa.value()},
      [this, i](Cycle f, Served from) { completed(i, f, from); });
  const bool refused = answer.kind == MemoryAnswer::Kind::kRefused;
  say(at, i, refused ? "is refused by its cache" : "asks its cache");
  if (refused) return false;
  access.state = State::kLoading;
  if (answer.kind == MemoryAnswer::Kind::kNow) completed(i, answer.at, answer.from);
  return true;
}

void Core::completed(std::size_t i, Cycle f, Served from) {
  Access& access = accesses_[i];
  access.state = State::kDone;
  access.completion = f;
  say(f, i, "has its data");
  cut(access, f, data_part(from));
  retire();
}

// ---- time

Core::Slot Core::slot_for(std::uint64_t d) const {
  const std::uint64_t width = machine_.cpu.issue_width;
  const std::uint64_t used = time_.u + d;
  if (d == 0 || used <= width) return {time_.t, used};
  return {time_.t + (used - 1) / width, (used - 1) % width + 1};
}

bool Core::retired_by(std::size_t i, Cycle t) const {
  return i < retired_ && accesses_[i].retirement <= t;
}

bool Core::data_there(const Access& access, Cycle t) const {
  if (!access.program.depends_on) return true;
  const Access& source = accesses_[*access.program.depends_on];
  return source.state == State::kDone && source.completion <= t;
}

void Core::retire() {
  while (retired_ < accesses_.size() && accesses_[retired_].state == State::kDone) {
    Access& access = accesses_[retired_++];
    const Cycle r = std::max(last_r_, access.completion);
    account(access, r);
    access.retirement = last_r_ = r;
    completions.push_back(access.completion);
  }
}

std::optional<Cycle> Core::end() {
  if (fault_ || retired_ < accesses_.size() || program_.next() != Program::Next::kEnd) return {};
  return std::max(last_r_, slot_for(program_.pending_instructions()).t);
}

Cycle Core::busy_until(Cycle t) const { return retired_ == next_ && trap_end_ > t ? trap_end_ : t; }

CpuStats Core::stats() const {
  CpuStats stats = program_.stats;
  stats.page_faults = page_faults;
  stats.squashed = squashed;
  stats.latency_cycles = latency_cycles;
  return stats;
}

}  // namespace mmu::reference
