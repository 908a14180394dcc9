// The part of the heap that brk makes: chunk after chunk, and behind the last one the top.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "os_model/libc/bins.hpp"
#include "os_model/libc/caches.hpp"
#include "os_model/libc/system_memory.hpp"

namespace mmu::libc {

/// glibc's main arena: _int_malloc(), _int_free(), malloc_consolidate(), systrim(). A chunk knows
/// the chunks before and behind it by their sizes (boundary tags); here a map by address does.
class Arena {
 public:
  /// The break is at `brk_start`; nobody else moves it. Both must outlive this.
  Arena(SystemMemory& memory, Tcache& tcache, std::uint64_t brk_start);

  /// A chunk of exactly `bytes` (or up to 16 more) out of bins or top; nothing if it takes more.
  std::optional<std::uint64_t> take(std::uint64_t bytes);
  /// Moves the break so that the top has room, and takes it; nothing if it cannot.
  std::optional<std::uint64_t> grow_and_take(std::uint64_t bytes);
  /// Of a chunk that is in use: to the tcache or the fastbins; or joined with its free neighbours,
  /// and the top trimmed.
  void give_back(std::uint64_t chunk);
  std::optional<std::uint64_t> take_cached(std::uint64_t bytes);

  std::uint64_t bytes_of(std::uint64_t chunk) const { return chunks_.at(chunk).bytes; }
  /// The chunk ends after `bytes`; the rest is given back if it has at least `least`.
  void shrink(std::uint64_t chunk, std::uint64_t bytes, std::uint64_t least);
  /// Takes the top, or a free neighbour behind it, to have at least `bytes`; false if there is no
  /// such room.
  bool extend(std::uint64_t chunk, std::uint64_t bytes);
  /// One chunk out of two in use, of which the second follows.
  void join_in_use(std::uint64_t chunk);
  /// Two chunks in use out of one; the second begins at `at`.
  void divide(std::uint64_t chunk, std::uint64_t at);

  /// malloc_trim(0) at the end of the thread: caches are emptied, and the top goes but for its
  /// smallest part.
  void trim_all();
  void set_trim_threshold(std::uint64_t bytes) { trim_threshold_ = bytes; }

  std::uint64_t bytes() const { return break_ - start_; }  ///< of the heap
  std::uint64_t top_bytes() const { return break_ - top_; }
  std::uint64_t free_bytes() const { return bins_.bytes(); }  ///< in bins
  std::uint64_t free_chunks() const { return bins_.chunks(); }
  std::uint64_t fast_bytes() const { return fast_.bytes(); }

 private:
  enum class State : std::uint8_t { kInUse, kCached, kBinned };
  struct Chunk {
    std::uint64_t bytes = 0;
    State state = State::kInUse;
  };
  using Map = std::map<std::uint64_t, Chunk>;

  std::uint64_t use(std::uint64_t chunk);
  void cache(std::uint64_t chunk);
  void give_back_uncached(std::uint64_t chunk);
  std::optional<std::uint64_t> take_fast(std::uint64_t bytes);
  std::optional<std::uint64_t> take_small(std::uint64_t bytes);
  std::optional<std::uint64_t> sort_and_take(std::uint64_t bytes);
  std::optional<std::uint64_t> take_best(std::uint64_t bytes);
  std::uint64_t take_top(std::uint64_t bytes);
  std::uint64_t split(FreeChunk chunk, std::uint64_t bytes);
  void put_unsorted(std::uint64_t chunk, std::uint64_t bytes);
  std::uint64_t join(std::uint64_t chunk);
  void consolidate();
  void trim(std::uint64_t pad);

  SystemMemory& memory_;
  Tcache& tcache_;
  std::uint64_t start_, top_, break_;
  std::uint64_t trim_threshold_ = kTrimThreshold;
  Map chunks_;  // all but the top, in use or not
  Bins bins_;
  Fastbins fast_{true};
  std::uint64_t last_remainder_ = 0;  // of a small request; the next one goes on in it
};

}  // namespace mmu::libc
