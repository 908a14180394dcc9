// A machine put together: modules made from their parameters and joined.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "hw/cache/cache_module.hpp"
#include "hw/common/sparse_memory.hpp"
#include "hw/cpu/core_module.hpp"
#include "hw/dram/main_memory_module.hpp"
#include "hw/mmu/mmu_module.hpp"
#include "os_model/kernel.hpp"
#include "sim/check/check_module.hpp"
#include "sim/check/walk_rules.hpp"
#include "sim/platform/attributor.hpp"
#include "sim/platform/fence_agent_module.hpp"
#include "sim/platform/os_bridge_module.hpp"
#include "sim/platform/platform_params.hpp"
#include "sim/platform/process_shares.hpp"
#include "sim/platform/result.hpp"
#include "sim/platform/simulate.hpp"
#include "sim/platform/slowest.hpp"
#include "sim/platform/time_slices.hpp"
#include "sim/platform/watchdog_module.hpp"
#include "sim/waves/wave_taps.hpp"

namespace mmu {

class Platform {
 public:
  /// Throws ConfigError if the machine cannot be built, InputError if the trace's image does not
  /// fit its page-table format.
  Platform(const MachineParams& machine, TraceSource& trace, const RunOptions& options);

  /// Runs to the end of the trace. Throws what ends a run early; result() holds what was done.
  void run();
  RunResult result();
  const PhysicalMemory& memory() const { return memory_; }
  const TranslationControl& control() const { return registers_; }

 private:
  void bind(const MachineParams& machine);
  void bind_core(CacheModule& walks_enter, const char* walks, unsigned data_number);
  void bind_checker(CheckModule& check, CacheModule& walks_enter, unsigned data_number);
  AccessStream::Options stream_options(const RunOptions& options);
  CoreModule::Observer retirement_observer(const RunOptions& options);
  void observe();
  void run_before_time();
  void run_part(std::uint64_t instructions, std::uint64_t& done, const std::function<void()>& run);
  void start_counting();
  void end_interval();
  void require_a_survivor() const;
  void add_processes(RunResult& r) const;
  std::string explain_stall() const;
  PhysicalMemory& bytes();  // as software and walkers see them

  const PageTableFormat format_;
  SparseMemory memory_;
  std::optional<CheckedMemory> checked_memory_;  // in front of it, if the run is checked
  os::Kernel software_;
  TranslationControl registers_;                  // of the core, as software has set them
  std::unique_ptr<TrapHandler> around_software_;  // if wanted
  ProcessShares shares_;
  TimeSlices slices_;
  TimelineModule timeline_;
  std::unique_ptr<WaveTaps> waves_;  // if wanted
  CpuStats cpu_stats_;
  AccessStream stream_;
  Slowest slowest_;
  CoreModule core_;
  MmuModule mmu_;
  Attributor attributor_;
  std::optional<TimelineRecorder> recorder_;
  std::unique_ptr<WalkerWatch> watch_;
  CacheModule l1i_, l1d_, l2_, llc_;
  std::unique_ptr<MainMemoryModule> dram_;
  OsBridgeModule os_;
  FenceAgentModule fence_agent_;
  WatchdogModule watchdog_;
  std::optional<TranslationRules> rules_;
  std::optional<CheckModule> check_;
  std::optional<WalkRules> walk_rules_;
  bool classifies_misses_ = false;
  const RunOptions options_;
  std::uint64_t skipped_ = 0, warmed_ = 0;  // instructions
  std::uint64_t records_before_ = 0;        // of the trace, skipped or warmed up with
  os::OsStats os_before_;
  std::vector<os::OsStats> processes_before_;  // likewise, of each
  os::HeapStats heap_before_;
  std::vector<Interval> intervals_;
};

}  // namespace mmu
