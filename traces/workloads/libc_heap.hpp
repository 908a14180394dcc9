// malloc and free as a C library makes them of brk, mmap and munmap.
#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>

#include "hw/arch/trace.hpp"
#include "traces/workloads/free_ranges.hpp"

namespace mmu::traces {

/// As glibc's malloc (malloc/malloc.c) without its caches: chunks are multiples of 16 bytes with a
/// size of 8 bytes in front of what the program gets; best fit; free neighbours are joined. The
/// top of the heap grows by 128 KiB more than is needed (M_TOP_PAD) and is given back when more
/// than 128 KiB of it are free (M_TRIM_THRESHOLD). From 128 KiB on (M_MMAP_THRESHOLD, which does
/// not adapt here), and when the break can go no further, a chunk is a mapping of its own.
class LibcHeap {
 public:
  static constexpr std::uint64_t kThreshold = std::uint64_t{128} << 10;
  static constexpr std::uint64_t kOverhead = 16;  ///< from a chunk's start to what malloc returns
  static constexpr std::uint64_t kSizeField = 8;  ///< bytes; ends where the program's bytes begin

  /// The break may go from `brk_start` to `brk_limit`; mappings lie from `mappings` on. Each call
  /// to the kernel goes to `call`.
  LibcHeap(std::uint64_t brk_start, std::uint64_t brk_limit, std::uint64_t mappings,
           std::function<void(const OsEvent&)> call);

  /// Requires bytes > 0.
  std::uint64_t malloc(std::uint64_t bytes);
  /// Requires that malloc returned it, and that it was not freed since.
  void free(std::uint64_t address);

 private:
  struct Chunk {
    std::uint64_t bytes = 0;
    bool is_mapping = false;
  };

  bool grow_top(std::uint64_t bytes);
  void trim_top();
  void move_break(std::uint64_t to);
  std::uint64_t map(std::uint64_t bytes);
  void unmap(std::uint64_t start, std::uint64_t bytes);

  std::uint64_t break_, limit_;
  std::uint64_t top_;                              // from here to the break: the top chunk
  std::uint64_t next_mapping_;                     // nothing was ever mapped from here on
  FreeRanges chunks_, holes_;                      // in the heap; among the mappings
  std::unordered_map<std::uint64_t, Chunk> live_;  // by what malloc returned
  std::function<void(const OsEvent&)> call_;
};

}  // namespace mmu::traces
