// Traps (section 7) and accounts (section 10).
#include <algorithm>
#include <ostream>

#include "testbench/reference/core.hpp"

namespace mmu::reference {

bool Core::trap_may_enter(Cycle t) const {
  const std::size_t i = *fault_;
  if (accesses_[i].wake > t || !oldest(i, t)) return false;
  return std::all_of(accesses_.begin() + static_cast<std::ptrdiff_t>(i),
                     accesses_.begin() + static_cast<std::ptrdiff_t>(next_), [t](const Access& a) {
                       if (!a.asked || a.state == State::kNeedsDirty) return true;
                       if (a.state == State::kDone) return a.completion <= t;
                       return a.state == State::kFaulted && a.wake <= t;
                     });
}

void Core::take_fault(Cycle t) {
  const std::size_t number = *fault_;
  Access& access = accesses_[number];
  cut(access, t, Part::kFaultDrain);
  say(t, number, "enters the OS");
  const TrapWork work =
      links_.traps->handle_fault({access.fault, access.program.kind, links_.asid, number});
  ++page_faults;
  trap_end_ = t + cost(work);
  trap_work_ = work;
  cut(access, trap_end_, Part::kFaultOs);

  for (std::size_t i = number + 1; i < next_; ++i) {
    Access& younger = accesses_[i];
    const bool asked_ever = younger.asked_ever;
    const ProgramAccess program = younger.program;
    younger = Access{};
    younger.program = program;
    younger.asked_ever = asked_ever;
    ++squashed;
  }
  access.state = State::kNotIssued;
  access.asked = false;
  next_ = number;
  fault_.reset();
  plan_ = Slot{trap_end_, std::min<std::uint64_t>(access.program.instructions, 1)};
  if (work.process_ended) lose_process(number);
  end_trap(t);  // in case it cost nothing
}

// The access and all that are younger never retire; another process begins when the trap ends.
void Core::lose_process(std::size_t number) {
  std::uint64_t instructions = 0;
  for (std::size_t i = 0; i <= number; ++i) instructions += accesses_[i].program.instructions;
  for (std::size_t i = number + 1; i < accesses_.size(); ++i) {
    if (!accesses_[i].asked_ever) program_.uncount(accesses_[i].program.kind);
  }
  program_.drop_process(number + 1, instructions);
  accesses_.resize(number + 1);
  Access& dead = accesses_[number];
  charge_story(dead, trap_end_);
  dead.state = State::kDone;
  dead.completion = dead.retirement = last_r_ = trap_end_;
  next_ = retired_ = number + 1;
  time_ = {trap_end_, 0};
  plan_.reset();
}

bool Core::take_event(Cycle t) {
  if (time_.t > t || retired_ != accesses_.size() || last_r_ > t) return false;
  const OsEvent event = program_.take_event();
  const TrapWork work = links_.traps->handle_event(event);
  if (event.handle != TraceRecord::kNoHandle) program_.set_handle(event.handle, work.value);
  if (work.process_ended) program_.drop_process();
  trap_end_ = t + cost(work);
  trap_work_ = work;
  charge(last_r_, t, Part::kIssue);
  charge(t, trap_end_, Part::kSystemCall);
  last_r_ = trap_end_;
  time_ = {trap_end_, 0};
  end_trap(t);
  return true;
}

void Core::end_trap(Cycle t) {
  if (t < trap_end_) return;
  for (const AddressSpace& space : trap_work_.spaces) {
    links_.asid = space.asid;
    links_.switch_space(space);
  }
  for (const FenceScope& scope : trap_work_.fences) links_.fence(scope);
  if (trap_work_.context) context_ = *trap_work_.context;
  trap_work_ = TrapWork{};
}

Cycle Core::cost(const TrapWork& work) const {
  const OsCostParams& each = machine_.os.cost;
  const auto times = [](std::uint64_t n, std::uint32_t cycles) { return n * cycles; };
  // What the C library does costs what it asks the kernel for.
  const std::uint64_t traps = work.library_calls ? *work.library_calls : 1;
  const std::uint64_t calls = work.library_calls ? traps : (work.system_call ? 1 : 0);
  return times(traps, each.trap_cycles) + times(calls, each.system_call_cycles) +
         times(work.faults_served, each.fault_cycles) +
         times(work.frames_zeroed, each.zero_frame_cycles) +
         times(work.frames_copied, each.copy_frame_cycles) +
         times(work.entries_written, each.entry_cycles) +
         times(work.tables_made, each.table_cycles) + times(work.areas_changed, each.area_cycles) +
         times(work.fences.size(), each.fence_cycles) +
         times(work.spaces.size(), each.switch_cycles);
}

// ---- accounts

void Core::cut(Access& access, Cycle end, Part part) { access.story.push_back({end, part}); }

void Core::charge(Cycle from, Cycle to, Part part) {
  if (to > from) at(cycle_stack, part) += to - from;
}

void Core::account(const Access& access, Cycle r) {
  latency_cycles += access.completion - access.first_issue;
  Cycle begin = access.first_issue;
  for (const Segment& segment : access.story) {
    if (segment.end <= begin) continue;
    at(latency_stack, segment.part) += segment.end - begin;
    begin = segment.end;
  }
  charge_story(access, r);
}

void Core::charge_story(const Access& access, Cycle r) {
  charge(last_r_, std::min(access.first_issue, r), Part::kIssue);
  Cycle begin = access.first_issue;
  for (const Segment& segment : access.story) {
    if (segment.end <= begin) continue;
    charge(std::max(begin, last_r_), segment.end, segment.part);
    begin = segment.end;
  }
}

void Core::say(Cycle when, std::size_t access, const char* what) const {
  if (links_.log == nullptr) return;
  *links_.log << when << ": access " << access << ' ' << what << " (va " << std::hex
              << accesses_[access].program.va.value() << std::dec << ")\n";
}

void Core::finish(Cycle end) { charge(last_r_, end, Part::kIssue); }

}  // namespace mmu::reference
