#include "testbench/cosim/ptw_bench.hpp"

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

constexpr Cycle kTooLong = 100'000;

void require(bool holds, const char* rule) {
  if (!holds) throw ModelError(rule);
}

bool same(const Translation& a, const Translation& b) {
  return a.base == b.base && a.page_shift == b.page_shift && a.rights == b.rights &&
         a.global == b.global && a.accessed == b.accessed && a.dirty == b.dirty &&
         a.level == b.level && a.memory_type == b.memory_type;
}

}  // namespace

PtwInputs PtwBench::inputs(const PtwPlan& plan) const {
  PtwInputs in;
  in.req_valid = now_ == 0;
  in.req_va = plan.va.value();
  in.req_root = plan.root.value() >> kBasePageShift;
  in.req_asid = plan.asid;
  in.req_access = ptw_access(plan.format, plan.kind, plan.context, plan.ad, plan.may_set_dirty);
  in.wc_rvalid = now_ == plan.look_up;
  in.wc_hit = plan.hit;
  in.wc_level = plan.hit_level;
  in.wc_ppn = plan.hit_table.value() >> kBasePageShift;
  in.wc_global = plan.hit_global;
  for (const PtwPlan::FenceAt& fence : plan.fences) {
    if (fence.at != now_) continue;
    in.fence_valid = true;
    in.fence_leaf_only = fence.scope.leaf_only;
    in.fence_has_va = fence.scope.va.has_value();
    in.fence_va = fence.scope.va.value_or(VirtAddr(0)).value();
    in.fence_has_asid = fence.scope.asid.has_value();
    in.fence_asid = fence.scope.asid.value_or(0);
  }
  in.mem_rvalid = answer_at_ != 0 && now_ == answer_at_;
  in.mem_rdata = answer_;
  in.mem_error = answer_error_;
  in.mem_changed = answer_changed_;
  in.rsp_ready = seen_.result != 0 && now_ >= seen_.result + plan.result_stall;
  return in;
}

PtwSeen PtwBench::walk(const PtwPlan& plan, PhysicalMemory& memory) {
  seen_ = {};
  offered_ = done_ = false;
  answer_at_ = 0;
  for (now_ = 0; !done_; ++now_) {
    require(now_ < kTooLong, "the walker comes to no result");
    cycle(plan, memory);
  }
  return seen_;
}

void PtwBench::cycle(const PtwPlan& plan, PhysicalMemory& memory) {
  PtwInputs in = inputs(plan);
  const PtwOutputs& out = ptw_->settle(in);
  require(out.req_ready == (now_ == 0), "the walker takes a request where it may not, or does not");
  if (in.mem_rvalid) answer_at_ = 0;
  look_at(plan, out);
  if (offered_ &&
      now_ == seen_.accesses.back().offered + plan.access(seen_.accesses.size() - 1).stall) {
    in.mem_ready = true;
    take_access(plan, memory, out);
  }
  if (out.rsp_valid) {
    if (seen_.result == 0) take_result(plan, out);
    in.rsp_ready = now_ == seen_.result + plan.result_stall;
    done_ = in.rsp_ready;
    require(out.rsp_result == seen_.verdict && out.rsp_level == seen_.level,
            "the result changes before it is taken");
  }
  require(seen_.result == 0 || out.rsp_valid, "the result goes before it is taken");
  ptw_->settle(in);
  ptw_->tick();
  ++cycles_;
}

void PtwBench::look_at(const PtwPlan& plan, const PtwOutputs& out) {
  if (out.wc_valid) {
    require(out.wc_va == plan.va.value() && out.wc_asid == plan.asid, "a look-up for another walk");
    seen_.looked_up = now_ + 1;
  }
  if (out.fill_valid) {
    require(out.fill_va == plan.va.value() && out.fill_asid == plan.asid, "a fill of another walk");
    seen_.fills.push_back({now_, out.fill_level, out.fill_ppn << kBasePageShift, out.fill_global});
  }
  if (out.mem_valid && !offered_) {
    offered_ = true;
    PtwSeen::Access access{now_, out.mem_addr, out.mem_update, 0, 0};
    if (access.update) {
      access.compare = out.mem_compare;
      access.value = out.mem_wdata;
    }
    seen_.accesses.push_back(access);
  }
}

void PtwBench::take_access(const PtwPlan& plan, PhysicalMemory& memory, const PtwOutputs& out) {
  const PhysAddr entry(out.mem_addr);
  const unsigned bytes = plan.format.pte_bytes;
  const auto number = static_cast<unsigned>(seen_.accesses.size() - 1);
  offered_ = false;
  answer_at_ = now_ + plan.access(number).latency;
  if (plan.meanwhile) plan.meanwhile(number, entry);
  answer_error_ = !memory.permits(entry, bytes, out.mem_update);
  answer_changed_ = false;
  answer_ = 0;
  if (answer_error_) return;
  answer_ = memory.load(entry, bytes);
  if (!out.mem_update) return;
  answer_changed_ = answer_ != out.mem_compare;
  if (!answer_changed_) memory.store(entry, bytes, out.mem_wdata);
}

void PtwBench::take_result(const PtwPlan& plan, const PtwOutputs& out) {
  seen_.result = now_;
  seen_.verdict = out.rsp_result;
  seen_.level = out.rsp_level;
  if (is_fault(out.rsp_result)) {
    seen_.cause = out.rsp_cause;
  } else {
    seen_.to = ptw_translation(plan.format, out);
  }
}

bool operator==(const PtwSeen& a, const PtwSeen& b) {
  const auto same_access = [](const PtwSeen::Access& x, const PtwSeen::Access& y) {
    return x.offered == y.offered && x.address == y.address && x.update == y.update &&
           x.compare == y.compare && x.value == y.value;
  };
  const auto same_fill = [](const PtwSeen::Fill& x, const PtwSeen::Fill& y) {
    return x.at == y.at && x.level == y.level && x.table == y.table && x.global == y.global;
  };
  return std::equal(a.accesses.begin(), a.accesses.end(), b.accesses.begin(), b.accesses.end(),
                    same_access) &&
         std::equal(a.fills.begin(), a.fills.end(), b.fills.begin(), b.fills.end(), same_fill) &&
         a.looked_up == b.looked_up && a.result == b.result && a.verdict == b.verdict &&
         a.level == b.level && a.cause == b.cause && same(a.to, b.to);
}

std::ostream& operator<<(std::ostream& out, const PtwSeen& seen) {
  for (const PtwSeen::Access& access : seen.accesses) {
    out << access.offered << (access.update ? " update 0x" : " read 0x") << std::hex
        << access.address;
    if (access.update) out << " 0x" << access.compare << " -> 0x" << access.value;
    out << std::dec << "; ";
  }
  for (const PtwSeen::Fill& fill : seen.fills) {
    out << fill.at << " fill level " << fill.level << " table 0x" << std::hex << fill.table
        << std::dec << (fill.global ? " global; " : "; ");
  }
  return out << seen.result << " " << name_of(seen.verdict) << " at level " << seen.level
             << ", cause " << seen.cause << ", base 0x" << std::hex << seen.to.base.value()
             << std::dec << ", size 2^" << seen.to.page_shift << ", A " << seen.to.accessed << " D "
             << seen.to.dirty << " G " << seen.to.global << ", type "
             << unsigned{seen.to.memory_type};
}

}  // namespace mmu
