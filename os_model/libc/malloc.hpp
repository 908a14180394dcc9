// malloc, as the user-space library that it is.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "os_model/libc/arena.hpp"

namespace mmu::libc {

struct MallocStats {
  std::uint64_t mallocs = 0, frees = 0, reallocs = 0;  ///< calls; calloc and memalign are mallocs
  std::uint64_t requested_bytes = 0;                   ///< of what the program has now
  std::uint64_t in_use_bytes = 0;                      ///< the chunks and mappings of that
  std::uint64_t cached_bytes = 0;                      ///< in tcache and fastbins
  std::uint64_t free_bytes = 0, free_chunks = 0;       ///< in bins
  std::uint64_t top_bytes = 0;
  std::uint64_t heap_bytes = 0;    ///< between start and break
  std::uint64_t mapped_bytes = 0;  ///< in mappings of their own
  std::uint64_t mappings = 0;      ///< now
  std::uint64_t system_peak = 0;   ///< most of heap_bytes + mapped_bytes at one time
  std::uint64_t requested_peak = 0;

  /// What the program asked for is smaller than its chunks: headers and rounding.
  std::uint64_t internal_fragmentation() const { return in_use_bytes - requested_bytes; }
  /// What the library has from the kernel and nobody uses.
  std::uint64_t external_fragmentation() const { return heap_bytes + mapped_bytes - in_use_bytes; }
};

/// glibc's (malloc/malloc.c, 2.36) with one thread: tcache, fastbins, unsorted, small and large
/// bins, the top, and mappings from a threshold on that moves: when a mapping is freed, to its
/// size, and the trim threshold to twice that. Simplified: where the break cannot move, each chunk
/// is a mapping of its own; hooks, tunables and arenas of other threads are left out.
class Malloc {
 public:
  Malloc(SystemMemory& memory, std::uint64_t brk_start)
      : memory_(memory), arena_(memory, tcache_, brk_start) {}

  /// Aligned to 16 bytes. Nothing: ENOMEM.
  std::optional<std::uint64_t> malloc(std::uint64_t bytes);
  std::optional<std::uint64_t> calloc(std::uint64_t count, std::uint64_t bytes);
  std::optional<std::uint64_t> memalign(std::uint64_t alignment, std::uint64_t bytes);
  /// `address` 0: malloc. 0 bytes: free, and nothing. Nothing else: ENOMEM, and all stays.
  std::optional<std::uint64_t> realloc(std::uint64_t address, std::uint64_t bytes);
  /// 0: nothing. Throws SimulatedError for what is not allocated (glibc aborts).
  void free(std::uint64_t address);
  /// malloc_trim(0), and the tcache emptied first as at the end of a thread.
  void trim() { arena_.trim_all(); }

  bool owns(std::uint64_t address) const { return live_.count(address) != 0; }
  /// malloc_usable_size().
  std::uint64_t usable_bytes(std::uint64_t address) const;
  std::uint64_t mmap_threshold() const { return mmap_threshold_; }
  MallocStats stats() const;

 private:
  struct Block {
    std::uint64_t requested = 0;
    std::uint64_t mapping = 0;  // bytes of it; 0: a chunk of the arena
    std::uint64_t lead = 0;     // from the mapping's start to the chunk (memalign)
  };

  void begin();
  std::optional<std::uint64_t> take_chunk(std::uint64_t request, std::uint64_t chunk);
  std::optional<std::uint64_t> map(std::uint64_t request, std::uint64_t chunk);
  std::uint64_t made(std::uint64_t chunk, const Block& block);
  Block forget(std::uint64_t address);
  std::optional<std::uint64_t> resize_mapping(std::uint64_t address, std::uint64_t bytes);
  std::optional<std::uint64_t> resize_chunk(std::uint64_t address, std::uint64_t bytes);
  std::uint64_t join_blocks(std::uint64_t address, std::uint64_t next, std::uint64_t bytes);
  std::uint64_t bytes_in_use(std::uint64_t address, const Block& block) const;
  void note_peak();

  SystemMemory& memory_;
  Tcache tcache_{false};
  Arena arena_;
  bool has_begun_ = false;
  std::uint64_t mmap_threshold_ = kMmapThreshold;
  std::unordered_map<std::uint64_t, Block> live_;  // by what malloc returned
  MallocStats counts_;                             // what is counted here
};

}  // namespace mmu::libc
