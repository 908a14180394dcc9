// The model's walkers, each with an RTL walker beside it that gets what the model's ports got, in
// the same cycles, and must say what the model said, in the same cycles. It drives nothing.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hw/link/walker_watch.hpp"
#include "hw/rtl/ptw_pins.hpp"

namespace mmu {

/// What came of it, for whoever has asked.
struct LockstepOutcome {
  std::uint64_t walks = 0;   ///< that agree
  std::uint64_t cycles = 0;  ///< in which an RTL walker was clocked
  std::string report;        ///< of the first difference; "" if there is none
};

/// One walker of the model and its RTL. The RTL is clocked in cycles in which something arrives at
/// it or leaves it, and in the two after each; in all others it waits for others.
class LockstepLane {
 public:
  LockstepLane(std::uint32_t number, std::unique_ptr<PtwPins> rtl, LockstepOutcome& outcome)
      : number_(number), rtl_(std::move(rtl)), outcome_(outcome) {}

  void begun(const PageTableFormat& format, const WalkBegun& walk);
  void offered(Cycle at, const EntryOffered& entry);
  void accepted(Cycle at, const EntryTaken& taken);
  void answered(Cycle at) { answer_at_ = at; }
  void filled(Cycle at, const Walk& next);
  void ended(Cycle at, const TranslateResult& result);
  void fenced(Cycle at, const FenceScope& scope);
  /// Holds everything before `until` against the RTL. Throws ModelError at the first difference.
  void catch_up(Cycle until);

 private:
  struct Fill {
    unsigned level = 0;
    std::uint64_t table = 0;
    bool global = false;
  };
  struct Result {
    PtwResult verdict = PtwResult::kOk;
    unsigned level = 0;
    Translation to;  // unless it is a fault
  };
  /// What the model says of one cycle.
  struct Said {
    bool ready = true;  // a request could be taken
    bool begun = false;
    std::optional<EntryOffered> offer;
    std::optional<Fill> fill;
    std::optional<Result> result;
  };
  struct Moment {
    Cycle at = 0;
    Said model;
    PtwOutputs rtl;
  };
  /// A cycle while it is collected: what goes in, what the model says.
  struct Collected {
    Cycle at = 0;
    PtwInputs in;
    Said said;
  };

  Collected& open(Cycle at);
  Cycle next_due() const;
  void evaluate(Cycle at);
  void add_inputs(Cycle at, PtwInputs& in);
  void add_fence(PtwInputs& in);
  void go_on(const PtwInputs& in, const Said& said);

  // lockstep_report.cpp
  static std::string tell(const Said& model);
  std::string tell(const PtwOutputs& rtl) const;
  std::string difference(const Said& model, const PtwOutputs& rtl) const;
  std::string difference(const Result& model, const PtwOutputs& rtl) const;
  [[noreturn]] void differs(Cycle at, const std::string& what);

  std::uint32_t number_;
  std::unique_ptr<PtwPins> rtl_;
  LockstepOutcome& outcome_;
  const PageTableFormat* format_ = nullptr;
  TranslateRequest request_;
  Walk first_;  // where the walk under way has begun
  std::optional<Collected> open_;
  // What lies ahead
  Cycle look_up_at_ = 0, answer_at_ = 0;  // 0: nothing does
  EntryTaken taken_;
  struct FenceAt {
    Cycle at = 0;
    FenceScope scope;
  };
  std::deque<FenceAt> fences_;
  Cycle awake_until_ = 0, done_ = 0;
  // The model's walker, as of the cycle that the RTL is in, and as of the last call.
  bool busy_ = false, walking_ = false;
  std::optional<EntryOffered> offer_;
  std::deque<Moment> history_;
};

class Lockstep final : public WalkerWatch {
 public:
  /// Makes one RTL walker; for tests another one than make_ptw().
  using Maker = std::function<std::unique_ptr<PtwPins>(unsigned levels)>;
  /// `outcome` must outlive this. Requires a RISC-V format and has_rtl().
  Lockstep(const PageTableFormat& format, std::uint32_t walkers, const Maker& maker,
           LockstepOutcome& outcome);

  void begun(std::uint32_t walker, const WalkBegun& walk) override;
  void offered(std::uint32_t walker, Cycle at, const EntryOffered& entry) override;
  void accepted(std::uint32_t walker, Cycle at, const EntryTaken& taken) override;
  void answered(std::uint32_t walker, Cycle at) override;
  void filled(std::uint32_t walker, Cycle at, const Walk& next) override;
  void ended(std::uint32_t walker, Cycle at, const TranslateResult& result) override;
  void fenced(Cycle at, const FenceScope& scope) override;
  void finish(Cycle at) override;

 private:
  const PageTableFormat format_;
  std::vector<LockstepLane> lanes_;
};

}  // namespace mmu
