// The fixture of tests around the core: the trace, translation, memory and system software are
// played by the test.
#pragma once

#include <functional>
#include <map>
#include <set>

#include "hw/cpu/core_module.hpp"
#include "testbench/support/kernel_test.hpp"
#include "testbench/support/memory_fakes.hpp"
#include "testbench/support/vector_trace.hpp"

namespace mmu {

/// A TLB in which every page hits after `latency`, VA = PA, but for the pages with another story.
class FakeTlb : public TranslateIf {
 public:
  PlainHit hit(Cycle, VirtAddr, Asid, AccessKind) override {
    ++short_forms;  // asked for; it has none
    return {};
  }
  TranslateAnswer translate(const TranslateRequest& request) override {
    if (request.at < held_until) return TranslateAnswer::held(held_until);
    requests.push_back(request);
    result_ = {};
    result_.to = {PhysAddr(request.va.aligned_down(12).value()), 12, {}, false, true, true};
    result_.has_translation = true;
    const std::uint64_t page = request.va.value() >> 12;
    if (faulting.count(page) != 0) {
      result_.verdict = Verdict::kFault;
      result_.fault = {FaultKind::kNotPresent, request.va, 0};
    }
    if (clean.count(page) != 0 && writes(request.kind)) {
      if (!request.may_set_dirty) result_.verdict = Verdict::kNeedsDirty;
    }
    const auto slow = latency_of.find(page);
    const Cycle cycles = slow == latency_of.end() ? latency : slow->second;
    return TranslateAnswer::now(request.at + cycles, result_);
  }

  Cycle latency = 1;
  std::map<std::uint64_t, Cycle> latency_of;  ///< of pages with another one than `latency`
  std::set<std::uint64_t> faulting;           ///< pages, by number
  std::set<std::uint64_t> clean;              ///< a store needs the right to set D
  Cycle held_until = 0;                       ///< by a fence
  std::vector<TranslateRequest> requests;
  std::uint64_t short_forms = 0;

 private:
  TranslateResult result_;
};

/// System software: a fault takes `cycles` and maps the page.
class FakeSoftware : public TrapIf {
 public:
  struct Trap {
    Cycle at;
    VirtAddr va;
    std::uint64_t access;
    Asid asid;
  };
  TrapAnswer page_fault(const PageFault& fault, Cycle at) override {
    traps.push_back({at, fault.cause.va, fault.access_number, fault.asid});
    for (FakeTlb* tlb : tlbs) tlb->faulting.erase(fault.cause.va.value() >> 12);
    if (at_end) at_end();
    return {cycles, {FenceScope{}}, 0};
  }
  TrapAnswer system_call(const OsEvent&, Cycle at) override {
    calls.push_back(at);
    TrapAnswer answer = call;
    answer.cycles = cycles;
    answer.value = value;
    return answer;
  }
  TrapAnswer call;               ///< what a system call brings, besides `cycles` and `value`
  std::function<void()> at_end;  ///< of a page fault, called when it begins
  Cycle cycles = 1000;
  std::uint64_t value = 0;
  std::vector<FakeTlb*> tlbs;
  std::vector<Trap> traps;
  std::vector<Cycle> calls;
};

class FakeFences : public FenceIf {
 public:
  explicit FakeFences(const TimelineModule& timeline) : timeline_(timeline) {}
  void fence(const FenceScope&) override { at.push_back(timeline_.now()); }
  void switch_space(const AddressSpace& space) override {
    switched_at.push_back(timeline_.now());
    spaces.push_back(space);
  }
  std::vector<Cycle> at, switched_at;
  std::vector<AddressSpace> spaces;

 private:
  const TimelineModule& timeline_;
};

/// Issue width 1, window 8; TLB hits take 1 cycle, data 4 more.
class CoreTest : public KernelTest {
 protected:
  CoreTest() : fences(timeline()) {
    params.issue_width = 1;
    params.window = 8;
    software.tlbs = {&itlb, &dtlb};
  }

  void load(std::uint64_t va, std::uint16_t depends_on = 0, AccessKind kind = AccessKind::kLoad) {
    record(kind, va, 8, 1, depends_on);
  }
  void record(AccessKind kind, std::uint64_t va, std::uint16_t bytes, std::uint16_t instructions,
              std::uint16_t depends_on = 0) {
    TraceRecord r;
    r.address = va;
    r.bytes = bytes;
    r.instructions = instructions;
    r.depends_on = depends_on;
    r.kind = kind;
    trace.records.push_back(r);
  }
  void event(OsEvent e) {
    trace.events.push_back({static_cast<std::uint32_t>(trace.records.size()), e});
  }

  /// Runs the trace to its end.
  void run() {
    source_ = std::make_unique<test::VectorTrace>(trace);
    stream_ = std::make_unique<AccessStream>(*source_, params, 64, AccessStream::Options{}, stats);
    core_ = std::make_unique<CoreModule>(
        "cpu", params, *stream_, stats, Asid{1}, timeline(),
        [this](const WindowSlot& slot) { done.push_back(slot.complete); });
    core_->translate[0].bind(itlb);
    core_->translate[1].bind(dtlb);
    core_->memory[0].bind(l1i);
    core_->memory[1].bind(l1d);
    core_->trap.bind(software);
    core_->fences.bind(fences);
    sc_core::sc_start();
    timeline().rethrow_failure();
    ASSERT_TRUE(core_->done());
  }
  CoreModule& core() { return *core_; }
  std::uint64_t cycles(Part part) const { return mmu::at(core_->accounts().cycles(), part); }
  std::uint64_t latency(Part part) const { return mmu::at(core_->accounts().latency(), part); }
  std::uint64_t sum(const Stack& stack) const {
    std::uint64_t total = 0;
    for (const std::uint64_t part : stack) total += part;
    return total;
  }

  CpuParams params;
  CpuStats stats;
  TraceBlock trace;  ///< all of it
  FakeTlb itlb, dtlb;
  FakeMemory l1i{4}, l1d{4};
  FakeSoftware software;
  FakeFences fences;
  std::vector<Cycle> done;  ///< completions, in program order

 private:
  std::unique_ptr<test::VectorTrace> source_;
  std::unique_ptr<AccessStream> stream_;
  std::unique_ptr<CoreModule> core_;
};

}  // namespace mmu
