// The operating system as hardware meets it: traps in, page tables and fences out.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hw/arch/software_interface.hpp"
#include "os_model/heap_stats.hpp"
#include "os_model/os_params.hpp"
#include "os_model/os_stats.hpp"
#include "os_model/vm_areas.hpp"

namespace mmu::os {

/// Of one or several traced processes. Which of several has the core is decided by the switches
/// among the events (TraceSource::processes); process 0 has it first.
///
/// What a process may not do ends it alone (TrapWork::process_ended), if there are several; if
/// there is one, it is a SimulatedError.
class Kernel final : public TrapHandler {
 public:
  /// How a process has ended, if it has.
  enum class End : std::uint8_t { kNot, kExited, kKilled };

  /// Makes the page tables and the areas of the traces' initial images (nothing is mapped yet).
  /// Throws ConfigError if memory is too small to start, InputError if an image does not fit the
  /// format (names the formats that fit).
  Kernel(const OsParams& params, const PageTableFormat& format, AdUpdate ad_update,
         PhysicalMemory& memory, const std::vector<const TraceHeader*>& traces);
  Kernel(const OsParams& params, const PageTableFormat& format, AdUpdate ad_update,
         PhysicalMemory& memory, const TraceHeader& trace)
      : Kernel(params, format, ad_update, memory, std::vector{&trace}) {}
  ~Kernel() override;

  TrapWork handle_fault(const PageFault& fault) override;
  TrapWork handle_event(const OsEvent& event) override;

  /// What the core's registers hold while the process that has it runs. The ASID of the only
  /// process: 1, or 0 if the format has no bits for any. (Not 0 where it can be: hardware that
  /// forgets to carry it is found out.)
  const TranslationControl& control() const;
  OsStats stats() const;
  /// Of calls of malloc and its like in the traces.
  HeapStats heap_stats() const;
  /// The process that has the core has accessed `va`. To be told of each access, or of one in each
  /// 4 KiB after each trap, if counts_touches(); for OsStats::untouched_bytes.
  void touched(VirtAddr va);
  bool counts_touches() const;
  /// [order]: free blocks of 2^order frames of data; see FrameAllocator::free_blocks().
  std::vector<std::uint64_t> free_blocks() const;
  /// Of every mapping made so far, in order: (VA, PA, page size). Of several processes: of that of
  /// each, in their order.
  std::uint64_t map_hash() const;

  // Of one process, by the number of its trace.

  std::size_t processes() const;
  std::size_t running() const;  ///< that has, or has had, the core
  End end_of(std::size_t process) const;
  const std::string& death_of(std::size_t process) const;  ///< of what it died; empty: it did not
  /// What is counted by process; frames and page-table pages are not.
  OsStats stats_of(std::size_t process) const;
  std::uint64_t resident_bytes(std::size_t process) const;
  /// Of its page table: physical address 0, which maps nothing, if it has none any more.
  PhysAddr root_of(std::size_t process) const;
  /// As they are now.
  const VmAreas& areas(std::size_t process = 0) const;
  /// The areas, one line each, as in /proc/PID/maps.
  std::string describe_areas(std::size_t process = 0) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace mmu::os
