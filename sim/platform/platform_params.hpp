// A whole machine as numbers: what a machine file sets and `machine show` prints.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>

#include "hw/cache/cache_params.hpp"
#include "hw/cpu/cpu_params.hpp"
#include "hw/dram/dram_params.hpp"
#include "hw/mmu/mmu_params.hpp"
#include "os_model/os_params.hpp"

namespace mmu {

struct ClockParams {
  std::uint32_t period_ps = 250;
  static constexpr auto fields() {
    return std::make_tuple(knob("period_ps", "ps", "of the core clock (4 GHz: 250)",
                                &ClockParams::period_ps, 1, 1'000'000));
  }
};

struct CachesParams {
  CacheParams l1i{32 * 1024, 8, 64, 4, 0, 8, Replacement::kLru};
  CacheParams l1d{48 * 1024, 12, 64, 5, 0, 16, Replacement::kLru};
  CacheParams l2{512 * 1024, 8, 64, 10, 0, 32, Replacement::kLru};
  CacheParams llc{2048 * 1024, 16, 64, 20, 0, 64, Replacement::kLru};
  static constexpr auto fields() {
    return std::make_tuple(group("l1i", "first level, instructions", &CachesParams::l1i),
                           group("l1d", "first level, data", &CachesParams::l1d),
                           group("l2", "second level", &CachesParams::l2),
                           group("llc", "last level", &CachesParams::llc));
  }
};

/// What the OS model's work costs. Default: a minor fault that zeroes one page is about 1 us at
/// 4 GHz (Linux 6.6, 11th-generation i7: median 1013 ns, minimum 575 ns).
struct OsCostParams {
  std::uint32_t trap_cycles = 800;         ///< entry and return
  std::uint32_t fault_cycles = 1900;       ///< finding area and frame, bookkeeping
  std::uint32_t zero_frame_cycles = 1200;  ///< 4 KiB
  /// 4 KiB. Derived: zeroing fetches a line and writes it back, copying reads another one too.
  std::uint32_t copy_frame_cycles = 1800;
  std::uint32_t entry_cycles = 100;  ///< one page-table entry written
  std::uint32_t table_cycles = 400;  ///< one page-table page made
  std::uint32_t system_call_cycles = 300;
  std::uint32_t area_cycles = 1000;    ///< one VM area made, removed, split or resized
  std::uint32_t fence_cycles = 200;    ///< one fence
  std::uint32_t switch_cycles = 2000;  ///< one switch of address spaces

  static constexpr auto fields() {
    constexpr std::uint64_t kMax = 1'000'000'000;
    return std::make_tuple(
        knob("trap_cycles", "cycles", "trap entry and return, faults and system calls",
             &OsCostParams::trap_cycles, 0, kMax),
        knob("fault_cycles", "cycles", "one page fault: area, frame, bookkeeping",
             &OsCostParams::fault_cycles, 0, kMax),
        knob("zero_frame_cycles", "cycles", "zeroing 4 KiB", &OsCostParams::zero_frame_cycles, 0,
             kMax),
        knob("copy_frame_cycles", "cycles", "copying 4 KiB, on a write to a page shared by fork",
             &OsCostParams::copy_frame_cycles, 0, kMax),
        knob("entry_cycles", "cycles", "one page-table entry written", &OsCostParams::entry_cycles,
             0, kMax),
        knob("table_cycles", "cycles", "one page-table page made", &OsCostParams::table_cycles, 0,
             kMax),
        knob("system_call_cycles", "cycles", "one system call, besides its work",
             &OsCostParams::system_call_cycles, 0, kMax),
        knob("area_cycles", "cycles", "one VM area made, removed, split or resized",
             &OsCostParams::area_cycles, 0, kMax),
        knob("fence_cycles", "cycles", "one fence", &OsCostParams::fence_cycles, 0, kMax),
        knob("switch_cycles", "cycles", "one switch to another process",
             &OsCostParams::switch_cycles, 0, kMax));
  }
};

struct OsFramesParams {
  os::FramePolicy policy = os::FramePolicy::kPacked;
  static constexpr auto fields() {
    return std::make_tuple(choice("policy",
                                  "which free frame of data memory is taken next (buddy: Linux's); "
                                  "scattered draws it with the seed",
                                  &OsFramesParams::policy, os::kFramePolicyNames));
  }
};

/// The OS knobs as the user sees them: the model's own, and what its work costs here.
struct OsSettings {
  std::uint64_t memory_bytes = std::uint64_t{64} << 30;
  bool huge_pages = false;
  bool gigantic_pages = false;
  bool contiguous_pages = false;
  std::uint64_t switch_instructions = 0;
  /// Linux, kernel/sched/fair.c: sysctl_sched_base_slice, 3 ms on a machine of 8 CPUs and more;
  /// at one instruction a cycle of 3.3 GHz.
  std::uint64_t quantum_instructions = 10'000'000;
  os::AsidPolicy asids = os::AsidPolicy::kLinux;
  std::uint64_t stack_bytes = std::uint64_t{8} << 20;
  OsFramesParams frames;
  OsCostParams cost;

  os::OsParams model(std::uint64_t seed) const {
    return {memory_bytes,  huge_pages, false,       gigantic_pages, contiguous_pages,
            frames.policy, seed,       stack_bytes, asids};
  }
  static constexpr auto fields() {
    return std::make_tuple(
        knob("memory_bytes", "bytes", "physical memory; only what is touched costs anything",
             &OsSettings::memory_bytes, std::uint64_t{1} << 20, std::uint64_t{1} << 46),
        knob("huge_pages",
             "pages of level 1 (2 MiB; sv32 4, aarch64-16k 32, aarch64-64k 512 MiB) where an "
             "anonymous area covers a whole aligned one",
             &OsSettings::huge_pages),
        knob("gigantic_pages",
             "the same with pages of level 2 (1 GiB) and above (512 GiB), which the format "
             "has",
             &OsSettings::gigantic_pages),
        knob("contiguous_pages",
             "the same with groups that form one page: Svnapot (64 KiB); AArch64's contiguous bit, "
             "of base pages (64 KiB; aarch64-16k and -64k 2 MiB) and of the larger ones in use",
             &OsSettings::contiguous_pages),
        knob("switch_instructions", "instructions",
             "after each so many another process gets the core, touches nothing and gives it back; "
             "0: never",
             &OsSettings::switch_instructions, 0, std::uint64_t{1} << 40),
        knob("quantum_instructions", "instructions",
             "of several traces: how many a process has before the next gets the core",
             &OsSettings::quantum_instructions, 1, std::uint64_t{1} << 40),
        choice("asids",
               "how processes come by ASIDs: as Linux does (x86 recycled, else generations); new "
               "ones until all are given, then a fence of all; 6, recycled with a fence of that "
               "ASID; none, a fence at each switch",
               &OsSettings::asids, os::kAsidPolicyNames),
        knob("stack_bytes", "bytes", "how large a stack may become as it grows on touch",
             &OsSettings::stack_bytes, 4096, std::uint64_t{1} << 40),
        group("frames", "physical memory, frame by frame", &OsSettings::frames),
        group("cost", "cycles charged for the work of the OS", &OsSettings::cost));
  }
};

struct MachineParams {
  std::string name = "default";  ///< the preset or file it came from
  std::string source;            ///< where its numbers come from
  std::string trust;             ///< how far they can be relied on
  std::string note;              ///< which numbers have a source, and what is assumed
  std::uint64_t seed = 1;
  ClockParams clock;
  CpuParams cpu;
  MmuParams mmu;
  CachesParams cache;
  DramParams dram;
  OsSettings os;

  static constexpr auto fields() {
    return std::make_tuple(
        knob("name", "shown in results", &MachineParams::name),
        knob("source", "where the numbers come from", &MachineParams::source),
        knob("trust", "how far that source can be relied on", &MachineParams::trust),
        knob("note", "which numbers have a source, and which are assumed", &MachineParams::note),
        knob("seed", "", "of everything random", &MachineParams::seed, 0, ~std::uint64_t{0}),
        group("clock", "core clock", &MachineParams::clock),
        group("cpu", "traffic generator", &MachineParams::cpu),
        group("mmu", "address translation", &MachineParams::mmu),
        group("cache", "caches", &MachineParams::cache),
        group("dram", "main memory", &MachineParams::dram),
        group("os", "operating-system model", &MachineParams::os));
  }
};

}  // namespace mmu
