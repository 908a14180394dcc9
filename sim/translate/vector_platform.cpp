#include "sim/translate/vector_platform.hpp"

#include <algorithm>

#include "hw/arch/errors.hpp"
#include "hw/mmu/mmu_module.hpp"
#include "sim/platform/fresh_kernel.hpp"

namespace mmu {
namespace {

/// Answers every request after a fixed time and writes down the reads.
class FixedMemory final : public MemoryIf {
 public:
  MemoryAnswer access(const MemoryRequest& request) override {
    constexpr Cycle kLatency = 10;
    if (request.op == MemoryOp::kRead) reads.push_back(request.address.value());
    return MemoryAnswer::now(request.at + kLatency, Served::kMemory);
  }
  std::vector<std::uint64_t> reads;
};

/// A core that has a list of accesses to make, all at once.
class Requester final : public TranslateReplyIf, private Wakeable {
 public:
  struct Job {
    VectorPlatform::Access access;
    bool to_be_asked = true;
    bool answered = false;
    TranslateResult result;
  };

  Requester(TimelineModule& timeline, MmuModule& mmu, const TranslationControl& control)
      : timeline_(timeline), mmu_(mmu), control_(control) {
    timeline.enrol(Rank::kIssue, *this);
  }
  void translated(std::uint32_t id, Cycle at, const TranslateResult& result) override {
    take(jobs[id], at, result);
  }
  void translate_room(Cycle at) override { post(at); }

  std::vector<Job> jobs;

 private:
  void wake() override {
    for (std::uint32_t id = 0; id < jobs.size(); ++id) {
      if (jobs[id].to_be_asked) ask(id);
    }
  }
  void ask(std::uint32_t id) {
    Job& job = jobs[id];
    const Cycle now = timeline_.now();
    auto& in = job.access.kind == AccessKind::kFetch ? mmu_.fetches_in() : mmu_.data_in();
    const TranslateAnswer answer =
        in->translate({now, id, job.access.va, control_.asid, job.access.kind,
                       /*may_set_dirty=*/true, /*replay=*/false, job.access.context});
    if (answer.is_refused()) {
      if (answer.at != kNever) post(answer.at);
      return;
    }
    job.to_be_asked = false;
    if (answer.is_now()) take(job, answer.at, *answer.result);
  }
  void take(Job& job, Cycle at, const TranslateResult& result) {
    if (result.verdict == Verdict::kNeedsWalk) {
      job.to_be_asked = true;
      return post(std::max(at, timeline_.now()) + 1);
    }
    job.answered = true;
    job.result = result;
  }
  void post(Cycle at) { timeline_.post(std::max(at, timeline_.now() + 1), Rank::kIssue); }

  TimelineModule& timeline_;
  MmuModule& mmu_;
  const TranslationControl& control_;
};

}  // namespace

struct VectorPlatform::Parts {
  Parts(const MmuParams& params, const PageTableFormat& format, std::uint64_t seed)
      : control{&format, PhysAddr(0), 0, AdUpdate::kHardware},
        timeline("timeline", {250, /*run_ahead=*/false}),
        mmu("mmu", params, control, memory, seed, timeline),
        requester(timeline, mmu, control) {
    mmu.itlb().in_reply.bind(requester);
    mmu.dtlb().in_reply.bind(requester);
    mmu.walker().memory.bind(link);
  }

  FreshKernel kernel;
  TranslationControl control;
  VectorMemory memory;
  FixedMemory link;
  TimelineModule timeline;
  MmuModule mmu;
  Requester requester;
};

VectorPlatform::VectorPlatform(const MmuParams& params, const PageTableFormat& format,
                               std::uint64_t seed)
    : parts_(std::make_unique<Parts>(params, format, seed)) {}
VectorPlatform::~VectorPlatform() = default;

void VectorPlatform::become(const Vector& vector, Asid asid) {
  parts_->control = {&vector.format, vector.root, asid, vector.ad_update};
  parts_->memory.become(vector);
}

std::vector<Observation> VectorPlatform::access(const std::vector<Access>& accesses) {
  Parts& p = *parts_;
  p.memory.writes.clear();
  p.link.reads.clear();
  p.requester.jobs.clear();
  for (const Access& access : accesses) p.requester.jobs.push_back({access, true, false, {}});
  p.timeline.post(std::max(p.timeline.now(), p.timeline.kernel_cycle()) + 1, Rank::kIssue);
  sc_core::sc_start();
  p.timeline.rethrow_failure();

  std::vector<Observation> seen;
  for (const Requester::Job& job : p.requester.jobs) {
    if (!job.answered) throw ModelError("mmusim translate: the MMU left a request unanswered");
    Observation one;
    if (job.result.verdict == Verdict::kOk) {
      one.to = job.result.to;
      one.data_in_ram = p.memory.permits(one.to->of(job.access.va), 1, writes(job.access.kind));
    }
    one.fault = job.result.fault;
    one.reads = p.link.reads;
    one.writes = p.memory.writes;
    seen.push_back(std::move(one));
  }
  return seen;
}

void VectorPlatform::fence(const FenceScope& scope) { parts_->mmu.fence(scope); }
VectorMemory& VectorPlatform::memory() { return parts_->memory; }
std::uint64_t VectorPlatform::walks() const { return parts_->mmu.walker().stats().walks; }

}  // namespace mmu
