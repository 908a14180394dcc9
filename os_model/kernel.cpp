#include "os_model/kernel.hpp"

#include <algorithm>
#include <utility>

#include "hw/arch/entry_fields.hpp"
#include "hw/arch/errors.hpp"
#include "hw/arch/fnv.hpp"
#include "os_model/asid_allocator.hpp"
#include "os_model/frame_allocator.hpp"
#include "os_model/memory_report.hpp"
#include "os_model/traced_process.hpp"
#include "os_model/user_range.hpp"

namespace mmu::os {
namespace {

/// Page-table pages come from the top of memory: a quarter of it up to 1 GiB (which is enough to
/// map 512 GiB densely), or one 64th if that is more.
PhysAddr first_of_tables(std::uint64_t memory_bytes, const PageTableFormat& format) {
  constexpr std::uint64_t kEnough = std::uint64_t{1} << 30;
  const std::uint64_t pool = std::max(std::min(memory_bytes / 4, kEnough), memory_bytes / 64);
  return PhysAddr(memory_bytes - pool).aligned_down(format.page_shift);
}

/// One path of tables for each process, as a quarter of memory.
void check_memory(std::uint64_t memory_bytes, const PageTableFormat& format,
                  std::size_t processes) {
  const std::uint64_t least = 4 * format.page_bytes() * format.depth * processes;
  if (memory_bytes >= least) return;
  throw ConfigError("os.memory_bytes is " + std::to_string(memory_bytes) + "; " +
                    std::string(format.name) + " needs at least " + std::to_string(least) +
                    (processes == 1 ? "" : " for " + std::to_string(processes) + " processes"));
}

AsidPolicy policy_of(AsidPolicy wanted, const PageTableFormat& format) {
  if (wanted != AsidPolicy::kLinux) return wanted;
  return family_of(format) == Family::kX86 ? AsidPolicy::kRecycled : AsidPolicy::kGenerations;
}

struct Traced {
  Traced(const Machine& machine, const OsParams& params, const TraceHeader& trace)
      : process(machine, params, trace) {}
  TracedProcess process;
  std::string death = {};
};

}  // namespace

struct Kernel::Parts {
  Parts(const OsParams& knobs, const PageTableFormat& translation, AdUpdate ad_update,
        PhysicalMemory& memory, const std::vector<const TraceHeader*>& traces);

  bool alone() const { return all.size() == 1; }
  TracedProcess& running() const { return all[current]->process; }
  const Traced& at(std::size_t process) const { return *all.at(process); }
  /// What `action(process)` did, which may end it.
  template <class Action>
  TrapWork serve(Action action);
  void leave_core(TrapLog& log);
  TrapWork switch_and_back();
  TrapWork switch_to(std::uint64_t process);
  void fence(const AsidAllocator::Grant& grant, TrapWork& work);
  [[noreturn]] void rethrow_of_process(const InputError& error, std::size_t process) const;

  const OsParams params;
  const PageTableFormat& format;
  FrameAllocator frames, tables;
  FrameShares shares;
  std::vector<std::unique_ptr<Traced>> all;
  std::size_t current = 0;
  AsidAllocator asids;
  TranslationControl control;
  OsStats of_switches;
};

Kernel::Parts::Parts(const OsParams& knobs, const PageTableFormat& translation, AdUpdate ad_update,
                     PhysicalMemory& memory, const std::vector<const TraceHeader*>& traces)
    : params(knobs),
      format(translation),
      // No page lies at physical address 0: it is what a forgotten address looks like.
      frames(PhysAddr(translation.page_bytes()), first_of_tables(knobs.memory_bytes, translation),
             translation.page_shift, "data frames", knobs.memory_bytes, knobs.frame_policy,
             knobs.seed),
      tables(first_of_tables(knobs.memory_bytes, translation), PhysAddr(knobs.memory_bytes),
             translation.page_shift, "page-table pages", knobs.memory_bytes),
      shares(frames),
      asids(translation.asid_bits, policy_of(knobs.asids, translation)) {
  const auto report = [this] {
    std::vector<const os::AddressSpace*> spaces;
    for (const auto& traced : all) spaces.push_back(&traced->process.space());
    return describe_memory(frames, tables, spaces);
  };
  frames.report_exhaustion_with(report);
  tables.report_exhaustion_with(report);
  for (const TraceHeader* trace : traces) {
    try {
      all.push_back(std::make_unique<Traced>(Machine{translation, memory, frames, tables, shares},
                                             knobs, *trace));
    } catch (const InputError& error) {
      if (traces.size() == 1) throw;
      rethrow_of_process(error, all.size());
    }
  }
  control = {&translation, running().root(), asids.switch_to(0).asid, ad_update};
}

void Kernel::Parts::rethrow_of_process(const InputError& error, std::size_t process) const {
  throw InputError("process " + std::to_string(process + 1) + ": " + error.what());
}

template <class Action>
TrapWork Kernel::Parts::serve(Action action) {
  const Asid asid = control.asid;
  const bool had_exited = running().exited();
  TrapLog log;
  try {
    action(running(), log);
  } catch (const MemoryExhausted&) {
    throw;
  } catch (const SimulatedError& error) {
    if (alone()) throw;
    all[current]->death = error.what();
    running().end(log);
  } catch (const InputError& error) {
    if (alone()) throw;
    rethrow_of_process(error, current);
  }
  const bool ends = running().exited() && !had_exited;
  if (ends) leave_core(log);
  TrapWork work = running().finish(std::move(log), asid);
  work.process_ended = ends && !alone();
  return work;
}

/// After the end of its process the core is left with the table that maps nothing, as with the idle
/// process.
void Kernel::Parts::leave_core(TrapLog& log) {
  asids.forget(current);
  control.root = PhysAddr(0);
  control.asid = 0;
  log.work.spaces = {{control.root, control.asid}};
}

/// The other process has ASID 0, and touches nothing. Its root is the page at physical address 0,
/// which nothing else is in (see `frames`): a table that maps nothing.
TrapWork Kernel::Parts::switch_and_back() {
  running().count_switch(true);
  TrapWork work;
  work.spaces = {{PhysAddr(0), 0}, {control.root, control.asid}};
  AsidAllocator::Grant grant;
  grant.asid = control.asid;
  if (params.asids == AsidPolicy::kOff) grant.fence = AsidAllocator::Fence::kOfAsid;
  fence(grant, work);
  return work;
}

TrapWork Kernel::Parts::switch_to(std::uint64_t process) {
  if (process >= all.size() || at(process).process.exited()) {
    throw ModelError("os_model: a switch to process " + std::to_string(process) +
                     ", which is not there");
  }
  running().count_switch(false);
  current = process;
  const AsidAllocator::Grant grant = asids.switch_to(process);
  control.root = running().root();
  control.asid = grant.asid;
  of_switches.asid_rollovers += grant.rollover ? 1 : 0;
  of_switches.asids_recycled += grant.recycled ? 1 : 0;
  TrapWork work;
  work.spaces = {{control.root, control.asid}};
  fence(grant, work);
  return work;
}

/// Where hardware holds no ASIDs, it forgets at each switch by itself.
void Kernel::Parts::fence(const AsidAllocator::Grant& grant, TrapWork& work) {
  if (grant.fence == AsidAllocator::Fence::kNone || format.asid_bits == 0) return;
  FenceScope scope;
  if (grant.fence == AsidAllocator::Fence::kOfAsid) scope.asid = grant.asid;
  work.fences.push_back(scope);
  ++of_switches.switch_fences;
}

Kernel::Kernel(const OsParams& params, const PageTableFormat& format, AdUpdate ad_update,
               PhysicalMemory& memory, const std::vector<const TraceHeader*>& traces) {
  check_memory(params.memory_bytes, format, traces.size());
  if (memory.size_bytes() < params.memory_bytes) {
    throw ModelError("os_model: physical memory is smaller than os.memory_bytes");
  }
  parts_ = std::make_unique<Parts>(params, format, ad_update, memory, traces);
}

Kernel::~Kernel() = default;

TrapWork Kernel::handle_fault(const PageFault& fault) {
  Parts& p = *parts_;
  const VirtAddr va = fault.cause.va;
  const std::string access = "access " + std::to_string(fault.access_number);
  if (fault.asid != p.control.asid)
    throw ModelError("os_model: a page fault of an ASID nobody has");
  if (fault.cause.kind == FaultKind::kMalformed || fault.cause.kind == FaultKind::kMisaligned) {
    throw ModelError("os_model: " + access + " found a " + std::string(name_of(fault.cause.kind)) +
                     " at level " + std::to_string(fault.cause.level) + ", VA " + hex(va.value()));
  }
  return p.serve([&](TracedProcess& process, TrapLog& log) {
    if (fault.cause.kind == FaultKind::kNonCanonical) {
      throw_not_canonical(p.format, va.value(),
                          access + " (" + std::string(name_of(fault.access)) + ")");
    }
    process.serve(fault, log);
  });
}

TrapWork Kernel::handle_event(const OsEvent& event) {
  Parts& p = *parts_;
  TrapWork work;
  if (event.type == OsEventType::kSwitch) {
    work = p.alone() || event.args[0] == 0 ? p.switch_and_back() : p.switch_to(event.args[0] - 1);
  } else {
    std::uint64_t value = 0;
    work =
        p.serve([&](TracedProcess& process, TrapLog& log) { value = process.perform(event, log); });
    work.value = value;
  }
  work.system_call = true;
  return work;
}

const TranslationControl& Kernel::control() const { return parts_->control; }

OsStats Kernel::stats() const {
  OsStats all = parts_->of_switches;
  for (std::size_t i = 0; i < processes(); ++i) all += stats_of(i);
  all.frames_in_use = parts_->frames.in_use();
  all.frames_peak = parts_->frames.peak();
  all.table_pages = parts_->tables.in_use();
  all.huge_fallbacks = parts_->frames.runs_refused();
  all.free_frames = parts_->frames.free();
  all.unusable_frames = parts_->frames.unusable(parts_->format.levels[1].lsb);
  all.frames_shared = parts_->shares.shared();
  const std::uint64_t page = parts_->format.page_bytes();
  all.resident_bytes = all.frames_in_use * page;
  all.resident_peak_bytes = all.frames_peak * page;
  all.table_bytes = all.table_pages * page;
  all.table_peak_bytes = parts_->tables.peak() * page;
  return all;
}

HeapStats Kernel::heap_stats() const {
  HeapStats all = parts_->at(0).process.heap_stats();
  for (std::size_t i = 1; i < processes(); ++i) all += parts_->at(i).process.heap_stats();
  return all;
}

void Kernel::touched(VirtAddr va) { parts_->running().space().touched(va); }
bool Kernel::counts_touches() const { return parts_->running().space().may_exceed_touches(); }
std::vector<std::uint64_t> Kernel::free_blocks() const { return parts_->frames.free_blocks(); }

std::uint64_t Kernel::map_hash() const {
  if (parts_->alone()) return parts_->running().space().map_hash();
  std::uint64_t hash = kFnvBasis;
  for (const auto& traced : parts_->all) hash = fnv1a(hash, traced->process.space().map_hash());
  return hash;
}

std::size_t Kernel::processes() const { return parts_->all.size(); }
std::size_t Kernel::running() const { return parts_->current; }

Kernel::End Kernel::end_of(std::size_t process) const {
  if (!parts_->at(process).process.exited()) return End::kNot;
  return parts_->at(process).death.empty() ? End::kExited : End::kKilled;
}

const std::string& Kernel::death_of(std::size_t process) const { return parts_->at(process).death; }
OsStats Kernel::stats_of(std::size_t process) const { return parts_->at(process).process.stats(); }

std::uint64_t Kernel::resident_bytes(std::size_t process) const {
  return parts_->at(process).process.space().resident_bytes();
}

PhysAddr Kernel::root_of(std::size_t process) const { return parts_->at(process).process.root(); }

const VmAreas& Kernel::areas(std::size_t process) const {
  return parts_->at(process).process.space().areas();
}

std::string Kernel::describe_areas(std::size_t process) const { return areas(process).describe(); }

}  // namespace mmu::os
