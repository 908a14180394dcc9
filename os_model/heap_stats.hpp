// What the C library of the traced process has done, where the trace has its calls.
#pragma once

#include <array>
#include <cstdint>

namespace mmu::os {

struct HeapStats {
  std::uint64_t malloc_calls = 0, calloc_calls = 0, memalign_calls = 0, realloc_calls = 0,
                free_calls = 0;
  std::uint64_t kernel_calls = 0;  ///< brk, mmap, munmap, mremap that these made
  /// Calls of malloc and its like by which heap and mappings together grew, and shrank.
  std::uint64_t growing_calls = 0, trimming_calls = 0;
  std::uint64_t blocks = 0;                                     ///< that the program has now
  std::uint64_t requested_bytes = 0, requested_peak_bytes = 0;  ///< of these, now; the most
  std::uint64_t usable_bytes = 0;                     ///< of these: malloc_usable_size(), now
  std::uint64_t in_use_bytes = 0;                     ///< chunks and mappings in use, now
  std::uint64_t heap_bytes = 0, mapped_bytes = 0;     ///< start to break; mappings; now
  std::uint64_t held_peak_bytes = 0;                  ///< heap_bytes + mapped_bytes, the most
  std::uint64_t resident_bytes = 0;                   ///< of both, in pages that are there, now
  std::uint64_t inside_bytes = 0, outside_bytes = 0;  ///< fragmentation, as MallocStats has it

  /// What has been counted since `before`; what is "now" or "most" stands as it is.
  HeapStats since(const HeapStats& before) const {
    HeapStats rest = *this;
    for (const auto count : counts()) rest.*count -= before.*count;
    return rest;
  }
  /// Of another process. What is "most" is the sum of what each had at most.
  HeapStats& operator+=(const HeapStats& other) {
    for (const auto count : counts()) this->*count += other.*count;
    for (const auto state : states()) this->*state += other.*state;
    return *this;
  }

  using Member = std::uint64_t HeapStats::*;
  static constexpr std::array<Member, 8> counts() {
    return {&HeapStats::malloc_calls,  &HeapStats::calloc_calls,  &HeapStats::memalign_calls,
            &HeapStats::realloc_calls, &HeapStats::free_calls,    &HeapStats::kernel_calls,
            &HeapStats::growing_calls, &HeapStats::trimming_calls};
  }
  /// "Now" or "most".
  static constexpr std::array<Member, 11> states() {
    return {&HeapStats::blocks,       &HeapStats::requested_bytes, &HeapStats::requested_peak_bytes,
            &HeapStats::usable_bytes, &HeapStats::in_use_bytes,    &HeapStats::heap_bytes,
            &HeapStats::mapped_bytes, &HeapStats::held_peak_bytes, &HeapStats::resident_bytes,
            &HeapStats::inside_bytes, &HeapStats::outside_bytes};
  }
};
static_assert((HeapStats::counts().size() + HeapStats::states().size()) * sizeof(std::uint64_t) ==
              sizeof(HeapStats));

}  // namespace mmu::os
