// A run without its time: the page table that a program and the OS model leave in memory depends on
// nothing else, so that it can be made again from machine and trace.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>

#include "hw/common/sparse_memory.hpp"
#include "hw/cpu/access_stream.hpp"
#include "os_model/kernel.hpp"
#include "sim/platform/platform_params.hpp"

namespace mmu {

class Replay {
 public:
  struct Options {
    bool map_on_touch = false;
    std::uint64_t instructions = 0;  ///< stop after so many; 0: run to the end
    std::uint64_t records = 0;       ///< end at the block in which so many have been read; 0: none
    std::uint64_t blocks = 0;        ///< end when AccessStream::blocks() is so many; 0: never
  };

  /// `trace` must outlive this. Throws what building a machine throws.
  Replay(const MachineParams& machine, TraceSource& trace, const Options& options);

  /// Plays all of it; each access does what a walk for it does. What ended the program early
  /// (segmentation fault ...); empty if nothing did. Throws InputError for a bad trace.
  std::string run();

  const PhysicalMemory& memory() const { return memory_; }
  const TranslationControl& control() const { return software_.control(); }
  const os::Kernel& software() const { return software_; }
  std::uint64_t records() const { return stats_.records; }

 private:
  AccessStream::Options stream_options(const Options& options);
  void touch(VirtAddr va, AccessKind kind);
  void call(const OsEvent& event);

  PageTableFormat format_;
  SparseMemory memory_;
  os::Kernel software_;
  CpuStats stats_;
  AccessStream stream_;
  std::uint64_t accesses_ = 0;
  std::unordered_set<std::uint64_t> done_;  // page and kind: nothing more to do until the next trap
};

}  // namespace mmu
