// Names and units of what the OS model counts (it sees hw/arch only and cannot say so itself).
#pragma once

#include <tuple>

#include "hw/common/fields.hpp"
#include "os_model/heap_stats.hpp"
#include "os_model/os_stats.hpp"

namespace mmu {

constexpr auto os_fields() {
  using os::OsStats;
  return std::make_tuple(
      field("page_faults", "faults", "served, all kinds", &OsStats::page_faults),
      field("minor_faults", "faults", "of page_faults: demand-zero pages", &OsStats::minor_faults),
      field("accessed_faults", "faults", "of page_faults: set A", &OsStats::accessed_faults),
      field("dirty_faults", "faults", "of page_faults: set D", &OsStats::dirty_faults),
      field("cow_faults", "faults", "of page_faults: copy-on-write, copied", &OsStats::cow_faults),
      field("cow_reused", "faults", "of page_faults: copy-on-write, but no other has the frame now",
            &OsStats::cow_reused),
      field("stale_faults", "faults", "of page_faults: the page table allowed it already",
            &OsStats::stale_faults),
      field("zeroed_bytes", "bytes", "of pages made", &OsStats::zeroed_bytes),
      field("copied_bytes", "bytes", "by copy-on-write", &OsStats::copied_bytes),
      field("system_calls", "events", "all of them", &OsStats::system_calls),
      field("brk_calls", "events", "brk", &OsStats::brk_calls),
      field("mmap_calls", "events", "mmap", &OsStats::mmap_calls),
      field("munmap_calls", "events", "munmap", &OsStats::munmap_calls),
      field("mprotect_calls", "events", "mprotect", &OsStats::mprotect_calls),
      field("mremap_calls", "events", "mremap", &OsStats::mremap_calls),
      field("other_calls", "events", "others", &OsStats::other_calls),
      field("switches", "events", "to another process; also to one that gives the core back",
            &OsStats::switches),
      field("asid_rollovers", "generations", "of ASIDs, after the first", &OsStats::asid_rollovers),
      field("asids_recycled", "ASIDs", "given to a process after another had them",
            &OsStats::asids_recycled),
      field("switch_fences", "fences", "that switches needed", &OsStats::switch_fences),
      field("fork_calls", "events", "fork", &OsStats::fork_calls),
      field("exec_calls", "events", "exec", &OsStats::exec_calls),
      field("exit_calls", "events", "exit, and children waited for", &OsStats::exit_calls),
      field("madvise_calls", "events", "madvise", &OsStats::madvise_calls),
      field("stack_growths", "faults", "at which a stack grew", &OsStats::stack_growths),
      field("failed_in_trace", "events", "failed when traced", &OsStats::failed_in_trace),
      field("failed_here", "events", "succeeded when traced, could not be done here",
            &OsStats::failed_here),
      field("areas", "areas", "VM areas at the end", &OsStats::areas),
      field("areas_on_touch", "areas", "made by --map-on-touch", &OsStats::areas_on_touch),
      field("frames_in_use", "frames", "of data at the end, of the format's base page",
            &OsStats::frames_in_use),
      field("frames_peak", "frames", "the most at one time", &OsStats::frames_peak),
      field("huge_pages_mapped", "pages", "of level 1 (2 MiB), made at a fault",
            &OsStats::huge_pages_mapped),
      field("gigantic_pages_mapped", "pages", "of level 2 (1 GiB) and above, made at a fault",
            &OsStats::gigantic_pages_mapped),
      field("contiguous_groups_mapped", "groups", "of pages that form one, made at a fault",
            &OsStats::contiguous_groups_mapped),
      field("mixed_pages", "pages", "given the rights of several areas that differ",
            &OsStats::mixed_pages),
      field("populated", "pages", "large or not, made by MAP_POPULATE", &OsStats::populated),
      field("table_pages", "pages", "page-table pages at the end", &OsStats::table_pages),
      field("huge_fallbacks", "sizes", "of larger pages wanted at a fault without a run of frames",
            &OsStats::huge_fallbacks),
      field("free_frames", "frames", "of data, at the end", &OsStats::free_frames),
      field("unusable_frames", "frames", "of free_frames: in no free block of a page of level 1",
            &OsStats::unusable_frames),
      field("processes", "processes", "at the end: the traced one and its children",
            &OsStats::processes),
      field("frames_shared", "frames", "of data at the end that several processes map",
            &OsStats::frames_shared),
      field("resident_bytes", "bytes", "frames of data at the end", &OsStats::resident_bytes),
      field("resident_peak_bytes", "bytes", "the most at one time", &OsStats::resident_peak_bytes),
      field("untouched_bytes", "bytes", "of the traced process's pages: never accessed",
            &OsStats::untouched_bytes),
      field("table_bytes", "bytes", "page-table pages at the end", &OsStats::table_bytes),
      field("table_peak_bytes", "bytes", "the most at one time", &OsStats::table_peak_bytes));
}
static_assert(std::tuple_size_v<decltype(os_fields())> * sizeof(std::uint64_t) ==
              sizeof(os::OsStats));

constexpr auto heap_fields() {
  using os::HeapStats;
  return std::make_tuple(
      field("malloc_calls", "calls", "malloc", &HeapStats::malloc_calls),
      field("calloc_calls", "calls", "calloc", &HeapStats::calloc_calls),
      field("memalign_calls", "calls", "memalign, aligned_alloc", &HeapStats::memalign_calls),
      field("realloc_calls", "calls", "realloc", &HeapStats::realloc_calls),
      field("free_calls", "calls", "free", &HeapStats::free_calls),
      field("kernel_calls", "calls", "system calls that these made", &HeapStats::kernel_calls),
      field("growing_calls", "calls", "by which the library held more", &HeapStats::growing_calls),
      field("trimming_calls", "calls", "by which it held less", &HeapStats::trimming_calls),
      field("blocks", "blocks", "that the program has at the end", &HeapStats::blocks),
      field("requested_bytes", "bytes", "of these, as asked for", &HeapStats::requested_bytes),
      field("requested_peak_bytes", "bytes", "the most at one time",
            &HeapStats::requested_peak_bytes),
      field("usable_bytes", "bytes", "of the blocks, as malloc_usable_size() says",
            &HeapStats::usable_bytes),
      field("in_use_bytes", "bytes", "chunks and mappings in use", &HeapStats::in_use_bytes),
      field("heap_bytes", "bytes", "from its start to the break", &HeapStats::heap_bytes),
      field("mapped_bytes", "bytes", "in mappings of their own", &HeapStats::mapped_bytes),
      field("held_peak_bytes", "bytes", "heap and mappings, the most at one time",
            &HeapStats::held_peak_bytes),
      field("resident_bytes", "bytes", "of both, in pages that are there",
            &HeapStats::resident_bytes),
      field("inside_bytes", "bytes", "usable, but not requested", &HeapStats::inside_bytes),
      field("outside_bytes", "bytes", "held, but not in use", &HeapStats::outside_bytes));
}
static_assert(std::tuple_size_v<decltype(heap_fields())> * sizeof(std::uint64_t) ==
              sizeof(os::HeapStats));

}  // namespace mmu
