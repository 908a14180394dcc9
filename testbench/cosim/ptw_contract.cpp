#include "testbench/cosim/ptw_contract.hpp"

#include <algorithm>

namespace mmu {
namespace {

PtwResult result_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::kNonCanonical:
      return PtwResult::kNonCanonical;
    case FaultKind::kNotPresent:
      return PtwResult::kNotPresent;
    case FaultKind::kMisaligned:
      return PtwResult::kMisaligned;
    case FaultKind::kNoRight:
      return PtwResult::kNoRight;
    case FaultKind::kNotAccessed:
      return PtwResult::kNotAccessed;
    case FaultKind::kNotDirty:
      return PtwResult::kNotDirty;
    case FaultKind::kAccessFault:
      return PtwResult::kAccessFault;
    case FaultKind::kMalformed:
    case FaultKind::kAddressSize:  // not in RISC-V
      break;
  }
  return PtwResult::kMalformed;
}

/// scause: privileged specification, table of exception codes.
std::uint32_t cause_of(FaultKind fault, AccessKind kind) {
  const bool access = fault == FaultKind::kAccessFault;
  if (kind == AccessKind::kFetch) return access ? 1 : 12;
  if (writes(kind)) return access ? 7 : 15;
  return access ? 5 : 13;
}

class Contract {
 public:
  Contract(const PtwPlan& plan, PhysicalMemory& memory)
      : plan_(plan), memory_(memory), walk_(plan.format, plan.va, plan.root) {}

  PtwSeen run() {
    if (!is_canonical(plan_.format, plan_.va)) return fault(FaultKind::kNonCanonical, 1);
    seen_.looked_up = 1;
    if (plan_.hit) {
      walk_ =
          Walk(plan_.format, plan_.va, plan_.hit_table, plan_.hit_level, {{}, plan_.hit_global});
    }
    Cycle offered = plan_.look_up + 1;
    while (!done_) offered = level(offered);
    return seen_;
  }

 private:
  /// The read of this level, and its update if need be; the cycle of the next offer.
  Cycle level(Cycle offered) {
    const Cycle decoded = access(offered, false, 0, 0) + 2;
    if (error_) return end(FaultKind::kAccessFault, decoded);
    const std::uint64_t pte = value_;
    Walk next = walk_;
    WalkStep step = next.consume(pte);
    const std::uint64_t wanted = with_ad_bits(plan_.format, pte, step, plan_.kind, plan_.ad,
                                              plan_.may_set_dirty, plan_.context);
    if (wanted == pte) return go_on(step, next, decoded);
    const Cycle updated = access(decoded, true, pte, wanted) + 2;
    if (error_) return end(FaultKind::kAccessFault, updated);
    if (changed_) return updated;
    next = walk_;
    step = next.consume(wanted);
    return go_on(step, next, updated);
  }

  Cycle go_on(const WalkStep& step, const Walk& next, Cycle now) {
    if (const auto* found = std::get_if<Fault>(&step)) return end(found->kind, now);
    if (const auto* to = std::get_if<Translation>(&step)) return translated(*to, now);
    walk_ = next;
    const bool dropped =
        std::any_of(plan_.fences.begin(), plan_.fences.end(), [&](const PtwPlan::FenceAt& fence) {
          return fence.at > 0 && fence.at <= now && covers(fence.scope);
        });
    if (!dropped) {
      seen_.fills.push_back(
          {now, walk_.level() + 1, walk_.table().value(), walk_.inherited().global});
    }
    return now;
  }

  bool covers(const FenceScope& scope) const {
    const unsigned lsb = plan_.format.levels[walk_.level() + 1].lsb;
    if (scope.leaf_only || (scope.asid && *scope.asid != plan_.asid)) return false;
    return !scope.va || scope.va->aligned_down(lsb) == plan_.va.aligned_down(lsb);
  }

  Cycle translated(const Translation& to, Cycle now) {
    const Verdict verdict = judge(to, plan_.kind, plan_.ad, plan_.may_set_dirty, plan_.context);
    if (verdict == Verdict::kFault) return end(fault_of(to, plan_.kind, plan_.context), now);
    seen_.to = to;
    seen_.verdict = verdict == Verdict::kOk ? PtwResult::kOk : PtwResult::kNeedsDirty;
    finish(now);
    return now;
  }

  Cycle end(FaultKind kind, Cycle now) {
    fault(kind, now);
    return now;
  }
  PtwSeen fault(FaultKind kind, Cycle now) {
    seen_.verdict = result_of(kind);
    seen_.cause = cause_of(kind, plan_.kind);
    finish(now);
    return seen_;
  }
  void finish(Cycle now) {
    seen_.result = now;
    seen_.level = walk_.level();
    done_ = true;
  }

  /// The cycle of its answer.
  Cycle access(Cycle offered, bool update, std::uint64_t compare, std::uint64_t value) {
    const PhysAddr entry = walk_.entry_address();
    const unsigned bytes = plan_.format.pte_bytes;
    const auto number = static_cast<unsigned>(seen_.accesses.size());
    seen_.accesses.push_back({offered, entry.value(), update, compare, value});
    if (plan_.meanwhile) plan_.meanwhile(number, entry);
    error_ = !memory_.permits(entry, bytes, update);
    changed_ = false;
    if (!error_) {
      value_ = memory_.load(entry, bytes);
      changed_ = update && value_ != compare;
      if (update && !changed_) memory_.store(entry, bytes, value);
    }
    return offered + plan_.access(number).stall + plan_.access(number).latency;
  }

  const PtwPlan& plan_;
  PhysicalMemory& memory_;
  Walk walk_;
  PtwSeen seen_;
  bool done_ = false, error_ = false, changed_ = false;
  std::uint64_t value_ = 0;
};

}  // namespace

PtwSeen expected_walk(const PtwPlan& plan, PhysicalMemory& memory) {
  return Contract(plan, memory).run();
}

}  // namespace mmu
