#include "sim/platform/platform.hpp"

#include <sstream>

#include "hw/arch/errors.hpp"
#include "hw/dram/dram_commands_module.hpp"
#include "hw/dram/dram_module.hpp"
#include "hw/dram/fixed_memory_module.hpp"
#include "hw/mmu/lockstep_problem.hpp"
#include "sim/platform/result_rules.hpp"
#include "sim/platform/table_format.hpp"
#include "sim/platform/warm_up.hpp"

namespace mmu {
namespace {

os::OsParams os_params(const MachineParams& machine, const RunOptions& options) {
  os::OsParams params = machine.os.model(machine.seed);
  params.map_on_touch = options.map_on_touch;
  return params;
}

MmuParams mmu_params(const MachineParams& machine) {
  MmuParams params = machine.mmu;
  params.line_bytes = machine.cache.l1d.line_bytes;
  return params;
}

bool enters_at_l2(const MachineParams& machine) {
  return machine.mmu.walker.reads_enter == WalkerParams::Reads::kL2;
}

/// Throws ConfigError if the machine wants one that cannot be had.
std::unique_ptr<WalkerWatch> watch_of(const MmuParams& params, const PageTableFormat& format,
                                      const RunOptions& options) {
  if (const auto problem = lockstep_problem(params)) {
    throw ConfigError("mmu.walker.model = lockstep: " + *problem);
  }
  if (options.watch_walkers) return options.watch_walkers(format, params.walker.count);
  if (params.walker.model == WalkerParams::Model::kLockstep) {
    throw ConfigError("mmu.walker.model = lockstep: this program brings no RTL walkers");
  }
  return nullptr;
}

std::unique_ptr<MainMemoryModule> main_memory(const MachineParams& machine,
                                              TimelineModule& timeline) {
  const std::uint64_t period_ps = machine.clock.period_ps;
  switch (machine.dram.model) {
    case DramParams::Model::kCommands:
      return std::make_unique<DramCommandsModule>("dram", machine.dram, period_ps, timeline);
    case DramParams::Model::kFixed:
      return std::make_unique<FixedMemoryModule>("dram", machine.dram, period_ps);
    case DramParams::Model::kBanks:
      break;
  }
  return std::make_unique<DramModule>("dram", machine.dram, period_ps, machine.cache.llc.line_bytes,
                                      timeline);
}

/// SystemC takes no more than a process's first such call for the beginning that it is, and warns
/// of others that nothing happens in them.
void initialize_kernel() {
  using namespace sc_core;
  const sc_actions usual =
      sc_report_handler::set_actions(SC_ID_NO_SC_START_ACTIVITY_, SC_DO_NOTHING);
  sc_start(SC_ZERO_TIME);
  sc_report_handler::set_actions(SC_ID_NO_SC_START_ACTIVITY_, usual);
}

}  // namespace

// Requesters of a cache, in the order of their numbers: walkers (if they enter here), then the
// L1I, then the L1D; of an L1: walkers, then the core.
Platform::Platform(const MachineParams& machine, TraceSource& trace, const RunOptions& options)
    : format_(table_format(machine)),
      memory_(machine.os.memory_bytes),
      checked_memory_(options.check ? std::optional<CheckedMemory>(memory_) : std::nullopt),
      software_(os_params(machine, options), format_, machine.mmu.ad_update, bytes(),
                trace.processes()),
      registers_(software_.control()),
      around_software_(options.around_software ? options.around_software(software_, registers_)
                                               : nullptr),
      shares_(software_.processes()),
      slices_(trace, machine.os.switch_instructions),
      timeline_("timeline",
                {machine.clock.period_ps, options.run_ahead && options.waves == nullptr}),
      waves_(options.waves != nullptr ? std::make_unique<WaveTaps>(*options.waves, timeline_)
                                      : nullptr),
      stream_(slices_, machine.cpu, machine.cache.l1d.line_bytes, stream_options(options),
              cpu_stats_),
      slowest_(options.slowest),
      core_("cpu", machine.cpu, stream_, cpu_stats_, registers_.asid, timeline_,
            retirement_observer(options)),
      mmu_("mmu", mmu_params(machine), registers_, bytes(), machine.seed, timeline_, waves_.get()),
      attributor_(software_),
      l1i_("l1i", machine.cache.l1i, Served::kL1, Rank::kL1i, 1, machine.seed, timeline_),
      l1d_("l1d", machine.cache.l1d, Served::kL1, Rank::kL1d, enters_at_l2(machine) ? 1 : 2,
           machine.seed, timeline_),
      l2_("l2", machine.cache.l2, Served::kL2, Rank::kL2, enters_at_l2(machine) ? 3 : 2,
          machine.seed, timeline_),
      llc_("llc", machine.cache.llc, Served::kLlc, Rank::kLlc, 1, machine.seed, timeline_),
      dram_(main_memory(machine, timeline_)),
      os_("os", machine.os.cost, around_software_ ? *around_software_ : software_),
      fence_agent_("fence_agent", options.fences, timeline_),
      watchdog_(
          "watchdog", options.watchdog_cycles, core_, [this] { return explain_stall(); },
          timeline_),
      options_(options),
      processes_before_(software_.processes()) {
  if (checked_memory_) {
    rules_.emplace(registers_, memory_);
    checked_memory_->rules = &*rules_;
    check_.emplace("check", *rules_, timeline_, [this] { return mmu_.held(); });
  }
  if (options.miss_classes) mmu_.classify_misses(machine.mmu);
  classifies_misses_ = options.miss_classes;
  watch_ = watch_of(machine.mmu, format_, options);
  if (rules_) {
    using Organisation = WalkCacheParams::Organisation;
    walk_rules_.emplace(*rules_, registers_, machine.mmu.walker.count,
                        machine.mmu.walk_cache.organisation == Organisation::kPteTagged,
                        watch_.get());
  }
  bind(machine);
}

PhysicalMemory& Platform::bytes() {
  if (checked_memory_) return *checked_memory_;
  return memory_;
}

void Platform::bind(const MachineParams& machine) {
  const bool at_l2 = enters_at_l2(machine);
  const unsigned behind_walkers = at_l2 ? 1 : 0;
  const auto link = [this](sc_core::sc_port<MemoryIf>& port, CacheModule& cache, unsigned number,
                           sc_core::sc_export<MemoryReplyIf>& reply, const char* name) {
    join(port, cache.in[number], waves_.get(), name);
    join(cache.in_reply[number], reply, waves_.get(), name);
  };
  bind_core(at_l2 ? l2_ : l1d_, at_l2 ? "walkers_l2" : "walkers_l1d", 1 - behind_walkers);
  link(l1i_.next, l2_, behind_walkers, l1i_.next_reply, "l1i_l2");
  link(l1d_.next, l2_, behind_walkers + 1, l1d_.next_reply, "l1d_l2");
  link(l2_.next, llc_, 0, l2_.next_reply, "l2_llc");
  join(llc_.next, dram_->in, waves_.get(), "llc_dram");
  join(dram_->in_reply, llc_.next_reply, waves_.get(), "llc_dram");
  if (waves_) waves_->watch(mmu_.walker());
}

// All links of core and walkers, with the checker in between if there is one.
void Platform::bind_core(CacheModule& walks_enter, const char* walks, unsigned data_number) {
  LinkTaps* const taps = waves_.get();
  CheckModule* const check = check_ ? &*check_ : nullptr;
  sc_core::sc_export<TranslateReplyIf>& answers = check ? check->answers : core_.translate_reply;
  const bool unified = &mmu_.fetches_in() == &mmu_.data_in();
  const char* const fetches = unified ? "core_dtlb" : "core_itlb";
  join(core_.translate[0], check ? check->asks[0] : mmu_.fetches_in(), taps, fetches);
  join(core_.translate[1], check ? check->asks[1] : mmu_.data_in(), taps, "core_dtlb");
  join(mmu_.itlb().in_reply, answers, taps, fetches);
  join(mmu_.dtlb().in_reply, answers, taps, "core_dtlb");
  join(core_.memory[0], check ? check->data[0] : l1i_.in[0], taps, "core_l1i");
  join(core_.memory[1], check ? check->data[1] : l1d_.in[data_number], taps, "core_l1d");
  join(l1i_.in_reply[0], core_.memory_reply, taps, "core_l1i");
  join(l1d_.in_reply[data_number], core_.memory_reply, taps, "core_l1d");
  join(mmu_.walker().memory, check ? check->reads : walks_enter.in[0], taps, walks);
  join(walks_enter.in_reply[0], mmu_.walker().memory_reply, taps, walks);
  core_.trap.bind(check ? check->trap_in : os_.in);
  if (check == nullptr) {
    core_.fences.bind(mmu_);
    fence_agent_.fences.bind(mmu_);
  } else {
    bind_checker(*check, walks_enter, data_number);
  }
}

void Platform::bind_checker(CheckModule& check, CacheModule& walks_enter, unsigned data_number) {
  check.tlb[0].bind(mmu_.fetches_in());
  check.tlb[1].bind(mmu_.data_in());
  check.core.bind(core_.translate_reply);
  check.cache[0].bind(l1i_.in[0]);
  check.cache[1].bind(l1d_.in[data_number]);
  check.walks_enter.bind(walks_enter.in[0]);
  check.trap.bind(os_.in);
  core_.fences.bind(check.fences_in);
  fence_agent_.fences.bind(check.fences_in);
  check.fences.bind(mmu_);
}

AccessStream::Options Platform::stream_options(const RunOptions& options) {
  AccessStream::Options stream;
  stream.instructions = options.instructions;
  stream.interval = options.interval_instructions;
  stream.at_interval = [this] { end_interval(); };
  stream.at_switch = [this](std::size_t process) { shares_.switched(process, cpu_stats_); };
  if (options.progress) {
    stream.before_block = [this, progress = options.progress] {
      return progress(records_before_ + cpu_stats_.records, cpu_stats_.instructions,
                      timeline_.now());
    };
  }
  return stream;
}

CoreModule::Observer Platform::retirement_observer(const RunOptions& options) {
  const bool touches = software_.counts_touches();
  if (!options.observe && options.slowest == 0 && !touches) return {};
  return [this, touches, observe = options.observe](const WindowSlot& slot) {
    if (touches) software_.touched(slot.va);
    if (observe) observe(slot.number, slot.complete);
    if (slowest_.wants(slot)) slowest_.add(slot, stream_.pc_of(slot.number));
  };
}

void Platform::observe() {
  WalkerWatch* const watch = walk_rules_ ? &*walk_rules_ : watch_.get();
  if (watch != nullptr) mmu_.walker().follow_ports(*watch);
  os_.observe([this](const TrapTold& trap) {
    if (recorder_) recorder_->trapped(trap);
    const auto to = trap.call != nullptr ? switched_to(*trap.call) : std::nullopt;
    if (to) shares_.trapped(*to, trap.at, trap.at + trap.cycles);
  });
  if (options_.timeline.is_empty()) return mmu_.observe(attributor_);
  mmu_.observe(recorder_.emplace(options_.timeline, attributor_));
}

void Platform::end_interval() {
  const std::uint64_t itlb = mmu_.itlb_stats().misses;
  const std::uint64_t dtlb = mmu_.dtlb_stats().misses;
  const WalkerStats& walker = mmu_.walker().stats();
  intervals_.push_back({cpu_stats_.instructions, timeline_.now(), cpu_stats_.accesses, dtlb, itlb,
                        mmu_.stlb().stats().misses, walker.walks, walker.walk_cycles,
                        cpu_stats_.page_faults});
}

std::string Platform::explain_stall() const {
  std::ostringstream out;
  core_.explain_stall(out);
  mmu_.explain_stall(out);
  for (const CacheModule* cache : {&l1i_, &l1d_, &l2_, &llc_}) cache->explain_stall(out);
  dram_->explain_stall(out);
  return out.str();
}

// One part of the stream, which the next one follows. `done`: the instructions that it has had.
void Platform::run_part(std::uint64_t instructions, std::uint64_t& done,
                        const std::function<void()>& run) {
  if (instructions == 0) return;
  stream_.start_part(instructions, 0);
  run();
  stream_.settle();
  done = cpu_stats_.instructions;
  records_before_ += cpu_stats_.records;
  shares_.start_part(cpu_stats_);
  cpu_stats_ = {};
  if (stream_.is_at_end()) {
    throw InputError("the trace ends within the first " +
                     std::to_string(options_.skip_instructions + options_.warmup_instructions) +
                     " instructions, which --skip and --warmup take: nothing is left to measure");
  }
}

void Platform::run_before_time() {
  if (options_.skip_instructions == 0 && options_.warmup_instructions == 0) return;
  initialize_kernel();
  WarmUp warm_up({stream_,
                  around_software_ ? *around_software_ : software_,
                  registers_,
                  bytes(),
                  mmu_,
                  *core_.fences.operator->(),
                  {core_.memory[0].operator->(), core_.memory[1].operator->()},
                  [this](VirtAddr va) { software_.touched(va); }});
  run_part(options_.skip_instructions, skipped_, [&] { warm_up.skip(); });
  run_part(options_.warmup_instructions, warmed_, [&] { warm_up.warm(); });
  core_.begin_in(warm_up.asid(), warm_up.context());
  stream_.start_part(options_.instructions, options_.interval_instructions);
  start_counting();
}

void Platform::start_counting() {
  mmu_.start_counting();
  for (CacheModule* cache : {&l1i_, &l1d_, &l2_, &llc_}) cache->start_counting();
  os_before_ = software_.stats();
  for (std::size_t i = 0; i < software_.processes(); ++i) {
    processes_before_[i] = software_.stats_of(i);
  }
  heap_before_ = software_.heap_stats();
}

void Platform::run() {
  run_before_time();
  observe();
  sc_core::sc_start();
  timeline_.rethrow_failure();
  if (core_.done()) {
    if (watch_) watch_->finish(timeline_.now());
    if (rules_) {
      rules_->ended(timeline_.now(), mmu_.idle());
      rules_->held(timeline_.now(), mmu_.held());
      check_sums(result());
    }
    return require_a_survivor();
  }
  throw ModelError(
      "nothing is pending, but accesses are left over: a reply or a room call is "
      "lost\n" +
      explain_stall());
}

/// Processes that are all killed are as one that is.
void Platform::require_a_survivor() const {
  for (std::size_t i = 0; i < software_.processes(); ++i) {
    if (software_.end_of(i) != os::Kernel::End::kKilled) return;
  }
  throw SimulatedError("every process was killed; the first: " + software_.death_of(0));
}

void Platform::add_processes(RunResult& r) const {
  if (software_.processes() == 1) return;
  const std::vector<ProcessShare> shares = shares_.result(cpu_stats_, core_.accounts().charged());
  for (std::size_t i = 0; i < shares.size(); ++i) {
    r.processes.push_back({shares[i], software_.end_of(i), software_.death_of(i),
                           software_.stats_of(i).since(processes_before_[i]),
                           software_.resident_bytes(i)});
  }
  r.switch_cycles = shares_.switch_cycles();
}

RunResult Platform::result() {
  stream_.settle();
  RunResult r;
  r.cpu = cpu_stats_;
  r.cpu.cycles = core_.accounts().charged();
  r.cpu.latency_cycles = core_.accounts().latency_cycles();
  r.itlb = mmu_.itlb_stats();
  r.dtlb = mmu_.dtlb_stats();
  r.untranslated = mmu_.untranslated();
  if (mmu_.l2_itlb() != nullptr) r.l2_itlb = mmu_.l2_itlb()->stats();
  r.stlb = mmu_.stlb().stats();
  TlbStats* const further[] = {&r.level3, &r.level4};
  for (std::size_t i = 0; i < mmu_.further_levels().size(); ++i) {
    *further[i] = mmu_.further_levels()[i]->stats();
  }
  r.walker = mmu_.walker().stats();
  r.prefetch = mmu_.walker().prefetch_stats();
  r.walker_detail = mmu_.walker().detail();
  r.l1i = l1i_.stats();
  r.l1d = l1d_.stats();
  r.l2 = l2_.stats();
  r.llc = llc_.stats();
  r.dram = dram_->stats();
  r.skipped_instructions = skipped_;
  r.warmed_instructions = warmed_;
  r.records_before = records_before_;
  r.os = software_.stats().since(os_before_);
  r.heap = software_.heap_stats().since(heap_before_);
  add_processes(r);
  r.blocks = stream_.blocks();
  r.free_blocks = software_.free_blocks();
  r.map_hash = software_.map_hash();
  r.memory_blocks = memory_.blocks();
  r.latency_stack = core_.accounts().latency();
  r.cycle_stack = core_.accounts().cycles();
  r.attribution = attributor_.result();
  if (classifies_misses_) r.miss_classes = mmu_.miss_classes();
  r.intervals = intervals_;
  r.slowest = slowest_.sorted();
  if (recorder_) r.recorded = recorder_->timeline();
  r.timeline = timeline_.stats();
  return r;
}

}  // namespace mmu
