// The traffic generator: sections 2 and 7 of docs/timing.md, turns 9 and 10.
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <vector>

#include "hw/arch/software_interface.hpp"
#include "sim/platform/platform_params.hpp"
#include "testbench/reference/first_tlb.hpp"
#include "testbench/reference/memory.hpp"
#include "testbench/reference/program.hpp"

namespace mmu::reference {

/// Everything that the core talks to.
struct CoreLinks {
  FirstTlb* tlbs[2];   ///< ITLB, DTLB
  Memory* caches[2];   ///< L1I, L1D
  TrapHandler* traps;  ///< the operating system
  Asid asid;
  std::function<void(const AddressSpace&)> switch_space;  ///< at the end of a trap
  std::function<void(const FenceScope&)> fence;           ///< likewise
  std::ostream* log;                                      ///< or nullptr
};

class Core {
 public:
  Core(const MachineParams& machine, TraceSource& trace, CoreLinks links);

  void replays(Cycle t);  ///< turn 9
  void issue(Cycle t);    ///< turn 10
  void translated(std::size_t access, const Outcome& outcome);

  /// The last cycle of the run, once the end of the program is known to be reached.
  std::optional<Cycle> end();
  /// If the core does nothing before a cycle ahead of `t` (it is in a trap): that cycle; else t.
  Cycle busy_until(Cycle t) const;
  std::size_t retired() const { return retired_; }
  Cycle last_retirement() const { return last_r_; }
  void finish(Cycle end);  ///< settles the accounts

  std::vector<Cycle> completions;  ///< of the accesses retired, in program order
  Stack latency_stack{}, cycle_stack{};
  std::uint64_t page_faults = 0, squashed = 0, latency_cycles = 0;
  CpuStats stats() const;

 private:
  enum class State : std::uint8_t {
    kNotIssued,
    kDependent,    ///< waits for the data that its address comes from
    kAskAgain,     ///< from `wake` on
    kNeedsDirty,   ///< until it is the oldest, and not before `wake`
    kHeld,         ///< by a fence, until `wake`
    kTranslating,  ///< its TLB answers later
    kReplaying,    ///< in the replay list
    kLoading,      ///< its L1 answers later
    kDone,         ///< `completion` is known
    kFaulted,      ///< in `wake`
  };
  struct Access {
    ProgramAccess program;
    State state = State::kNotIssued;
    bool asked = false;       ///< its TLB has taken a request since it last issued
    bool asked_ever = false;  ///< and before that
    Cycle wake = 0, completion = 0, retirement = 0;
    Cycle first_issue = kNever;
    Fault fault;
    PhysAddr pa;
    Story story;  ///< from first_issue on
  };
  struct Slot {
    Cycle t;
    std::uint64_t u;
  };
  struct Replay {
    std::size_t access;
    Cycle due;
    bool refused;
  };

  // Turn 10.
  void end_trap(Cycle t);
  void take_fault(Cycle t);
  void lose_process(std::size_t number);
  bool trap_may_enter(Cycle t) const;
  bool start_waiting(Cycle t);  ///< true: one was refused
  bool may_start(std::size_t i, Cycle t) const;
  void issue_new(Cycle t);
  bool issue_next(Cycle t);  ///< false: no more in this cycle
  bool take_event(Cycle t);  ///< likewise

  bool ask(std::size_t i, Cycle t);  ///< false: refused
  void outcome(std::size_t i, const Outcome& outcome);
  void ask_cache_or_wait(std::size_t i, const Outcome& outcome, Cycle t);
  bool ask_cache(std::size_t i, Cycle at);  ///< false: refused
  void completed(std::size_t i, Cycle f, Served from);
  void enlist(std::size_t i, Cycle due, bool refused);

  // Time.
  Slot slot_for(std::uint64_t instructions) const;
  bool retired_by(std::size_t i, Cycle t) const;
  bool oldest(std::size_t i, Cycle t) const { return i == 0 || retired_by(i - 1, t); }
  bool data_there(const Access& access, Cycle t) const;
  void retire();
  Cycle cost(const TrapWork& work) const;

  // Accounts.
  void cut(Access& access, Cycle end, Part part);
  void account(const Access& access, Cycle r);
  void charge_story(const Access& access, Cycle r);
  void charge(Cycle from, Cycle to, Part part);
  /// "cycle: access what"; `when` is the cycle that it is about.
  void say(Cycle when, std::size_t access, const char* what) const;

  MachineParams machine_;
  CoreLinks links_;
  Program program_;
  std::vector<Access> accesses_;  ///< all of the program up to the next
  std::size_t next_ = 0;          ///< the next to issue
  std::size_t retired_ = 0;       ///< so many have a known retirement
  Cycle last_r_ = 0;
  Slot time_{1, 0};
  std::optional<Slot> plan_;  ///< of the next access
  std::vector<Replay> replays_[2];
  std::optional<std::size_t> fault_;  ///< the oldest access with a known fault
  Cycle trap_end_ = 0;
  TrapWork trap_work_;  ///< of which the end of the trap has something to do
  AccessContext context_;
};

}  // namespace mmu::reference
