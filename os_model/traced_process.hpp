// The process of one trace, and the children that it forks: what it does, and what it has done.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hw/arch/software_interface.hpp"
#include "os_model/os_stats.hpp"
#include "os_model/process.hpp"
#include "os_model/process_heap.hpp"

namespace mmu::os {

class TracedProcess {
 public:
  /// With the areas of the trace's initial image; nothing is mapped yet. What `machine` refers to
  /// must outlive this. Throws InputError if the image does not fit the format.
  TracedProcess(const Machine& machine, const OsParams& params, const TraceHeader& trace);
  TracedProcess(const TracedProcess&) = delete;
  TracedProcess& operator=(const TracedProcess&) = delete;

  /// Makes the page usable for the access. Throws SimulatedError if the areas do not allow it.
  void serve(const PageFault& fault, TrapLog& log);
  /// Requires another event than a switch. Its result here.
  std::uint64_t perform(const OsEvent& event, TrapLog& log);
  /// The work of a trap that was taken for it, with the fences that `asid` needs.
  TrapWork finish(TrapLog&& log, Asid asid);
  /// It loses the core, by an event of its trace or not.
  void count_switch(bool of_trace) {
    of_trace ? count(OsEventType::kSwitch) : count_call(OsEventType::kSwitch);
  }
  /// Gives everything back, as its own exit does.
  void end(TrapLog& log);
  /// By its own exit, or end(). It has no areas then, and its root is the table that maps nothing.
  bool exited() const { return processes_.traced_exited(); }

  const AddressSpace& space() const { return processes_.traced().space; }
  AddressSpace& space() { return processes_.traced().space; }
  PhysAddr root() const { return exited() ? PhysAddr(0) : space().root(); }
  /// What is counted of it, and what it has now; frames and tables are not counted by process.
  OsStats stats() const;
  HeapStats heap_stats() const { return heap_.stats(); }

 private:
  void add_image(const TraceHeader& trace);
  std::optional<Rights> touch(VirtAddr va, TrapLog& log);
  std::optional<Rights> grow_stack(VirtAddr va, TrapLog& log);
  std::optional<std::uint64_t> try_perform(const OsEvent& event, const std::string& what,
                                           TrapLog& log);
  std::uint64_t fork(const OsEvent& event, TrapLog& log);
  std::optional<std::uint64_t> exit(Pid pid, TrapLog& log);
  void count(OsEventType type);
  void count_call(OsEventType type);
  void count(FaultService service);
  [[noreturn]] void segmentation_fault(const PageFault& fault) const;

  const PageTableFormat& format_;
  const bool map_on_touch_, carries_mappings_;
  const std::uint64_t stack_bytes_;
  Processes processes_;
  ProcessHeap heap_;
  std::uint64_t events_ = 0;  // so far
  OsStats stats_;             // what is counted here; stats() asks for the rest
};

}  // namespace mmu::os
