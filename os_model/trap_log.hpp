// What is done in one trap, as it is being done.
#pragma once

#include <cstddef>
#include <vector>

#include "hw/arch/software_interface.hpp"

namespace mmu::os {

/// More pages than this are fenced by one fence for the whole ASID. Linux, arch/x86/mm/tlb.c:
/// tlb_single_page_flush_ceiling.
inline constexpr std::size_t kFenceCeiling = 33;

class TrapLog {
 public:
  TrapWork work;

  /// The TLBs may know a translation of `page` that no longer holds.
  void stale(VirtAddr page);
  /// The TLBs may know any number of them.
  void all_stale() { all_stale_ = true; }
  /// The same work was done too, on what hardware knows nothing of.
  void charge(const TrapWork& other);
  /// Walk caches may know a page-table page on the path of `page` that is in use no longer.
  void table_freed(VirtAddr page);

  /// The work with the fences it needs. With a table freed, a format whose fence by address
  /// leaves walk caches alone needs one for the ASID (Linux, arch/riscv/include/asm/tlb.h).
  TrapWork finish(const PageTableFormat& format, Asid asid) &&;

 private:
  std::vector<VirtAddr> stale_;  // without repeats; not more than the ceiling, and one
  bool all_stale_ = false, table_freed_ = false;
};

}  // namespace mmu::os
