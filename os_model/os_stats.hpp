// What the OS model counts. (No fields() here: it sees hw/arch only; sim/platform describes them.)
#pragma once

#include <array>
#include <cstdint>

namespace mmu::os {

struct OsStats {
  std::uint64_t page_faults = 0;      ///< served, all kinds
  std::uint64_t minor_faults = 0;     ///< of page_faults: demand-zero pages
  std::uint64_t accessed_faults = 0;  ///< of page_faults: set A (A/D left to software)
  std::uint64_t dirty_faults = 0;     ///< of page_faults: set D
  std::uint64_t cow_faults = 0;       ///< of page_faults: write to a shared frame; copied
  std::uint64_t cow_reused = 0;       ///< of page_faults: write to one that is shared no longer
  std::uint64_t stale_faults = 0;     ///< of page_faults: the page table allowed it already
  std::uint64_t zeroed_bytes = 0, copied_bytes = 0;  ///< pages made; copy-on-write
  std::uint64_t system_calls = 0;                    ///< all events
  std::uint64_t brk_calls = 0, mmap_calls = 0, munmap_calls = 0, mprotect_calls = 0,
                mremap_calls = 0, other_calls = 0;
  std::uint64_t switches = 0;  ///< to another process; also to one that gives the core back
  /// Generations of ASIDs after the first; ASIDs that were another process's; fences for switches.
  std::uint64_t asid_rollovers = 0, asids_recycled = 0, switch_fences = 0;
  std::uint64_t fork_calls = 0, exec_calls = 0, exit_calls = 0, madvise_calls = 0;
  std::uint64_t stack_growths = 0;             ///< faults at which a stack grew
  std::uint64_t failed_in_trace = 0;           ///< failed when traced
  std::uint64_t failed_here = 0;               ///< succeeded when traced, could not be done here
  std::uint64_t areas = 0;                     ///< VM areas now
  std::uint64_t areas_on_touch = 0;            ///< made by map_on_touch
  std::uint64_t frames_in_use = 0;             ///< frames of data now, of the format's base page
  std::uint64_t frames_peak = 0;               ///< the most at one time
  std::uint64_t huge_pages_mapped = 0;         ///< pages of level 1 made at a fault
  std::uint64_t gigantic_pages_mapped = 0;     ///< of level 2 and above
  std::uint64_t contiguous_groups_mapped = 0;  ///< groups of pages that form one
  /// Base pages that were given the rights of several areas that differ.
  std::uint64_t mixed_pages = 0;
  std::uint64_t populated = 0;    ///< pages, large or not, made by MAP_POPULATE
  std::uint64_t table_pages = 0;  ///< page-table pages now
  /// A larger page was wanted at a fault, and no run of frames was free; once for each size.
  std::uint64_t huge_fallbacks = 0;
  std::uint64_t free_frames = 0;      ///< of data, now
  std::uint64_t unusable_frames = 0;  ///< of free_frames: in no free block of a page of level 1
  std::uint64_t processes = 0;        ///< now; the traced one and its children
  std::uint64_t frames_shared = 0;    ///< frames of data now that several processes map
  std::uint64_t resident_bytes = 0, resident_peak_bytes = 0;  ///< frames of data, now; the most
  /// Now, of the traced process's pages: neither accessed nor populated; AddressSpace says when.
  std::uint64_t untouched_bytes = 0;
  std::uint64_t table_bytes = 0, table_peak_bytes = 0;  ///< page-table pages, now; the most

  /// What has been counted since `before`; what is "now" or "most" stands as it is.
  OsStats since(const OsStats& before) const {
    OsStats rest = *this;
    for (const auto count : counts()) rest.*count -= before.*count;
    return rest;
  }
  /// Of another process: what has been counted, and what it has now.
  OsStats& operator+=(const OsStats& other) {
    for (const auto count : counts()) this->*count += other.*count;
    areas += other.areas;
    processes += other.processes;
    untouched_bytes += other.untouched_bytes;
    return *this;
  }

 private:
  using Member = std::uint64_t OsStats::*;
  static constexpr std::array<Member, 34> counts() {
    return {&OsStats::page_faults,
            &OsStats::minor_faults,
            &OsStats::accessed_faults,
            &OsStats::dirty_faults,
            &OsStats::stale_faults,
            &OsStats::zeroed_bytes,
            &OsStats::copied_bytes,
            &OsStats::system_calls,
            &OsStats::brk_calls,
            &OsStats::mmap_calls,
            &OsStats::munmap_calls,
            &OsStats::mprotect_calls,
            &OsStats::mremap_calls,
            &OsStats::other_calls,
            &OsStats::switches,
            &OsStats::asid_rollovers,
            &OsStats::asids_recycled,
            &OsStats::switch_fences,
            &OsStats::fork_calls,
            &OsStats::exec_calls,
            &OsStats::exit_calls,
            &OsStats::madvise_calls,
            &OsStats::stack_growths,
            &OsStats::cow_faults,
            &OsStats::cow_reused,
            &OsStats::failed_in_trace,
            &OsStats::failed_here,
            &OsStats::areas_on_touch,
            &OsStats::huge_pages_mapped,
            &OsStats::gigantic_pages_mapped,
            &OsStats::contiguous_groups_mapped,
            &OsStats::mixed_pages,
            &OsStats::populated,
            &OsStats::huge_fallbacks};
  }
};

}  // namespace mmu::os
