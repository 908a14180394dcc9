// The RTL walker alone, driven cycle by cycle, with a memory that answers when it is told to.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <vector>

#include "hw/arch/software_interface.hpp"
#include "hw/link/cycle.hpp"
#include "hw/rtl/ptw_pins.hpp"

namespace mmu {

/// What one walk is asked for, and what the others at the ports do meanwhile. Cycles count from the
/// one in which the request is taken, which is 0.
struct PtwPlan {
  struct Access {       ///< an access to memory
    Cycle stall = 0;    ///< it is accepted so long after it was offered
    Cycle latency = 1;  ///< and answered so long after that
  };
  struct FenceAt {
    Cycle at = 0;
    FenceScope scope;
  };
  PageTableFormat format;  ///< with its options
  VirtAddr va;
  PhysAddr root;
  Asid asid = 0;
  AccessKind kind = AccessKind::kLoad;
  AccessContext context;
  AdUpdate ad = AdUpdate::kHardware;
  bool may_set_dirty = true;
  Cycle look_up = 0;  ///< latency of the walk cache
  bool hit = false;
  unsigned hit_level = 0;
  PhysAddr hit_table;
  bool hit_global = false;
  std::vector<Access> accesses;  ///< the last one stands for all that follow
  Cycle result_stall = 0;        ///< the result is taken so long after it is there
  std::vector<FenceAt> fences;   ///< at most one a cycle
  /// Called when the access of that number is accepted, before it takes effect.
  std::function<void(unsigned number, PhysAddr entry)> meanwhile;

  Access access(std::size_t number) const {
    if (accesses.empty()) return {};
    return number < accesses.size() ? accesses[number] : accesses.back();
  }
};

/// What came out, and when.
struct PtwSeen {
  struct Access {
    Cycle offered = 0;
    std::uint64_t address = 0;
    bool update = false;
    std::uint64_t compare = 0, value = 0;  ///< of an update
  };
  struct Fill {
    Cycle at = 0;
    unsigned level = 0;
    std::uint64_t table = 0;
    bool global = false;
  };
  std::vector<Access> accesses;
  std::vector<Fill> fills;
  Cycle looked_up = 0;  ///< 1 + the cycle in which the walk cache was asked; 0: it was not
  Cycle result = 0;     ///< the first cycle in which it was there
  PtwResult verdict = PtwResult::kOk;
  unsigned level = 0;
  std::uint32_t cause = 0;  ///< of a fault
  Translation to;           ///< else
};
bool operator==(const PtwSeen& a, const PtwSeen& b);
std::ostream& operator<<(std::ostream& out, const PtwSeen& seen);

/// One walker; walks follow each other without a gap.
class PtwBench {
 public:
  explicit PtwBench(unsigned levels) : ptw_(make_ptw(levels)) {}

  /// Throws ModelError if there is no result after many cycles, if the walker takes a request that
  /// it may not take or does not hold its result; or if an assertion of the RTL fails.
  PtwSeen walk(const PtwPlan& plan, PhysicalMemory& memory);

  std::uint64_t cycles() const { return cycles_; }

 private:
  struct Access;
  void cycle(const PtwPlan& plan, PhysicalMemory& memory);
  PtwInputs inputs(const PtwPlan& plan) const;
  void take_access(const PtwPlan& plan, PhysicalMemory& memory, const PtwOutputs& out);
  void look_at(const PtwPlan& plan, const PtwOutputs& out);
  void take_result(const PtwPlan& plan, const PtwOutputs& out);

  std::unique_ptr<PtwPins> ptw_;
  std::uint64_t cycles_ = 0;  // in all
  // Of the walk under way
  Cycle now_ = 0;
  PtwSeen seen_;
  bool offered_ = false, done_ = false;
  Cycle answer_at_ = 0;  // 0: none is under way
  bool answer_error_ = false, answer_changed_ = false;
  std::uint64_t answer_ = 0;
};

}  // namespace mmu
