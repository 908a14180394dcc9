// The sizes of glibc's malloc on 64-bit machines. Names in comments are those of malloc/malloc.c.
#pragma once

#include <cstdint>

namespace mmu::libc {

inline constexpr std::uint64_t kPage = 4096;
inline constexpr std::uint64_t kGrain = 16;         ///< MALLOC_ALIGNMENT
inline constexpr std::uint64_t kHeader = 16;        ///< CHUNK_HDR_SZ: from a chunk to its memory
inline constexpr std::uint64_t kSizeField = 8;      ///< SIZE_SZ: what a chunk in use really costs
inline constexpr std::uint64_t kSmallest = 32;      ///< MINSIZE
inline constexpr std::uint64_t kFirstLarge = 1024;  ///< MIN_LARGE_SIZE
inline constexpr std::uint64_t kMaxFast = 128;      ///< DEFAULT_MXFAST
inline constexpr std::uint64_t kMostCached = 1040;  ///< of TCACHE_MAX_BINS, 64, the largest
inline constexpr unsigned kCacheDepth = 7;          ///< TCACHE_FILL_COUNT
/// sizeof(tcache_perthread_struct): 64 counts of 2 bytes and 64 pointers.
inline constexpr std::uint64_t kTcacheBytes = 640;
inline constexpr std::uint64_t kTopPad = std::uint64_t{128} << 10;           ///< DEFAULT_TOP_PAD
inline constexpr std::uint64_t kTrimThreshold = std::uint64_t{128} << 10;    ///< DEFAULT_...
inline constexpr std::uint64_t kMmapThreshold = std::uint64_t{128} << 10;    ///< DEFAULT_..._MIN
inline constexpr std::uint64_t kMmapThresholdMax = std::uint64_t{32} << 20;  ///< DEFAULT_..._MAX
/// FASTBIN_CONSOLIDATION_THRESHOLD
inline constexpr std::uint64_t kConsolidate = std::uint64_t{64} << 10;
inline constexpr std::uint64_t kMostRequest = ~std::uint64_t{0} >> 1;  ///< PTRDIFF_MAX

constexpr std::uint64_t align_up(std::uint64_t value, std::uint64_t to) {
  return (value + to - 1) / to * to;
}
/// request2size(): the chunk for a request. The last 8 bytes lie in the field of the next chunk.
constexpr std::uint64_t chunk_bytes(std::uint64_t request) {
  const std::uint64_t bytes = align_up(request + kSizeField, kGrain);
  return bytes < kSmallest ? kSmallest : bytes;
}
constexpr bool is_small(std::uint64_t chunk) { return chunk < kFirstLarge; }

/// bin_index(): 62 bins of one size, then of ranges that grow with the size.
constexpr unsigned bin_of(std::uint64_t chunk) {
  if (is_small(chunk)) return static_cast<unsigned>(chunk >> 4);
  if (chunk >> 6 <= 48) return 48 + static_cast<unsigned>(chunk >> 6);
  if (chunk >> 9 <= 20) return 91 + static_cast<unsigned>(chunk >> 9);
  if (chunk >> 12 <= 10) return 110 + static_cast<unsigned>(chunk >> 12);
  if (chunk >> 15 <= 4) return 119 + static_cast<unsigned>(chunk >> 15);
  if (chunk >> 18 <= 2) return 124 + static_cast<unsigned>(chunk >> 18);
  return 126;
}
inline constexpr unsigned kBins = 127;

}  // namespace mmu::libc
