// The core of the fuzz: asks both first-level TLBs and holds each answer against the history.
#pragma once

#include <vector>

#include "hw/mmu/mmu_module.hpp"
#include "testbench/fuzz/memory_agent.hpp"

namespace mmu::fuzz {

class Requester : public TranslateReplyIf, public Wakeable {
 public:
  Requester(const Paging& paging, AdUpdate ad, MmuModule& mmu, History& history,
            TimelineModule& timeline, Plant plant, Played& played);

  /// The state of the core for all that is added from here on.
  void become(const CoreState& state);
  /// To be asked in this cycle's turn of issue.
  void add(const Event& access, Asid asid);
  bool all_answered() const { return open_ == 0; }
  /// Whether an access under way allows such an update (WatchedMemory::may_update).
  bool may_update(std::uint64_t pte, PhysAddr at, bool sets_dirty) const;
  std::string open_requests() const;

 private:
  enum class State : std::uint8_t { kToAsk, kAsked, kAnswered };
  struct Request {
    VirtAddr va;
    Asid asid = 0;
    AccessKind kind = AccessKind::kLoad;
    CoreState state;
    AccessContext told;  ///< to the MMU
    bool may_set_dirty = false;
    State progress = State::kToAsk;
    Cycle not_before = 0;
    Cycle answered = 0;  ///< the cycle of the call
    Time asked = 0;
    unsigned times = 0;
  };

  void translated(std::uint32_t id, Cycle at, const TranslateResult& result) override;
  void translate_room(Cycle at) override { timeline_.post(at, Rank::kIssue); }
  void wake() override;
  bool ask(std::uint32_t id);
  void take(std::uint32_t id, Cycle at, TranslateResult result);
  void count(const TranslateResult& result, const Request& request);
  void ask_again(std::uint32_t id, Cycle at, bool may_set_dirty);
  void check(const Request& request, const TranslateResult& result) const;
  bool is_possible_page(const Request& request, const TranslateResult& result) const;
  bool is_possible_fault(const Request& request, const TranslateResult& result) const;
  bool may_need_walk(const Request& request) const;
  bool has_right(const Rights& rights, const Request& request) const {
    return may(paging_.family, request.state, rights, request.kind);
  }
  FaultKind fault_of_entry(const Entry& entry, const Request& request) const;
  Verdict judge_entry(const Entry& entry, const Request& request) const;
  Time oldest_of_page(const Request& request) const;
  [[noreturn]] void guilty(const Request& request, const std::string& what,
                           const TranslateResult& result) const;

  const Paging& paging_;
  AdUpdate ad_;
  MmuModule& mmu_;
  History& history_;
  TimelineModule& timeline_;
  Plant plant_;
  Played& played_;
  CoreState state_, state_before_;
  std::vector<Request> requests_;
  std::vector<std::uint32_t> to_ask_;  // oldest first
  std::size_t open_ = 0;
};

}  // namespace mmu::fuzz
