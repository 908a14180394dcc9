#pragma once

#include <array>
#include <functional>
#include <ostream>
#include <vector>

#include "hw/cpu/accounts.hpp"
#include "hw/cpu/replay_list.hpp"
#include "hw/link/memory_if.hpp"
#include "hw/link/timeline_module.hpp"
#include "hw/link/translate_if.hpp"
#include "hw/link/trap_if.hpp"

namespace mmu {

/// The traffic generator: issues the accesses of a trace in order, keeps a window of them under
/// way, retires them in order, and takes traps (docs/timing.md, sections 2 and 7).
///
///     stream ──► issue ──► translate[I|D] ──now──► memory[I|D] ──now──► window ──► retire
///                             └─later─► replays_ ──────┘  └─later─► accessed
///
/// Port 0 of each pair is for fetches, port 1 for data.
class CoreModule : public sc_core::sc_module, private TranslateReplyIf {
 public:
  static constexpr std::uint32_t kSides = 2;

  sc_core::sc_vector<sc_core::sc_port<TranslateIf>> translate{"translate", kSides};
  sc_core::sc_export<TranslateReplyIf> translate_reply{"translate_reply"};
  sc_core::sc_vector<sc_core::sc_port<MemoryIf>> memory{"memory", kSides};
  sc_core::sc_export<MemoryReplyIf> memory_reply{"memory_reply"};
  sc_core::sc_port<TrapIf> trap{"trap"};
  sc_core::sc_port<FenceIf> fences{"fences"};

  /// Called with each access whose retirement has become known, in program order.
  using Observer = std::function<void(const WindowSlot&)>;

  /// `stats`: also written by `stream`. The timeline must call nothing later in a cycle.
  CoreModule(const sc_core::sc_module_name& name, const CpuParams& params, AccessStream& stream,
             CpuStats& stats, Asid asid, TimelineModule& timeline, Observer observer);

  /// Before the first cycle: whose accesses it issues, and in which state.
  void begin_in(Asid asid, AccessContext context) {
    asid_ = asid;
    context_ = context;
  }

  bool done() const { return done_; }
  /// Grows as long as the core gets on; for the watchdog.
  std::uint64_t progress() const { return retired_ + stats_.page_faults + stats_.system_calls; }
  /// In a trap: when it ends.
  Cycle busy_until() const { return trap_end_; }
  const Accounts& accounts() const { return accounts_; }
  void explain_stall(std::ostream& out) const;

 private:
  static constexpr std::uint64_t kNobody = ~std::uint64_t{0};

  struct Turn final : Wakeable {
    Turn(CoreModule& owner, void (CoreModule::*action)()) : core(owner), act(action) {}
    void wake() override { (core.*act)(); }
    CoreModule& core;
    void (CoreModule::*act)();
  };
  struct MemoryReply final : MemoryReplyIf {
    explicit MemoryReply(CoreModule& owner) : core(owner) {}
    void accessed(std::uint32_t id, Cycle at, Served from) override { core.accessed(id, at, from); }
    void memory_room(Cycle at) override { core.timeline_.post(at, Rank::kReplay); }
    CoreModule& core;
  };

  void start_of_simulation() override;

  // Replies.
  void translated(std::uint32_t slot, Cycle at, const TranslateResult& result) override;
  void translate_room(Cycle at) override;
  void accessed(std::uint32_t slot, Cycle at, Served from);

  // The turn of issue.
  void issue_turn();
  bool issue_step();    // false: nothing more in this turn
  bool issue_next();    // likewise
  bool issue_access();  // likewise
  bool issue_hits();    // likewise
  bool take_event();    // likewise
  bool finish();        // likewise
  /// The issue slot of an access with so many instructions, if nothing delays it.
  struct IssuePlace {
    Cycle cycle;
    std::uint32_t used;  // slots of the cycle, with it
  };
  IssuePlace next_place(std::uint32_t instructions) const {
    const std::uint32_t width = params_.issue_width;
    const std::uint32_t used = slots_used_ + instructions;
    if (used <= width) return {slot_cycle_, used};
    const std::uint32_t more = used <= 2 * width ? 1 : (used - 1) / width;  // a division is slow
    return {slot_cycle_ + more, used - more * width};
  }
  bool go_to(Cycle at);  // false: posted, this turn is over
  bool start_waiting();  // false: a TLB has refused
  bool may_start(std::uint64_t number, const WindowSlot& slot) const;
  bool ask(std::uint64_t number, WindowSlot& slot);  // false: refused
  bool depends(std::uint64_t number, const WindowSlot& slot);
  bool is_there(std::uint64_t producer) const;
  bool is_oldest(std::uint64_t number) const;

  // What an access comes to.
  void take_miss(std::uint64_t number, WindowSlot& slot, PhysAddr pa);
  void retire_plain(WindowSlot& slot);
  void take_result(std::uint64_t number, WindowSlot& slot, Cycle at, const TranslateResult& result);
  void take_translation(std::uint64_t number, WindowSlot& slot, Cycle at, const Translation& to);
  void ask_data(std::uint64_t number, WindowSlot& slot, Cycle at);
  MemoryAnswer ask_memory(std::uint64_t number, const WindowSlot& slot, Cycle at) {
    const MemoryOp op = writes(slot.kind) ? MemoryOp::kWrite : MemoryOp::kRead;
    return caches_[side_of(slot.kind)]->access({at, window_.index(number), op, false, slot.pa});
  }
  void wait(std::uint64_t number, WindowSlot& slot, WindowSlot::Wait what, Cycle not_before);
  void land(WindowSlot& slot);
  void complete(WindowSlot& slot, Cycle at, Served from);
  void retire_known();
  void replay_turn();

  // Traps.
  bool trap_due();  // false, and posted if the cycle is known: not yet
  void enter_trap();
  void lose_process();
  void end_trap();
  void after_reply();  // lets the turn of issue of this cycle look again where it must

  const CpuParams params_;
  AccessStream& stream_;
  CpuStats& stats_;
  Asid asid_;              // of the process that has the core
  AccessContext context_;  // of all accesses that issue
  TimelineModule& timeline_;
  Observer observer_;
  Turn issue_{*this, &CoreModule::issue_turn};
  Turn replay_{*this, &CoreModule::replay_turn};
  MemoryReply memory_reply_{*this};

  // What the ports lead to: asking a port each time costs more than the call.
  std::array<TranslateIf*, kSides> tlbs_{};
  std::array<MemoryIf*, kSides> caches_{};

  Window window_;
  Accounts accounts_;
  std::uint64_t retired_ = 0;  // accesses before this one have a known retirement
  std::uint64_t issued_ = 0;   // accesses before this one have issued
  std::uint64_t pulled_ = 0;   // accesses before this one have left the stream for the window

  Cycle now_ = 0;                   // of the turn of issue
  Cycle slot_cycle_ = 1;            // issue slots: cycle ...
  std::uint32_t slots_used_ = 0;    // ... and how many of it are used
  bool resuming_ = false;           // the next access is the one that faulted: it issues at once
  bool in_issue_ = false;           // in the turn of issue
  std::uint64_t wanted_ = kNobody;  // the turn of issue waits for this access to retire
  std::vector<std::uint64_t> waiting_;  // to start; oldest first
  std::array<ReplayList, kSides> replays_;
  std::uint64_t in_flight_ = 0;  // accesses under way (WindowSlot)
  Cycle last_known_ = 0;         // latest completion or fault so far

  // Traps.
  std::uint64_t fault_ = kNobody;  // the oldest access that has faulted
  Cycle trap_end_ = 0;
  bool in_trap_ = false;
  TrapAnswer pending_;  // what takes effect when it ends
  bool done_ = false;
};

}  // namespace mmu
