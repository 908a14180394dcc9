#include "sim/platform/replay.hpp"

#include "hw/arch/errors.hpp"
#include "hw/mmu/walk_at_once.hpp"
#include "sim/platform/table_format.hpp"

namespace mmu {
namespace {

os::OsParams os_params(const MachineParams& machine, const Replay::Options& options) {
  os::OsParams params = machine.os.model(machine.seed);
  params.map_on_touch = options.map_on_touch;
  return params;
}

}  // namespace

Replay::Replay(const MachineParams& machine, TraceSource& trace, const Options& options)
    : format_(table_format(machine)),
      memory_(machine.os.memory_bytes),
      software_(os_params(machine, options), format_, machine.mmu.ad_update, memory_,
                trace.processes()),
      stream_(trace, machine.cpu, machine.cache.l1d.line_bytes, stream_options(options), stats_) {}

AccessStream::Options Replay::stream_options(const Options& options) {
  AccessStream::Options stream;
  stream.instructions = options.instructions;
  // A run that was interrupted has ended at such a place.
  stream.before_block = [this, records = options.records, blocks = options.blocks] {
    return (records == 0 || stats_.records < records) && (blocks == 0 || stream_.blocks() < blocks);
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
  const TrapWork work = software_.handle_event(event);
  stream_.resolve(event.handle, work.value);
  if (work.process_ended) stream_.drop_process();
  done_.clear();
}

void Replay::touch(VirtAddr va, AccessKind kind) {
  constexpr unsigned kMostFaults = 4;  // not there, then A or D left to software; one to spare
  ++accesses_;
  const std::uint64_t key = va.value() >> kBasePageShift << 2 | static_cast<unsigned>(kind);
  if (done_.count(key) != 0) return;
  TranslateRequest request;
  request.va = va;
  request.asid = control().asid;
  request.kind = kind;
  for (unsigned i = 0; i < kMostFaults; ++i) {
    const TranslateResult result = walk_at_once(control(), memory_, request);
    if (result.verdict != Verdict::kFault) {
      done_.insert(key);
      return;
    }
    const TrapWork work = software_.handle_fault({result.fault, kind, request.asid, accesses_});
    done_.clear();
    if (work.process_ended) return stream_.drop_process({});
  }
  throw ModelError("a replayed access faults for ever");
}

}  // namespace mmu
