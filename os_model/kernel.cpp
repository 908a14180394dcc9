#include "os_model/kernel.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "hw/arch/errors.hpp"
#include "os_model/frame_allocator.hpp"
#include "os_model/memory_report.hpp"
#include "os_model/process.hpp"
#include "os_model/process_heap.hpp"
#include "os_model/user_range.hpp"

namespace mmu::os {
namespace {

constexpr std::uint64_t kFailedHere = ~std::uint64_t{0} - 21;  // -EINVAL
constexpr std::uint64_t kNoMemory = ~std::uint64_t{0} - 11;    // -ENOMEM

/// Page-table pages come from the top of memory: a quarter of it up to 1 GiB (which is enough to
/// map 512 GiB densely), or one 64th if that is more.
PhysAddr first_of_tables(std::uint64_t memory_bytes, const PageTableFormat& format) {
  constexpr std::uint64_t kEnough = std::uint64_t{1} << 30;
  const std::uint64_t pool = std::max(std::min(memory_bytes / 4, kEnough), memory_bytes / 64);
  return PhysAddr(memory_bytes - pool).aligned_down(format.page_shift);
}

/// One path of tables, as a quarter of memory.
void check_memory(std::uint64_t memory_bytes, const PageTableFormat& format) {
  const std::uint64_t least = 4 * format.page_bytes() * format.depth;
  if (memory_bytes >= least) return;
  throw ConfigError("os.memory_bytes is " + std::to_string(memory_bytes) + "; " +
                    std::string(format.name) + " needs at least " + std::to_string(least));
}

}  // namespace

struct Kernel::Parts {
  Parts(const OsParams& knobs, const PageTableFormat& translation, AdUpdate ad_update,
        PhysicalMemory& memory, const TraceHeader& trace)
      : params(knobs),
        format(translation),
        carries_mappings(trace.carries_mappings),
        // No page lies at physical address 0: it is what a forgotten address looks like.
        frames(PhysAddr(translation.page_bytes()), first_of_tables(knobs.memory_bytes, translation),
               translation.page_shift, "data frames", knobs.memory_bytes, knobs.frame_policy,
               knobs.seed),
        tables(first_of_tables(knobs.memory_bytes, translation), PhysAddr(knobs.memory_bytes),
               translation.page_shift, "page-table pages", knobs.memory_bytes),
        shares(frames),
        processes({translation, memory, frames, tables, shares}, knobs, trace.brk_start),
        space(processes.traced().space),
        control{&translation, space.root(), translation.asid_bits == 0 ? Asid{0} : Asid{1},
                ad_update},
        heap(translation, space, processes.traced().calls,
             [this](OsEventType type) { count_call(type); }) {
    const auto report = [this] { return describe_memory(frames, tables, space); };
    frames.report_exhaustion_with(report);
    tables.report_exhaustion_with(report);
  }

  void add_image(const TraceHeader& trace);
  std::optional<Rights> touch(VirtAddr va, TrapLog& log);
  std::optional<Rights> grow_stack(VirtAddr va, TrapLog& log);
  TrapWork switch_and_back();
  std::optional<std::uint64_t> perform(const OsEvent& event, const std::string& what, TrapLog& log);
  std::uint64_t fork(const OsEvent& event, TrapLog& log);
  std::optional<std::uint64_t> exit(Pid pid, TrapLog& log);
  void count_call(OsEventType type);
  TrapWork finish(TrapLog&& log, Asid asid);
  [[noreturn]] void segmentation_fault(const PageFault& fault) const;

  const OsParams params;
  const PageTableFormat& format;
  const bool carries_mappings;
  FrameAllocator frames, tables;
  FrameShares shares;
  Processes processes;
  AddressSpace& space;  ///< of the traced process
  TranslationControl control;
  ProcessHeap heap;          ///< of the traced process
  std::uint64_t events = 0;  ///< so far
  OsStats stats;             ///< what is counted here; the rest is asked for in Kernel::stats()
};

void Kernel::Parts::add_image(const TraceHeader& trace) {
  TrapLog log;
  for (const ImageArea& image : trace.image) {
    const std::string what = "initial image, area at " + hex(image.start);
    const auto range = user_range(format, image.start, image.bytes, what);
    if (!range || !space.areas().is_free(*range)) {
      throw InputError(what + ": " + std::to_string(image.bytes) +
                       " bytes are not whole pages of their own");
    }
    const AreaKind kind = image.name == "[stack]" ? AreaKind::kStack : AreaKind::kImage;
    const Rights rights = rights_of(format, image.read, image.write, image.execute);
    space.add({*range, rights, kind, false, 0, image.name}, log);
  }
}

/// Makes or grows an area for an access to a page in which there is none; its rights, or nothing if
/// none can be.
std::optional<Rights> Kernel::Parts::touch(VirtAddr va, TrapLog& log) {
  const VirtAddr page = va.aligned_down(format.page_shift);
  const auto range = user_range(format, page.value(), format.page_bytes(), "access");
  if (!range) return std::nullopt;
  const std::uint64_t before = space.areas().size();
  space.add({*range, {}, AreaKind::kTouched, false, 0, "[touched]"}, log);
  if (space.areas().size() > before) ++stats.areas_on_touch;
  return space.rights_at(va);
}

std::optional<Rights> Kernel::Parts::grow_stack(VirtAddr va, TrapLog& log) {
  if (!space.grow_stack(va.value(), params.stack_bytes, log)) return std::nullopt;
  ++stats.stack_growths;
  return space.rights_at(va);
}

void Kernel::Parts::segmentation_fault(const PageFault& fault) const {
  const VmArea* area = space.areas().find(fault.cause.va.value());
  std::string text = "segmentation fault: " + std::string(name_of(fault.access)) + " at " +
                     hex(fault.cause.va.value()) + ", access " +
                     std::to_string(fault.access_number) + ": ";
  if (processes.traced_exited()) {
    text += "the process has exited";
  } else if (area != nullptr) {
    text += "the area from " + hex(area->range.start) + " to " + hex(area->range.end) +
            " does not allow it";
  } else {
    text += "no area holds this address";
    if (!carries_mappings) text += " (the trace carries no mappings; see --map-on-touch)";
  }
  throw SimulatedError(text + "\nThe areas:\n" + space.areas().describe());
}

/// The other process has ASID 0, and touches nothing. Its root is the page at physical address 0,
/// which nothing else is in (see `frames`): a table that maps nothing.
TrapWork Kernel::Parts::switch_and_back() {
  TrapWork work;
  work.system_call = true;
  work.spaces = {{PhysAddr(0), 0}, {control.root, control.asid}};
  return work;
}

/// Nothing if it cannot be done here.
std::optional<std::uint64_t> Kernel::Parts::perform(const OsEvent& event, const std::string& what,
                                                    TrapLog& log) {
  if (processes.traced_exited()) return std::nullopt;
  if (is_library_call(event.type)) return heap.perform(event, what, log);
  if (event.type == OsEventType::kBrk && heap.owns_break()) return std::nullopt;
  const Pid pid = event.args[0];
  switch (event.type) {
    case OsEventType::kFork:
      return fork(event, log);
    case OsEventType::kExec:
      if (pid == 0) heap.forget();
      return processes.exec(pid, log) ? std::optional<std::uint64_t>(0) : std::nullopt;
    case OsEventType::kExit:
      return exit(pid, log);
    default:
      return processes.traced().calls.perform(event, what, log);
  }
}

std::uint64_t Kernel::Parts::fork(const OsEvent& event, TrapLog& log) {
  const auto recorded = static_cast<Pid>(event.result);
  const Pid child = recorded != 0 ? recorded : processes.unused_pid();
  switch (processes.fork(0, child, log)) {
    case ForkOutcome::kDone:
      return child;
    case ForkOutcome::kNoTables:
      ++stats.failed_here;
      return kNoMemory;
    case ForkOutcome::kPidInUse:
      break;
  }
  ++stats.failed_here;
  return kFailedHere;
}

/// After its own exit the core is left with the table that maps nothing, as with the idle process.
std::optional<std::uint64_t> Kernel::Parts::exit(Pid pid, TrapLog& log) {
  if (!processes.exit(pid, log)) return std::nullopt;
  if (pid == 0) {
    heap.forget();
    control.root = PhysAddr(0);
    control.asid = 0;
    log.work.spaces = {{control.root, control.asid}};
  }
  return 0;
}

void Kernel::Parts::count_call(OsEventType type) {
  constexpr std::uint64_t OsStats::*kCounters[] = {
      &OsStats::brk_calls,      &OsStats::mmap_calls,   &OsStats::munmap_calls,
      &OsStats::mprotect_calls, &OsStats::mremap_calls, &OsStats::other_calls,
      &OsStats::switches,       &OsStats::fork_calls,   &OsStats::exec_calls,
      &OsStats::exit_calls,     &OsStats::madvise_calls};
  static_assert(std::size(kCounters) == kSystemCallTypes);
  ++stats.system_calls;
  ++(stats.*kCounters[static_cast<unsigned>(type)]);
}

TrapWork Kernel::Parts::finish(TrapLog&& log, Asid asid) {
  constexpr std::uint64_t kWorkBytes = 4096;  // the unit of TrapWork
  TrapWork work = std::move(log).finish(format, asid);
  stats.zeroed_bytes += work.frames_zeroed * kWorkBytes;
  stats.copied_bytes += work.frames_copied * kWorkBytes;
  return work;
}

Kernel::Kernel(const OsParams& params, const PageTableFormat& format, AdUpdate ad_update,
               PhysicalMemory& memory, const TraceHeader& trace) {
  check_memory(params.memory_bytes, format);
  if (memory.size_bytes() < params.memory_bytes) {
    throw ModelError("os_model: physical memory is smaller than os.memory_bytes");
  }
  parts_ = std::make_unique<Parts>(params, format, ad_update, memory, trace);
  parts_->add_image(trace);
}

Kernel::~Kernel() = default;

TrapWork Kernel::handle_fault(const PageFault& fault) {
  Parts& p = *parts_;
  const VirtAddr va = fault.cause.va;
  const std::string access = "access " + std::to_string(fault.access_number);
  if (fault.asid != p.control.asid)
    throw ModelError("os_model: a page fault of an ASID nobody has");

  // (1) What no page can cure.
  if (fault.cause.kind == FaultKind::kNonCanonical) {
    throw_not_canonical(p.format, va.value(),
                        access + " (" + std::string(name_of(fault.access)) + ")");
  }
  if (fault.cause.kind == FaultKind::kMalformed || fault.cause.kind == FaultKind::kMisaligned) {
    throw ModelError("os_model: " + access + " found a " + std::string(name_of(fault.cause.kind)) +
                     " at level " + std::to_string(fault.cause.level) + ", VA " + hex(va.value()));
  }

  // (2) May the program do this?
  TrapLog log;
  std::optional<Rights> rights = p.space.rights_at(va);
  const bool may_touch = p.params.map_on_touch && !p.processes.traced_exited();
  if (!rights) rights = p.grow_stack(va, log);
  if (!rights && may_touch) rights = p.touch(va, log);
  if (!rights || !rights->allow(fault.access)) p.segmentation_fault(fault);

  // (3) Make it so.
  ++p.stats.page_faults;
  ++log.work.faults_served;
  switch (p.space.serve(va, fault.access, log)) {
    case FaultService::kDemandZero:
      ++p.stats.minor_faults;
      break;
    case FaultService::kSetAccessed:
      ++p.stats.accessed_faults;
      break;
    case FaultService::kSetDirty:
      ++p.stats.dirty_faults;
      break;
    case FaultService::kCopied:
      ++p.stats.cow_faults;
      break;
    case FaultService::kReused:
      ++p.stats.cow_reused;
      break;
    case FaultService::kStale:
      ++p.stats.stale_faults;
      break;
  }
  return p.finish(std::move(log), p.control.asid);
}

TrapWork Kernel::handle_event(const OsEvent& event) {
  Parts& p = *parts_;
  ++p.events;
  if (!is_library_call(event.type)) p.count_call(event.type);
  if (event.type == OsEventType::kSwitch) return p.switch_and_back();
  const std::string what =
      "event " + std::to_string(p.events) + " (" + std::string(name_of(event.type)) + ")";
  const Asid asid = p.control.asid;
  TrapLog log;
  if (is_library_call(event.type)) log.work.library_calls = 0;  // until it asks the kernel
  std::uint64_t value = static_cast<std::uint64_t>(event.result);
  if (event.failed()) {
    ++p.stats.failed_in_trace;
    if (!p.processes.traced_exited()) p.processes.traced().calls.perform_part(event, what, log);
  } else {
    const auto result = p.perform(event, what, log);
    if (!result) ++p.stats.failed_here;
    value = result.value_or(kFailedHere);
  }
  TrapWork work = p.finish(std::move(log), asid);
  work.system_call = true;
  work.value = value;
  return work;
}

const TranslationControl& Kernel::control() const { return parts_->control; }

OsStats Kernel::stats() const {
  OsStats all = parts_->stats;
  all.areas = parts_->space.areas().size();
  all.frames_in_use = parts_->frames.in_use();
  all.frames_peak = parts_->frames.peak();
  all.huge_pages_mapped = parts_->space.large_pages_mapped(1);
  all.gigantic_pages_mapped = parts_->space.large_pages_mapped(2);
  all.contiguous_groups_mapped = parts_->space.groups_mapped();
  all.mixed_pages = parts_->space.mixed_pages();
  all.populated = parts_->space.populated();
  all.table_pages = parts_->tables.in_use();
  all.huge_fallbacks = parts_->frames.runs_refused();
  all.free_frames = parts_->frames.free();
  all.unusable_frames = parts_->frames.unusable(parts_->format.levels[1].lsb);
  all.processes = parts_->processes.size();
  all.frames_shared = parts_->shares.shared();
  const std::uint64_t page = parts_->format.page_bytes();
  all.resident_bytes = all.frames_in_use * page;
  all.resident_peak_bytes = all.frames_peak * page;
  all.untouched_bytes = parts_->space.untouched_bytes();
  all.table_bytes = all.table_pages * page;
  all.table_peak_bytes = parts_->tables.peak() * page;
  return all;
}

HeapStats Kernel::heap_stats() const { return parts_->heap.stats(); }
void Kernel::touched(VirtAddr va) { parts_->space.touched(va); }
bool Kernel::counts_touches() const { return parts_->space.may_exceed_touches(); }
std::vector<std::uint64_t> Kernel::free_blocks() const { return parts_->frames.free_blocks(); }
std::uint64_t Kernel::map_hash() const { return parts_->space.map_hash(); }
const VmAreas& Kernel::areas() const { return parts_->space.areas(); }
std::string Kernel::describe_areas() const { return parts_->space.areas().describe(); }

}  // namespace mmu::os
