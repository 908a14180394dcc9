#include "sim/platform/replay.hpp"

#include "hw/arch/errors.hpp"
#include "sim/platform/table_format.hpp"

namespace mmu {
namespace {

os::OsParams os_params(const MachineParams& machine, const Replay::Options& options) {
  os::OsParams params = machine.os.model();
  params.map_on_touch = options.map_on_touch;
  return params;
}

}  // namespace

Replay::Replay(const MachineParams& machine, TraceSource& trace, const Options& options)
    : format_(table_format(machine)),
      memory_(machine.os.memory_bytes),
      software_(os_params(machine, options), format_, machine.mmu.ad_update, memory_,
                trace.header()),
      stream_(trace, machine.cpu, machine.cache.l1d.line_bytes, stream_options(options), stats_) {}

AccessStream::Options Replay::stream_options(const Options& options) {
  AccessStream::Options stream;
  stream.instructions = options.instructions;
  // A run that was interrupted has ended at such a place.
  stream.before_block = [this, most = options.records] {
    return most == 0 || stats_.records < most;
  };
  return stream;
}

std::string Replay::run() {
  try {
    for (;;) {
      switch (stream_.peek()) {
        case AccessStream::Item::kAccess: {
          const StreamAccess access = stream_.access();
          stream_.take();
          touch(access.va, access.kind);
          break;
        }
        case AccessStream::Item::kEvent: {
          const OsEvent event = stream_.event();
          stream_.take_event();
          call(event);
          break;
        }
        case AccessStream::Item::kEnd:
          return {};
      }
    }
  } catch (const SimulatedError& error) {
    return error.what();
  }
}

void Replay::call(const OsEvent& event) {
  stream_.resolve(event.handle, software_.handle_event(event).value);
  done_.clear();
}

void Replay::touch(VirtAddr va, AccessKind kind) {
  constexpr unsigned kMostFaults = 4;  // not there, then A or D left to software; one to spare
  ++accesses_;
  const std::uint64_t key = va.value() >> kBasePageShift << 2 | static_cast<unsigned>(kind);
  if (done_.count(key) != 0) return;
  for (unsigned i = 0; i < kMostFaults; ++i) {
    PageFault fault;
    fault.access = kind;
    fault.asid = control().asid;
    fault.access_number = accesses_;
    const WalkStep step = walk(va, kind);
    if (const auto* to = std::get_if<Translation>(&step)) {
      if (judge(*to, kind, control().ad_update, true) == Verdict::kOk) {
        done_.insert(key);
        return;
      }
      fault.cause = fault_at(*to, kind, {}, va);
    } else {
      fault.cause = std::get<Fault>(step);
    }
    software_.handle_fault(fault);
    done_.clear();
  }
  throw ModelError("a replayed access faults for ever");
}

/// Sets A and D as a walk does; what the entries say then.
WalkStep Replay::walk(VirtAddr va, AccessKind kind) {
  if (!is_canonical(format_, va)) return Fault{FaultKind::kNonCanonical, va, format_.root_level()};
  Walk walk(format_, va, control().root);
  for (;;) {
    const PhysAddr entry = walk.entry_address();
    const std::uint64_t pte = memory_.load(entry, format_.pte_bytes);
    const WalkStep before = Walk(walk).consume(pte);
    const std::uint64_t wanted =
        with_ad_bits(format_, pte, before, kind, control().ad_update, true);
    if (wanted != pte) memory_.store(entry, format_.pte_bytes, wanted);
    WalkStep step = walk.consume(wanted);
    if (!std::holds_alternative<Descend>(step)) return step;
  }
}

}  // namespace mmu
