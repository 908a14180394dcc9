#include "os_model/libc/arena.hpp"

#include <iterator>

namespace mmu::libc {

Arena::Arena(SystemMemory& memory, Tcache& tcache, std::uint64_t brk_start)
    : memory_(memory),
      tcache_(tcache),
      start_(align_up(brk_start, kGrain)),
      top_(start_),
      break_(start_) {}

std::uint64_t Arena::use(std::uint64_t chunk) {
  chunks_.at(chunk).state = State::kInUse;
  return chunk;
}

void Arena::cache(std::uint64_t chunk) {
  Chunk& cached = chunks_.at(chunk);
  cached.state = State::kCached;
  tcache_.put(chunk, cached.bytes);
}

std::optional<std::uint64_t> Arena::take_cached(std::uint64_t bytes) {
  const auto chunk = tcache_.take(bytes);
  return chunk ? std::optional(use(*chunk)) : std::nullopt;
}

std::optional<std::uint64_t> Arena::take(std::uint64_t bytes) {
  // (1) One of the same size.
  if (const auto chunk = take_fast(bytes)) return chunk;
  if (is_small(bytes)) {
    if (const auto chunk = take_small(bytes)) return chunk;
  } else if (fast_.bytes() != 0) {
    consolidate();
  }
  for (;;) {
    // (2) What was freed since the last time, and goes to its bin meanwhile; (3) the best fit.
    if (const auto chunk = sort_and_take(bytes)) return chunk;
    if (const auto chunk = take_best(bytes)) return chunk;
    // (4) The top, which never goes wholly.
    if (top_bytes() >= bytes + kSmallest) return take_top(bytes);
    if (fast_.bytes() == 0) return std::nullopt;
    consolidate();
  }
}

/// Others of the size move to the tcache: they are likely to be asked for next.
std::optional<std::uint64_t> Arena::take_fast(std::uint64_t bytes) {
  const auto chunk = fast_.take(bytes);
  if (!chunk) return std::nullopt;
  while (tcache_.has_room(bytes)) {
    const auto other = fast_.take(bytes);
    if (!other) break;
    cache(*other);
  }
  return use(*chunk);
}

std::optional<std::uint64_t> Arena::take_small(std::uint64_t bytes) {
  const auto chunk = bins_.fitting(bytes);
  if (!chunk) return std::nullopt;
  bins_.remove(chunk->start);
  while (tcache_.has_room(bytes)) {
    const auto other = bins_.fitting(bytes);
    if (!other) break;
    bins_.remove(other->start);
    cache(other->start);
  }
  return use(chunk->start);
}

std::optional<std::uint64_t> Arena::sort_and_take(std::uint64_t bytes) {
  constexpr unsigned kMost = 10000;  // MAX_ITERS
  bool found = false;
  for (unsigned i = 0; i < kMost; ++i) {
    const auto chunk = bins_.oldest_unsorted();
    if (!chunk) break;
    const bool goes_on = is_small(bytes) && bins_.has_one_unsorted() &&
                         chunk->start == last_remainder_ && chunk->bytes > bytes + kSmallest;
    bins_.remove(chunk->start);
    if (goes_on) {
      last_remainder_ = chunk->start + bytes;
      return split(*chunk, bytes);
    }
    if (chunk->bytes != bytes) {
      bins_.put(*chunk);
    } else if (tcache_.has_room(bytes)) {
      cache(chunk->start);
      found = true;
    } else {
      return use(chunk->start);
    }
  }
  return found ? take_cached(bytes) : std::nullopt;
}

std::optional<std::uint64_t> Arena::take_best(std::uint64_t bytes) {
  auto chunk = is_small(bytes) ? std::nullopt : bins_.fitting(bytes);
  if (!chunk) {
    chunk = bins_.in_larger_bin(bytes);
    const bool remains = chunk && chunk->bytes - bytes >= kSmallest;
    if (remains && is_small(bytes)) last_remainder_ = chunk->start + bytes;
  }
  if (!chunk) return std::nullopt;
  bins_.remove(chunk->start);
  return split(*chunk, bytes);
}

/// Of a free chunk that is in no bin.
std::uint64_t Arena::split(FreeChunk chunk, std::uint64_t bytes) {
  if (chunk.bytes - bytes >= kSmallest) {
    chunks_.at(chunk.start).bytes = bytes;
    put_unsorted(chunk.start + bytes, chunk.bytes - bytes);
  }
  return use(chunk.start);
}

void Arena::put_unsorted(std::uint64_t chunk, std::uint64_t bytes) {
  chunks_[chunk] = {bytes, State::kBinned};
  bins_.put_unsorted({chunk, bytes});
}

std::uint64_t Arena::take_top(std::uint64_t bytes) {
  const std::uint64_t chunk = top_;
  chunks_[chunk] = {bytes, State::kInUse};
  top_ += bytes;
  return chunk;
}

std::optional<std::uint64_t> Arena::grow_and_take(std::uint64_t bytes) {
  const std::uint64_t to = align_up(top_ + bytes + kTopPad + kSmallest, kPage);
  if (to < break_ || !memory_.brk(to)) return std::nullopt;
  break_ = to;
  return take_top(bytes);
}

void Arena::give_back(std::uint64_t chunk) {
  if (tcache_.has_room(bytes_of(chunk))) {
    cache(chunk);
  } else {
    give_back_uncached(chunk);
  }
}

void Arena::give_back_uncached(std::uint64_t chunk) {
  const std::uint64_t bytes = bytes_of(chunk);
  if (bytes <= kMaxFast) {
    chunks_.at(chunk).state = State::kCached;
    fast_.put(chunk, bytes);
    return;
  }
  if (join(chunk) < kConsolidate) return;
  if (fast_.bytes() != 0) consolidate();
  if (top_bytes() >= trim_threshold_) trim(kTopPad);
}

/// The size of what the chunk became part of.
std::uint64_t Arena::join(std::uint64_t chunk) {
  auto at = chunks_.find(chunk);
  std::uint64_t start = chunk, bytes = at->second.bytes;
  if (at != chunks_.begin() && std::prev(at)->second.state == State::kBinned) {
    const auto before = std::prev(at);
    start = before->first;
    bytes += before->second.bytes;
    bins_.remove(start);
    chunks_.erase(before);
  }
  at = chunks_.erase(at);
  if (start + bytes == top_) {
    top_ = start;
    return top_bytes();
  }
  if (at->second.state == State::kBinned) {
    bytes += at->second.bytes;
    bins_.remove(at->first);
    chunks_.erase(at);
  }
  put_unsorted(start, bytes);
  return bytes;
}

void Arena::consolidate() {
  for (std::uint64_t bytes = kSmallest; bytes <= kMaxFast; bytes += kGrain) {
    while (const auto chunk = fast_.take(bytes)) join(*chunk);
  }
}

void Arena::trim(std::uint64_t pad) {
  const std::uint64_t area = top_bytes() - kSmallest - 1;
  if (top_bytes() <= kSmallest || area <= pad) return;
  const std::uint64_t extra = (area - pad) / kPage * kPage;
  if (extra != 0 && memory_.brk(break_ - extra)) break_ -= extra;
}

void Arena::trim_all() {
  for (std::uint64_t bytes = kSmallest; bytes <= kMostCached; bytes += kGrain) {
    while (const auto chunk = tcache_.take(bytes)) give_back_uncached(*chunk);
  }
  consolidate();
  trim(0);
}

void Arena::join_in_use(std::uint64_t chunk) {
  const auto next = chunks_.find(chunk + bytes_of(chunk));
  chunks_.at(chunk).bytes += next->second.bytes;
  chunks_.erase(next);
}

void Arena::divide(std::uint64_t chunk, std::uint64_t at) {
  Chunk& first = chunks_.at(chunk);
  chunks_[at] = {chunk + first.bytes - at, State::kInUse};
  first.bytes = at - chunk;
}

void Arena::shrink(std::uint64_t chunk, std::uint64_t bytes, std::uint64_t least) {
  if (bytes_of(chunk) - bytes < least) return;
  divide(chunk, chunk + bytes);
  give_back(chunk + bytes);
}

bool Arena::extend(std::uint64_t chunk, std::uint64_t bytes) {
  const auto at = chunks_.find(chunk);
  const std::uint64_t end = chunk + at->second.bytes;
  if (end == top_) {
    if (at->second.bytes + top_bytes() < bytes + kSmallest) return false;
    top_ = chunk + bytes;
    at->second.bytes = bytes;
    return true;
  }
  const auto next = std::next(at);
  const bool is_free = next->second.state == State::kBinned;
  if (!is_free || at->second.bytes + next->second.bytes < bytes) return false;
  bins_.remove(next->first);
  at->second.bytes += next->second.bytes;
  chunks_.erase(next);
  return true;
}

}  // namespace mmu::libc
