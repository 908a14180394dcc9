#include "os_model/trap_log.hpp"

#include <utility>

namespace mmu::os {

void TrapLog::stale(VirtAddr page) {
  if (stale_.size() > kFenceCeiling || (!stale_.empty() && stale_.back() == page)) return;
  stale_.push_back(page);
}

void TrapLog::table_freed(VirtAddr page) {
  table_freed_ = true;
  stale(page);
}

void TrapLog::charge(const TrapWork& other) {
  work.entries_written += other.entries_written;
  work.tables_made += other.tables_made;
  work.areas_changed += other.areas_changed;
}

TrapWork TrapLog::finish(const PageTableFormat& format, Asid asid) && {
  const bool leaf_only = format.address_fence_leaf_only;
  if (all_stale_ || stale_.size() > kFenceCeiling || (table_freed_ && leaf_only)) {
    work.fences.push_back({asid, {}, false});
  } else {
    for (const VirtAddr page : stale_) work.fences.push_back({asid, page, leaf_only});
  }
  return std::move(work);
}

}  // namespace mmu::os
