#include "sim/platform/warm_up.hpp"

#include "hw/arch/errors.hpp"
#include "hw/mmu/walk_at_once.hpp"

namespace mmu {
namespace {

// Not there yet, then A and D left to software; more would be for ever.
constexpr unsigned kMostFaults = 8;

}  // namespace

template <class Access>
void WarmUp::run(Access access) {
  number_ = 0;
  for (;;) {
    switch (path_.stream.peek()) {
      case AccessStream::Item::kAccess: {
        const StreamAccess next = path_.stream.access();
        path_.stream.take();
        access(request_for(next));
        ++number_;
        ++accesses_;
        break;
      }
      case AccessStream::Item::kEvent: {
        const OsEvent event = path_.stream.event();
        path_.stream.take_event();
        call(event);
        break;
      }
      case AccessStream::Item::kEnd:
        return;
    }
  }
}

TranslateRequest WarmUp::request_for(const StreamAccess& access) const {
  TranslateRequest request;
  request.va = access.va;
  request.asid = asid_;
  request.kind = access.kind;
  request.may_set_dirty = writes(access.kind);
  request.context = context_;
  request.pc = path_.stream.pc_of(number_);
  return request;
}

void WarmUp::skip() {
  run([this](TranslateRequest request) {
    const std::uint64_t key =
        request.va.value() >> kBasePageShift << 2 | static_cast<unsigned>(request.kind);
    if (touched_.count(key) != 0) return;
    for (unsigned faults = 0; faults < kMostFaults; ++faults) {
      const TranslateResult result = walk_at_once(path_.control, path_.bytes, request);
      if (result.verdict != Verdict::kFault) {
        touched_.insert(key);
        path_.touched(request.va);
        return;
      }
      if (!fault(request, result.fault)) return;
      request.asid = asid_;
      request.context = context_;
    }
    throw ModelError("an access that is skipped faults for ever");
  });
}

void WarmUp::warm() {
  run([this](TranslateRequest request) {
    for (unsigned faults = 0; faults < kMostFaults; ++faults) {
      const TranslateResult& result = path_.mmu.warm_up(request);
      if (result.verdict == Verdict::kOk) {
        path_.touched(request.va);
        MemoryIf& cache = *path_.caches[request.kind == AccessKind::kFetch ? 0 : 1];
        cache.warm(result.to.of(request.va),
                   writes(request.kind) ? MemoryOp::kWrite : MemoryOp::kRead);
        return;
      }
      if (result.verdict == Verdict::kFault && !fault(request, result.fault)) return;
      request.asid = asid_;
      request.context = context_;
    }
    throw ModelError("an access of the warm-up faults for ever");
  });
}

bool WarmUp::fault(const TranslateRequest& request, const Fault& cause) {
  const TrapWork work = path_.software.handle_fault({cause, request.kind, asid_, accesses_});
  if (work.process_ended) path_.stream.drop_process({});
  take_effect(work);
  return !work.process_ended;
}

void WarmUp::call(const OsEvent& event) {
  const TrapWork work = path_.software.handle_event(event);
  path_.stream.resolve(event.handle, work.value);
  if (work.process_ended) path_.stream.drop_process();
  take_effect(work);
}

// As at the end of a trap: CoreModule::end_trap().
void WarmUp::take_effect(const TrapWork& work) {
  for (const AddressSpace& space : work.spaces) {
    path_.fences.switch_space(space);
    asid_ = space.asid;
  }
  for (const FenceScope& scope : work.fences) path_.fences.fence(scope);
  context_ = work.context.value_or(context_);
  touched_.clear();
}

}  // namespace mmu
