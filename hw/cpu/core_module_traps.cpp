// Page faults and system calls as the core sees them (docs/timing.md, section 7).
#include <algorithm>

#include "hw/common/log.hpp"
#include "hw/cpu/core_module.hpp"

namespace mmu {

bool CoreModule::trap_due() {
  if (retired_ != fault_ || in_flight_ != 0) return false;
  const Cycle due = std::max(accounts_.charged(), last_known_);
  if (due <= now_) return true;
  timeline_.post(due, Rank::kIssue);
  return false;
}

void CoreModule::enter_trap() {
  WindowSlot& slot = window_[fault_];
  const TrapAnswer answer = trap->page_fault({slot.fault, slot.kind, asid_, fault_}, now_);
  ++stats_.page_faults;
  in_trap_ = true;
  trap_end_ = now_ + answer.cycles;
  pending_ = answer;
  slot.story.push_back({now_, Part::kFaultDrain});
  slot.story.push_back({trap_end_, Part::kFaultOs});

  log_message(LogSource::kCpu, LogLevel::kDebug, now_, [&] {
    return "trap of access " + std::to_string(fault_) + " (" +
           std::string(name_of(slot.fault.kind)) + "), until cycle " + std::to_string(trap_end_) +
           "; " + std::to_string(issued_ - fault_ - 1) + " younger accesses squashed";
  });

  // Younger accesses are as if they had not issued.
  for (std::uint64_t number = fault_ + 1; number < issued_; ++number) {
    ++stats_.squashed;
    window_[number].story.clear();
  }
  waiting_.clear();
  issued_ = fault_;
  fault_ = kNobody;
  resuming_ = true;
  if (answer.process_ended) lose_process();
}

// Of the access that is in the trap.
void CoreModule::lose_process() {
  accounts_.lose(window_[issued_]);
  window_[issued_].retired = accounts_.charged();
  retired_ = ++issued_;
  AccessStream::Lost lost;
  for (; issued_ + lost.accesses < pulled_; ++lost.accesses) {
    const WindowSlot& slot = window_[issued_ + lost.accesses];
    lost.instructions += slot.instructions;
    if (!slot.asked) ++lost.unasked[static_cast<unsigned>(slot.kind)];
  }
  pulled_ = issued_;
  resuming_ = false;
  slot_cycle_ = trap_end_;
  slots_used_ = 0;
  stream_.drop_process(lost);
}

bool CoreModule::take_event() {
  if (retired_ < issued_) {
    wanted_ = issued_ - 1;
    return false;
  }
  if (!go_to(std::max({slot_cycle_, accounts_.charged(), now_}))) return false;
  const OsEvent event = stream_.event();
  stream_.take_event();
  const TrapAnswer answer = trap->system_call(event, now_);
  stream_.resolve(event.handle, answer.value);
  if (answer.process_ended) stream_.drop_process();
  ++stats_.system_calls;
  in_trap_ = true;
  trap_end_ = now_ + answer.cycles;
  pending_ = answer;
  accounts_.charge(now_, Part::kIssue);
  accounts_.charge(trap_end_, Part::kSystemCall);
  slot_cycle_ = trap_end_;
  slots_used_ = 0;
  return go_to(trap_end_);
}

void CoreModule::end_trap() {
  in_trap_ = false;
  for (const AddressSpace& space : pending_.spaces) {
    fences->switch_space(space);
    asid_ = space.asid;
  }
  for (const FenceScope& fence : pending_.fences) fences->fence(fence);
  context_ = pending_.context.value_or(context_);
  pending_ = {};
}

void CoreModule::explain_stall(std::ostream& out) const {
  out << name() << ": " << retired_ << " accesses retired, " << issued_ - retired_
      << " in the window of " << window_.size() << ", " << in_flight_ << " under way, "
      << waiting_.size() << " wait to start, " << replays_[0].size() + replays_[1].size()
      << " translated ones wait for their cache\n";
  if (retired_ >= issued_) return;
  constexpr const char* kStates[] = {"waits to start", "waits for its translation",
                                     "waits for its data", "is complete", "has faulted"};
  const WindowSlot& slot = window_[retired_];
  out << "  the oldest, access " << retired_ << " (" << name_of(slot.kind) << " of VA 0x"
      << std::hex << slot.va.value() << std::dec << "), issued in cycle " << slot.issued << ", "
      << kStates[static_cast<unsigned>(slot.state)];
  if (slot.state == WindowSlot::State::kWaiting) {
    constexpr const char* kWaits[] = {" when data of another access is there",
                                      " when it is the oldest", " when its TLB has room",
                                      " when a fence has been carried out"};
    out << kWaits[static_cast<unsigned>(slot.wait)] << ", not before " << slot.not_before;
  }
  out << "\n";
}

}  // namespace mmu
