#include "os_model/libc/malloc.hpp"

#include <algorithm>
#include <string>

#include "hw/arch/errors.hpp"

namespace mmu::libc {
namespace {

std::uint64_t power_of_two(std::uint64_t least) {
  std::uint64_t power = 1;
  while (power < least) power *= 2;
  return power;
}

}  // namespace

std::optional<std::uint64_t> Malloc::malloc(std::uint64_t bytes) {
  if (bytes > kMostRequest) return std::nullopt;
  const std::uint64_t chunk = chunk_bytes(bytes);
  begin();
  ++counts_.mallocs;
  if (const auto cached = arena_.take_cached(chunk)) return made(*cached, {bytes});
  return take_chunk(bytes, chunk);
}

/// tcache_init(), by the first malloc or calloc: the tcache's own lists lie in the heap.
void Malloc::begin() {
  if (has_begun_) return;
  has_begun_ = true;
  constexpr std::uint64_t kLists = chunk_bytes(kTcacheBytes);
  auto lists = arena_.take(kLists);
  if (!lists) lists = arena_.grow_and_take(kLists);
  if (!lists) return;
  counts_.in_use_bytes += arena_.bytes_of(*lists);
  tcache_.open();
}

/// _int_malloc() and sysmalloc(): what a mapping would serve comes from the heap if there is room.
std::optional<std::uint64_t> Malloc::take_chunk(std::uint64_t request, std::uint64_t chunk) {
  if (const auto taken = arena_.take(chunk)) return made(*taken, {request});
  if (chunk < mmap_threshold_) {
    if (const auto taken = arena_.grow_and_take(chunk)) return made(*taken, {request});
  }
  if (const auto mapped = map(request, chunk)) return mapped;
  const auto taken = arena_.grow_and_take(chunk);
  return taken ? std::optional(made(*taken, {request})) : std::nullopt;
}

std::optional<std::uint64_t> Malloc::map(std::uint64_t request, std::uint64_t chunk) {
  const std::uint64_t bytes = align_up(chunk + kSizeField, kPage);
  const auto start = memory_.mmap(bytes);
  if (!start) return std::nullopt;
  counts_.mapped_bytes += bytes;
  ++counts_.mappings;
  return made(*start, {request, bytes, 0});
}

std::uint64_t Malloc::made(std::uint64_t chunk, const Block& block) {
  const std::uint64_t address = chunk + kHeader;
  live_[address] = block;
  counts_.requested_bytes += block.requested;
  counts_.in_use_bytes += bytes_in_use(address, block);
  note_peak();
  return address;
}

Malloc::Block Malloc::forget(std::uint64_t address) {
  const auto found = live_.find(address);
  if (found == live_.end()) {
    throw SimulatedError("free(): invalid pointer: " + std::to_string(address) +
                         " is not allocated");
  }
  const Block block = found->second;
  live_.erase(found);
  counts_.requested_bytes -= block.requested;
  counts_.in_use_bytes -= bytes_in_use(address, block);
  return block;
}

std::uint64_t Malloc::bytes_in_use(std::uint64_t address, const Block& block) const {
  return block.mapping != 0 ? block.mapping : arena_.bytes_of(address - kHeader);
}

void Malloc::note_peak() {
  counts_.system_peak = std::max(counts_.system_peak, arena_.bytes() + counts_.mapped_bytes);
  counts_.requested_peak = std::max(counts_.requested_peak, counts_.requested_bytes);
}

/// It looks past the tcache, as in glibc before 2.41.
std::optional<std::uint64_t> Malloc::calloc(std::uint64_t count, std::uint64_t bytes) {
  if (bytes != 0 && count > kMostRequest / bytes) return std::nullopt;
  begin();
  ++counts_.mallocs;
  return take_chunk(count * bytes, chunk_bytes(count * bytes));
}

std::optional<std::uint64_t> Malloc::memalign(std::uint64_t alignment, std::uint64_t bytes) {
  if (alignment <= kGrain) return malloc(bytes);
  alignment = power_of_two(std::max(alignment, kSmallest));
  if (alignment > kMostRequest / 2 || bytes > kMostRequest - alignment - kSmallest) {
    return std::nullopt;
  }
  // (1) Enough to find an aligned place in, with a chunk of its own before it.
  const std::uint64_t chunk = chunk_bytes(bytes);
  ++counts_.mallocs;
  const auto whole = take_chunk(bytes, chunk_bytes(chunk + alignment + kSmallest));
  if (!whole) return std::nullopt;
  const Block block = forget(*whole);
  std::uint64_t address = align_up(*whole, alignment);
  if (address != *whole && address - *whole < kSmallest) address += alignment;

  // (2) A mapping stays whole; a chunk of the heap gives up what is before and behind.
  if (block.mapping != 0) {
    return made(address - kHeader, {bytes, block.mapping, address - *whole});
  }
  if (address != *whole) {
    arena_.divide(*whole - kHeader, address - kHeader);
    arena_.give_back(*whole - kHeader);
  }
  arena_.shrink(address - kHeader, chunk, kSmallest + kGrain);
  return made(address - kHeader, {bytes});
}

void Malloc::free(std::uint64_t address) {
  if (address == 0) return;
  const Block block = forget(address);
  ++counts_.frees;
  const std::uint64_t chunk = address - kHeader;
  if (block.mapping == 0) return arena_.give_back(chunk);
  // What was mapped and is freed may come again: from the heap then.
  const std::uint64_t bytes = block.mapping - block.lead;
  if (bytes > mmap_threshold_ && bytes <= kMmapThresholdMax) {
    mmap_threshold_ = bytes;
    arena_.set_trim_threshold(2 * bytes);
  }
  counts_.mapped_bytes -= block.mapping;
  --counts_.mappings;
  memory_.munmap(chunk - block.lead, block.mapping);
}

std::optional<std::uint64_t> Malloc::realloc(std::uint64_t address, std::uint64_t bytes) {
  if (address == 0) return malloc(bytes);
  if (bytes == 0) {
    free(address);
    return std::nullopt;
  }
  if (bytes > kMostRequest) return std::nullopt;
  ++counts_.reallocs;
  const auto found = live_.find(address);
  const bool is_mapping = found != live_.end() && found->second.mapping != 0;
  const auto in_place = is_mapping ? resize_mapping(address, bytes) : resize_chunk(address, bytes);
  if (in_place) return in_place;
  // Elsewhere; the program's bytes are copied.
  const MallocStats counted = counts_;
  const auto other = is_mapping ? malloc(bytes) : take_chunk(bytes, chunk_bytes(bytes));
  if (!other) return std::nullopt;
  const std::uint64_t chunk = address - kHeader;
  if (!is_mapping && *other - kHeader == chunk + arena_.bytes_of(chunk)) {
    return join_blocks(address, *other, bytes);
  }
  free(address);
  counts_.mallocs = counted.mallocs;
  counts_.frees = counted.frees;
  return other;
}

/// The chunk taken follows the one that was too small: nothing need be copied.
std::uint64_t Malloc::join_blocks(std::uint64_t address, std::uint64_t next, std::uint64_t bytes) {
  forget(next);
  forget(address);
  arena_.join_in_use(address - kHeader);
  arena_.shrink(address - kHeader, chunk_bytes(bytes), kSmallest);
  return made(address - kHeader, {bytes});
}

/// mremap_chunk(), which moves pages and not bytes.
std::optional<std::uint64_t> Malloc::resize_mapping(std::uint64_t address, std::uint64_t bytes) {
  Block block = live_.at(address);
  const std::uint64_t size = align_up(chunk_bytes(bytes) + block.lead + kSizeField, kPage);
  const std::uint64_t old_start = address - kHeader - block.lead;
  auto start = std::optional(old_start);
  if (size != block.mapping) start = memory_.mremap(old_start, block.mapping, size);
  if (!start) return std::nullopt;
  forget(address);
  counts_.mapped_bytes += size - block.mapping;
  block.mapping = size;
  block.requested = bytes;
  return made(*start + block.lead, block);
}

std::optional<std::uint64_t> Malloc::resize_chunk(std::uint64_t address, std::uint64_t bytes) {
  const std::uint64_t chunk = address - kHeader, size = chunk_bytes(bytes);
  const Block block = forget(address);
  const bool fits = arena_.bytes_of(chunk) >= size || arena_.extend(chunk, size);
  if (fits) arena_.shrink(chunk, size, kSmallest);
  made(chunk, {fits ? bytes : block.requested});
  return fits ? std::optional(address) : std::nullopt;
}

std::uint64_t Malloc::usable_bytes(std::uint64_t address) const {
  const Block& block = live_.at(address);
  if (block.mapping != 0) return block.mapping - block.lead - kHeader;
  return arena_.bytes_of(address - kHeader) - kSizeField;
}

MallocStats Malloc::stats() const {
  MallocStats all = counts_;
  all.cached_bytes = tcache_.bytes() + arena_.fast_bytes();
  all.free_bytes = arena_.free_bytes();
  all.free_chunks = arena_.free_chunks();
  all.top_bytes = arena_.top_bytes();
  all.heap_bytes = arena_.bytes();
  return all;
}

}  // namespace mmu::libc
