#include "os_model/traced_process.hpp"

#include <iterator>
#include <utility>

#include "hw/arch/errors.hpp"
#include "os_model/user_range.hpp"

namespace mmu::os {
namespace {

constexpr std::uint64_t kFailedHere = ~std::uint64_t{0} - 21;  // -EINVAL
constexpr std::uint64_t kNoMemory = ~std::uint64_t{0} - 11;    // -ENOMEM

}  // namespace

TracedProcess::TracedProcess(const Machine& machine, const OsParams& params,
                             const TraceHeader& trace)
    : format_(machine.format),
      map_on_touch_(params.map_on_touch),
      carries_mappings_(trace.carries_mappings),
      stack_bytes_(params.stack_bytes),
      processes_(machine, params, trace.brk_start),
      heap_(machine.format, space(), processes_.traced().calls,
            [this](OsEventType type) { count_call(type); }) {
  add_image(trace);
}

void TracedProcess::add_image(const TraceHeader& trace) {
  TrapLog log;
  for (const ImageArea& image : trace.image) {
    const std::string what = "initial image, area at " + hex(image.start);
    const auto range = user_range(format_, image.start, image.bytes, what);
    if (!range || !space().areas().is_free(*range)) {
      throw InputError(what + ": " + std::to_string(image.bytes) +
                       " bytes are not whole pages of their own");
    }
    const AreaKind kind = image.name == "[stack]" ? AreaKind::kStack : AreaKind::kImage;
    const Rights rights = rights_of(format_, image.read, image.write, image.execute);
    space().add({*range, rights, kind, false, 0, image.name}, log);
  }
}

/// Makes or grows an area for an access to a page in which there is none; its rights, or nothing if
/// none can be.
std::optional<Rights> TracedProcess::touch(VirtAddr va, TrapLog& log) {
  const VirtAddr page = va.aligned_down(format_.page_shift);
  const auto range = user_range(format_, page.value(), format_.page_bytes(), "access");
  if (!range) return std::nullopt;
  const std::uint64_t before = space().areas().size();
  space().add({*range, {}, AreaKind::kTouched, false, 0, "[touched]"}, log);
  if (space().areas().size() > before) ++stats_.areas_on_touch;
  return space().rights_at(va);
}

std::optional<Rights> TracedProcess::grow_stack(VirtAddr va, TrapLog& log) {
  if (!space().grow_stack(va.value(), stack_bytes_, log)) return std::nullopt;
  ++stats_.stack_growths;
  return space().rights_at(va);
}

void TracedProcess::segmentation_fault(const PageFault& fault) const {
  const VmArea* area = space().areas().find(fault.cause.va.value());
  std::string text = "segmentation fault: " + std::string(name_of(fault.access)) + " at " +
                     hex(fault.cause.va.value()) + ", access " +
                     std::to_string(fault.access_number) + ": ";
  if (exited()) {
    text += "the process has exited";
  } else if (area != nullptr) {
    text += "the area from " + hex(area->range.start) + " to " + hex(area->range.end) +
            " does not allow it";
  } else {
    text += "no area holds this address";
    if (!carries_mappings_) text += " (the trace carries no mappings; see --map-on-touch)";
  }
  throw SimulatedError(text + "\nThe areas:\n" + space().areas().describe());
}

void TracedProcess::serve(const PageFault& fault, TrapLog& log) {
  const VirtAddr va = fault.cause.va;
  std::optional<Rights> rights = space().rights_at(va);
  if (!rights) rights = grow_stack(va, log);
  if (!rights && map_on_touch_ && !exited()) rights = touch(va, log);
  if (!rights || !rights->allow(fault.access)) segmentation_fault(fault);
  ++stats_.page_faults;
  ++log.work.faults_served;
  count(space().serve(va, fault.access, log));
}

void TracedProcess::count(FaultService service) {
  switch (service) {
    case FaultService::kDemandZero:
      ++stats_.minor_faults;
      break;
    case FaultService::kSetAccessed:
      ++stats_.accessed_faults;
      break;
    case FaultService::kSetDirty:
      ++stats_.dirty_faults;
      break;
    case FaultService::kCopied:
      ++stats_.cow_faults;
      break;
    case FaultService::kReused:
      ++stats_.cow_reused;
      break;
    case FaultService::kStale:
      ++stats_.stale_faults;
      break;
  }
}

void TracedProcess::count(OsEventType type) {
  ++events_;
  if (!is_library_call(type)) count_call(type);
}

void TracedProcess::count_call(OsEventType type) {
  constexpr std::uint64_t OsStats::*kCounters[] = {
      &OsStats::brk_calls,      &OsStats::mmap_calls,   &OsStats::munmap_calls,
      &OsStats::mprotect_calls, &OsStats::mremap_calls, &OsStats::other_calls,
      &OsStats::switches,       &OsStats::fork_calls,   &OsStats::exec_calls,
      &OsStats::exit_calls,     &OsStats::madvise_calls};
  static_assert(std::size(kCounters) == kSystemCallTypes);
  ++stats_.system_calls;
  ++(stats_.*kCounters[static_cast<unsigned>(type)]);
}

std::uint64_t TracedProcess::perform(const OsEvent& event, TrapLog& log) {
  count(event.type);
  const std::string what =
      "event " + std::to_string(events_) + " (" + std::string(name_of(event.type)) + ")";
  if (is_library_call(event.type)) log.work.library_calls = 0;  // until it asks the kernel
  if (event.failed()) {
    ++stats_.failed_in_trace;
    if (!exited()) processes_.traced().calls.perform_part(event, what, log);
    return static_cast<std::uint64_t>(event.result);
  }
  const auto result = try_perform(event, what, log);
  if (!result) ++stats_.failed_here;
  return result.value_or(kFailedHere);
}

/// Nothing if it cannot be done here.
std::optional<std::uint64_t> TracedProcess::try_perform(const OsEvent& event,
                                                        const std::string& what, TrapLog& log) {
  if (exited()) return std::nullopt;
  if (is_library_call(event.type)) return heap_.perform(event, what, log);
  if (event.type == OsEventType::kBrk && heap_.owns_break()) return std::nullopt;
  const Pid pid = event.args[0];
  switch (event.type) {
    case OsEventType::kFork:
      return fork(event, log);
    case OsEventType::kExec:
      if (pid == 0) heap_.forget();
      return processes_.exec(pid, log) ? std::optional<std::uint64_t>(0) : std::nullopt;
    case OsEventType::kExit:
      return exit(pid, log);
    default:
      return processes_.traced().calls.perform(event, what, log);
  }
}

std::uint64_t TracedProcess::fork(const OsEvent& event, TrapLog& log) {
  const auto recorded = static_cast<Pid>(event.result);
  const Pid child = recorded != 0 ? recorded : processes_.unused_pid();
  switch (processes_.fork(0, child, log)) {
    case ForkOutcome::kDone:
      return child;
    case ForkOutcome::kNoTables:
      ++stats_.failed_here;
      return kNoMemory;
    case ForkOutcome::kPidInUse:
      break;
  }
  ++stats_.failed_here;
  return kFailedHere;
}

std::optional<std::uint64_t> TracedProcess::exit(Pid pid, TrapLog& log) {
  if (!processes_.exit(pid, log)) return std::nullopt;
  if (pid == 0) heap_.forget();
  return 0;
}

void TracedProcess::end(TrapLog& log) {
  exit(0, log);
  log.all_stale();
}

TrapWork TracedProcess::finish(TrapLog&& log, Asid asid) {
  constexpr std::uint64_t kWorkBytes = 4096;  // the unit of TrapWork
  TrapWork work = std::move(log).finish(format_, asid);
  stats_.zeroed_bytes += work.frames_zeroed * kWorkBytes;
  stats_.copied_bytes += work.frames_copied * kWorkBytes;
  return work;
}

OsStats TracedProcess::stats() const {
  OsStats all = stats_;
  all.areas = space().areas().size();
  all.huge_pages_mapped = space().large_pages_mapped(1);
  all.gigantic_pages_mapped = space().large_pages_mapped(2);
  all.contiguous_groups_mapped = space().groups_mapped();
  all.mixed_pages = space().mixed_pages();
  all.populated = space().populated();
  all.processes = processes_.size();
  all.untouched_bytes = space().untouched_bytes();
  return all;
}

}  // namespace mmu::os
