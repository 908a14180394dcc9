// One run of one machine over one trace.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "hw/arch/software_interface.hpp"
#include "hw/arch/trace.hpp"
#include "hw/link/walker_watch.hpp"
#include "sim/platform/platform_params.hpp"
#include "sim/platform/result.hpp"
#include "sim/platform/timeline_recorder.hpp"

namespace mmu {

/// A fence from outside of the core, e.g. another core's shootdown.
struct TimedFence {
  std::uint64_t cycle = 0;  ///< takes effect in it; at least 1
  FenceScope scope;
};

class WaveDump;

struct RunOptions {
  bool run_ahead = true;  ///< not with `waves`
  bool map_on_touch = false;
  /// Hold the run against the rules of sim/check; a broken one ends it (kInternalError).
  bool check = false;
  bool miss_classes = false;                   ///< say why TLB look-ups miss; slower
  std::uint64_t skip_instructions = 0;         ///< first of all, outside of time: WarmUp::skip()
  std::uint64_t warmup_instructions = 0;       ///< then, likewise: WarmUp::warm()
  std::uint64_t instructions = 0;              ///< then stop after so many; 0: run to the end
  std::uint64_t watchdog_cycles = 10'000'000;  ///< without retirement; 0: off
  std::uint64_t interval_instructions = 0;     ///< 0: no intervals
  std::uint64_t slowest = 0;                   ///< accesses to keep with their stories
  CycleWindow timeline;                        ///< to record; empty: nothing
  WaveDump* waves = nullptr;                   ///< to which all links are shown
  std::vector<TimedFence> fences;              ///< by cycle
  /// Stands between the traps and the OS model, and may add to what that does. For tests.
  std::function<std::unique_ptr<TrapHandler>(TrapHandler& software, const TranslationControl&)>
      around_software;
  /// Called now and then with what has been done so far; false: stop here (kInterrupted).
  std::function<bool(std::uint64_t records, std::uint64_t instructions, std::uint64_t cycles)>
      progress;
  /// Called at each retirement of an access, in program order: its number, and the cycle in which
  /// its data was there. For tests.
  std::function<void(std::uint64_t access, std::uint64_t completion)> observe;
  /// Makes what follows the walkers of the machine, and may end the run by a ModelError. A machine
  /// with mmu.walker.model = lockstep needs it.
  std::function<std::unique_ptr<WalkerWatch>(const PageTableFormat& format, std::uint32_t walkers)>
      watch_walkers;
  /// Called at the end with what memory holds and where the page table begins. For tests.
  std::function<void(const PhysicalMemory& memory, const TranslationControl& control)> inspect;
};

/// Throws ConfigError if the machine cannot be built; every other end is in the result, together
/// with what was computed until then. Each call has a SystemC kernel of its own.
RunResult simulate(const MachineParams& machine, TraceSource& trace, const RunOptions& options);

}  // namespace mmu
