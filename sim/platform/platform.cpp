#include "sim/platform/platform.hpp"

#include <sstream>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

const PageTableFormat& format_of(const MachineParams& machine) {
  const PageTableFormat* format = find_format(machine.mmu.format);
  if (format != nullptr) return *format;
  throw ConfigError("mmu.format: unknown '" + machine.mmu.format + "'; known: " + format_names());
}

os::OsParams os_params(const MachineParams& machine, const RunOptions& options) {
  os::OsParams params = machine.os.model();
  params.map_on_touch = options.map_on_touch;
  return params;
}

bool enters_at_l2(const MachineParams& machine) {
  return machine.mmu.walker.reads_enter == WalkerParams::Reads::kL2;
}

}  // namespace

// Requesters of a cache, in the order of their numbers: walkers (if they enter here), then the
// L1I, then the L1D; of an L1: walkers, then the core.
Platform::Platform(const MachineParams& machine, TraceSource& trace, const RunOptions& options)
    : memory_(machine.os.memory_bytes),
      software_(os_params(machine, options), format_of(machine), machine.mmu.ad_update, memory_,
                trace.header()),
      timeline_("timeline", {machine.clock.period_ps, options.run_ahead}),
      stream_(trace, machine.cpu, machine.cache.l1d.line_bytes, stream_options(options),
              cpu_stats_),
      core_("cpu", machine.cpu, stream_, cpu_stats_, software_.control().asid, timeline_,
            options.observe),
      mmu_("mmu", machine.mmu, software_.control(), memory_, machine.seed, timeline_),
      l1i_("l1i", machine.cache.l1i, Served::kL1, Rank::kL1i, 1, machine.seed, timeline_),
      l1d_("l1d", machine.cache.l1d, Served::kL1, Rank::kL1d, enters_at_l2(machine) ? 1 : 2,
           machine.seed, timeline_),
      l2_("l2", machine.cache.l2, Served::kL2, Rank::kL2, enters_at_l2(machine) ? 3 : 2,
          machine.seed, timeline_),
      llc_("llc", machine.cache.llc, Served::kLlc, Rank::kLlc, 1, machine.seed, timeline_),
      dram_("dram", machine.dram, machine.clock.period_ps, machine.cache.llc.line_bytes, timeline_),
      os_("os", machine.os.cost, software_),
      fence_agent_("fence_agent", options.fences, timeline_),
      watchdog_(
          "watchdog", options.watchdog_cycles, core_, [this] { return explain_stall(); },
          timeline_) {
  bind(machine);
}

void Platform::bind(const MachineParams& machine) {
  core_.translate[0].bind(mmu_.fetches_in());
  core_.translate[1].bind(mmu_.data_in());
  mmu_.itlb().in_reply.bind(core_.translate_reply);
  mmu_.dtlb().in_reply.bind(core_.translate_reply);
  core_.trap.bind(os_.in);
  core_.fences.bind(mmu_);
  fence_agent_.fences.bind(mmu_);

  const auto join = [](sc_core::sc_port<MemoryIf>& port, CacheModule& cache, unsigned number,
                       sc_core::sc_export<MemoryReplyIf>& reply) {
    port.bind(cache.in[number]);
    cache.in_reply[number].bind(reply);
  };
  const unsigned behind_walkers = enters_at_l2(machine) ? 1 : 0;
  CacheModule& walks_enter = enters_at_l2(machine) ? l2_ : l1d_;
  join(mmu_.walker().memory, walks_enter, 0, mmu_.walker().memory_reply);
  join(core_.memory[0], l1i_, 0, core_.memory_reply);
  join(core_.memory[1], l1d_, 1 - behind_walkers, core_.memory_reply);
  join(l1i_.next, l2_, behind_walkers, l1i_.next_reply);
  join(l1d_.next, l2_, behind_walkers + 1, l1d_.next_reply);
  join(l2_.next, llc_, 0, l2_.next_reply);
  llc_.next.bind(dram_.in);
  dram_.in_reply.bind(llc_.next_reply);
}

AccessStream::Options Platform::stream_options(const RunOptions& options) {
  AccessStream::Options stream;
  stream.instructions = options.instructions;
  stream.interval = options.interval_instructions;
  stream.at_interval = [this] { end_interval(); };
  if (options.progress) {
    stream.before_block = [this, progress = options.progress] {
      return progress(cpu_stats_.records, cpu_stats_.instructions, timeline_.now());
    };
  }
  return stream;
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
  dram_.explain_stall(out);
  return out.str();
}

void Platform::run() {
  sc_core::sc_start();
  timeline_.rethrow_failure();
  if (core_.done()) return;
  throw ModelError(
      "nothing is pending, but accesses are left over: a reply or a room call is "
      "lost\n" +
      explain_stall());
}

RunResult Platform::result() const {
  RunResult r;
  r.cpu = cpu_stats_;
  r.cpu.cycles = core_.accounts().charged();
  r.cpu.latency_cycles = core_.accounts().latency_cycles();
  r.itlb = mmu_.itlb_stats();
  r.dtlb = mmu_.dtlb_stats();
  r.stlb = mmu_.stlb().stats();
  r.walker = mmu_.walker().stats();
  r.walker_detail = mmu_.walker().detail();
  r.l1i = l1i_.stats();
  r.l1d = l1d_.stats();
  r.l2 = l2_.stats();
  r.llc = llc_.stats();
  r.dram = dram_.stats();
  r.os = software_.stats();
  r.map_hash = software_.map_hash();
  r.memory_blocks = memory_.blocks();
  r.latency_stack = core_.accounts().latency();
  r.cycle_stack = core_.accounts().cycles();
  r.intervals = intervals_;
  r.timeline = timeline_.stats();
  return r;
}

}  // namespace mmu
