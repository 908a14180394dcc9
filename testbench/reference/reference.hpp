// The independent reference: docs/timing.md as one plain loop a cycle. It shares with the model
// the page-table formats, what an entry means, replacement, and nothing that has to do with time.
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <vector>

#include "hw/arch/software_interface.hpp"
#include "hw/cache/cache_params.hpp"
#include "hw/cpu/cpu_stats.hpp"
#include "hw/dram/dram_params.hpp"
#include "hw/link/story.hpp"
#include "hw/mmu/mmu_stats.hpp"
#include "hw/mmu/prefetch_stats.hpp"
#include "os_model/os_stats.hpp"
#include "sim/platform/platform_params.hpp"

namespace mmu::reference {

struct ExternalFence {
  Cycle at;
  FenceScope scope;
};

struct Options {
  std::vector<ExternalFence> fences;  ///< by `at`; they take effect in turn 4
  /// As RunOptions::around_software.
  std::function<std::unique_ptr<TrapHandler>(TrapHandler&, const TranslationControl&)>
      around_software = {};
  Cycle watchdog_cycles = 1'000'000;  ///< without retirement: ModelError
  std::ostream* log = nullptr;        ///< what each access does, line by line
};

struct Result {
  std::vector<Cycle> completions;  ///< of each access, in program order
  Cycle cycles = 0;
  CpuStats cpu;
  TlbStats itlb, dtlb, l2_itlb, stlb, level3, level4;
  WalkerStats walker;
  PrefetchStats prefetch;
  WalkerDetail walker_detail;
  CacheStats l1i, l1d, l2, llc;
  DramStats dram;
  os::OsStats os;              ///< simulate() only
  std::uint64_t map_hash = 0;  ///< simulate() only
  Stack latency_stack{}, cycle_stack{};
};

/// The machine with some operating system, for tests that set up their own page table.
/// `trap_handler` must go on to live; `control` is what the core's registers hold.
Result simulate(const MachineParams& machine, TraceSource& trace, const Options& options,
                const TranslationControl& control, PhysicalMemory& memory,
                TrapHandler& trap_handler);

/// The same with the OS model. Throws what the OS model throws.
Result simulate(const MachineParams& machine, TraceSource& trace, const Options& options);

}  // namespace mmu::reference
