// What an access comes to: its translation, its data, its retirement.
#include <algorithm>

#include "hw/cpu/core_module.hpp"

namespace mmu {

void CoreModule::take_result(std::uint64_t number, WindowSlot& slot, Cycle at,
                             const TranslateResult& result) {
  if (result.story != nullptr) {
    slot.story.insert(slot.story.end(), result.story->begin(), result.story->end());
  } else if (!slot.story.empty() || result.verdict != Verdict::kOk) {
    slot.story.push_back({at, Part::kL1Tlb});
  }
  switch (result.verdict) {
    case Verdict::kOk:
      return take_translation(number, slot, at, result.to);
    case Verdict::kFault:
      land(slot);
      slot.state = WindowSlot::State::kFaulted;
      slot.fault = result.fault;
      last_known_ = std::max(last_known_, at);
      fault_ = std::min(fault_, number);
      return;
    case Verdict::kNeedsWalk:
      timeline_.post(at, Rank::kIssue);
      return wait(number, slot, WindowSlot::Wait::kAgain, at);
    case Verdict::kNeedsDirty:
      land(slot);
      if (retired_ == number) {
        timeline_.post(std::max(at, accounts_.charged()), Rank::kIssue);
      }
      return wait(number, slot, WindowSlot::Wait::kOldest, at);
  }
}

void CoreModule::land(WindowSlot& slot) {
  slot.under_way = false;
  --in_flight_;
}

void CoreModule::wait(std::uint64_t number, WindowSlot& slot, WindowSlot::Wait what,
                      Cycle not_before) {
  slot.state = WindowSlot::State::kWaiting;
  slot.wait = what;
  slot.not_before = not_before;
  waiting_.insert(std::lower_bound(waiting_.begin(), waiting_.end(), number), number);
}

void CoreModule::take_translation(std::uint64_t number, WindowSlot& slot, Cycle at,
                                  const Translation& to) {
  slot.translated = at;
  slot.pa = to.of(slot.va);
  ReplayList& list = replays_[side_of(slot.kind)];
  if (in_issue_ && at <= now_ + 1 && !list.is_refused()) return ask_data(number, slot, at);
  slot.state = WindowSlot::State::kInMemory;
  list.add(at, number);
  // In the turn of issue the one of replays is over: what cost no cycle waits for the next.
  timeline_.post(in_issue_ ? std::max(at, now_ + 1) : at, Rank::kReplay);
}

// Of its L1, in the turn of issue; refused, it queues.
void CoreModule::ask_data(std::uint64_t number, WindowSlot& slot, Cycle at) {
  slot.state = WindowSlot::State::kInMemory;
  const MemoryAnswer answer = ask_memory(number, slot, at);
  if (answer.is_now()) return complete(slot, answer.at(), answer.from());
  if (answer.is_later()) return;
  ReplayList& list = replays_[side_of(slot.kind)];
  list.add(at, number);
  list.refuse();
  if (answer.retry_at() != kNever) timeline_.post(answer.retry_at(), Rank::kReplay);
}

void CoreModule::replay_turn() {
  const Cycle now = timeline_.now();
  for (ReplayList& list : replays_) {
    while (list.has_due(now)) {
      const std::uint64_t number = list.front();
      WindowSlot& slot = window_[number];
      const MemoryAnswer answer = ask_memory(number, slot, now);
      if (answer.is_refused()) {
        list.refuse();
        if (answer.retry_at() != kNever) timeline_.post(answer.retry_at(), Rank::kReplay);
        break;
      }
      list.pop();
      if (answer.is_now()) {
        complete(slot, answer.at(), answer.from());
        after_reply();
      }
    }
  }
}

void CoreModule::complete(WindowSlot& slot, Cycle at, Served from) {
  land(slot);
  slot.state = WindowSlot::State::kComplete;
  slot.complete = at;
  slot.from = from;
  last_known_ = std::max(last_known_, at);
  if (!slot.story.empty()) slot.story.push_back({at, data_part(from)});
  if (slot.has_dependents) timeline_.post(at, Rank::kIssue);
}

void CoreModule::retire_known() {
  while (retired_ < issued_) {
    WindowSlot& slot = window_[retired_];
    if (slot.state != WindowSlot::State::kComplete) break;
    accounts_.retire(slot);
    slot.retired = accounts_.charged();
    if (observer_) observer_(slot);
    ++retired_;
  }
  if (retired_ == issued_) return;
  const WindowSlot& oldest = window_[retired_];
  if (oldest.state == WindowSlot::State::kWaiting && oldest.wait == WindowSlot::Wait::kOldest) {
    timeline_.post(std::max({accounts_.charged(), oldest.not_before, timeline_.now()}),
                   Rank::kIssue);
  }
}

void CoreModule::translated(std::uint32_t index, Cycle at, const TranslateResult& result) {
  const std::uint64_t number = window_.number(index, retired_);
  take_result(number, window_[number], at, result);
  after_reply();
}

void CoreModule::translate_room(Cycle at) {
  if (in_issue_ && at <= now_) return;  // by a fence at the end of a trap: this turn goes on anyway
  timeline_.post(at, Rank::kIssue);
}

void CoreModule::accessed(std::uint32_t index, Cycle at, Served from) {
  const std::uint64_t number = window_.number(index, retired_);
  complete(window_[number], at, from);
  after_reply();
}

void CoreModule::after_reply() {
  retire_known();
  if (fault_ != kNobody && in_flight_ == 0) timeline_.post(timeline_.now(), Rank::kIssue);
  if (wanted_ != kNobody && wanted_ < retired_) {
    timeline_.post(std::max(window_[wanted_].retired, timeline_.now()), Rank::kIssue);
    wanted_ = kNobody;
  }
}

}  // namespace mmu
