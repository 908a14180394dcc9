// What a run computes. Simulated figures only, except for `timeline`, which says how the run was
// carried out and goes to host.json.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hw/cache/cache_params.hpp"
#include "hw/common/histogram.hpp"
#include "hw/cpu/cpu_stats.hpp"
#include "hw/dram/dram_params.hpp"
#include "hw/link/story.hpp"
#include "hw/link/timeline_module.hpp"
#include "hw/link/translation_observer.hpp"
#include "hw/mmu/miss_classes.hpp"
#include "hw/mmu/mmu_stats.hpp"
#include "hw/mmu/prefetch_stats.hpp"
#include "os_model/heap_stats.hpp"
#include "os_model/kernel.hpp"
#include "sim/platform/attribution.hpp"
#include "sim/platform/process_shares.hpp"
#include "sim/platform/slowest.hpp"
#include "sim/platform/timeline_recorder.hpp"

namespace mmu {

/// How a run ended; see the exit statuses in hw/arch/errors.hpp.
enum class Outcome : std::uint8_t {
  kDone,
  kInterrupted,     ///< the caller asked to stop
  kSimulatedError,  ///< segmentation fault, memory exhausted
  kInputError,      ///< the trace is damaged, or does not fit the format
  kInternalError,   ///< watchdog, or a rule of the model broken
};
inline constexpr std::string_view kOutcomeNames[] = {"done", "interrupted", "simulated-error",
                                                     "input-error", "internal-error"};

/// Totals at the end of an interval.
struct Interval {
  std::uint64_t instructions = 0, cycles = 0, accesses = 0, dtlb_misses = 0, itlb_misses = 0,
                stlb_misses = 0, walks = 0, walk_cycles = 0, page_faults = 0;
};

/// One of several processes.
struct ProcessResult {
  ProcessShare share;
  os::Kernel::End end = os::Kernel::End::kNot;
  std::string death;  ///< what it was killed for
  os::OsStats os;     ///< what is counted by process
  std::uint64_t resident_bytes = 0;
};

struct RunResult {
  Outcome outcome = Outcome::kDone;
  std::string message;  ///< why it ended, unless done
  bool partial() const { return outcome != Outcome::kDone; }

  /// Outside of time, before all that is counted here; as many as were asked for, or some more
  /// where one record begins several.
  std::uint64_t skipped_instructions = 0, warmed_instructions = 0;
  std::uint64_t records_before = 0;  ///< that these instructions took
  CpuStats cpu;
  TlbStats itlb, dtlb, l2_itlb, stlb, level3, level4;
  /// In bare mode, replays left out. The traffic generator issues none: of tests only.
  std::uint64_t untranslated = 0;
  WalkerStats walker;
  PrefetchStats prefetch;
  WalkerDetail walker_detail;
  CacheStats l1i, l1d, l2, llc;
  DramStats dram;
  os::OsStats os;
  os::HeapStats heap;
  std::vector<std::uint64_t> free_blocks;  ///< [order]: of 2^order frames of data, at the end
  std::vector<ProcessResult> processes;    ///< if there are several, in the order of their traces
  std::uint64_t switch_cycles = 0;         ///< in traps that gave the core to another of them
  std::uint64_t blocks = 0;                ///< AccessStream::blocks()
  std::uint64_t map_hash = 0;              ///< of every VA -> PA mapping made, in order
  std::uint64_t memory_blocks = 0;         ///< 4 KiB blocks of physical memory that hold something

  Stack latency_stack{};  ///< sums to cpu.latency_cycles
  Stack cycle_stack{};    ///< sums to cpu.cycles
  Attribution attribution;
  /// By TlbName; if asked for.
  std::optional<std::array<MissClassStats, kTlbs>> miss_classes;
  const TlbStats& tlb(unsigned name) const {
    const TlbStats* const all[kTlbs] = {&itlb, &dtlb, &l2_itlb, &stlb, &level3, &level4};
    return *all[name];
  }
  std::vector<Interval> intervals;
  std::vector<SlowAccess> slowest;   ///< if asked for, the slowest first
  std::optional<Timeline> recorded;  ///< likewise
  TimelineStats timeline;
};

}  // namespace mmu
