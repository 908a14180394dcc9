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

class Kernel final : public TrapHandler {
 public:
  /// Makes the page table and the areas of the trace's initial image (nothing is mapped yet).
  /// Throws ConfigError if memory is too small to start, InputError if the image does not fit the
  /// format (names the formats that fit).
  Kernel(const OsParams& params, const PageTableFormat& format, AdUpdate ad_update,
         PhysicalMemory& memory, const TraceHeader& trace);
  ~Kernel() override;

  TrapWork handle_fault(const PageFault& fault) override;
  TrapWork handle_event(const OsEvent& event) override;

  /// What the core's registers hold while the process runs. The ASID: 1, or 0 if the format has no
  /// bits for any. (Not 0 where it can be: hardware that forgets to carry it is found out.)
  const TranslationControl& control() const;
  OsStats stats() const;
  /// Of calls of malloc and its like in the trace.
  HeapStats heap_stats() const;
  /// The traced program has accessed `va`. To be told of each access, or of one in each 4 KiB
  /// after each trap, if counts_touches(); for OsStats::untouched_bytes.
  void touched(VirtAddr va);
  bool counts_touches() const;
  /// [order]: free blocks of 2^order frames of data; see FrameAllocator::free_blocks().
  std::vector<std::uint64_t> free_blocks() const;
  /// Of every mapping made so far, in order: (VA, PA, page size).
  std::uint64_t map_hash() const;
  /// The areas of the process, as they are now.
  const VmAreas& areas() const;
  /// The areas, one line each, as in /proc/PID/maps.
  std::string describe_areas() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace mmu::os
