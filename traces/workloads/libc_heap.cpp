#include "traces/workloads/libc_heap.hpp"

#include <algorithm>
#include <utility>

#include "hw/arch/errors.hpp"

namespace mmu::traces {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kGrain = 16;                      // MALLOC_ALIGNMENT
constexpr std::uint64_t kSmallest = 32;                   // MINSIZE
constexpr std::uint64_t kPad = std::uint64_t{128} << 10;  // M_TOP_PAD, M_TRIM_THRESHOLD

std::uint64_t aligned_up(std::uint64_t value, std::uint64_t to) {
  return (value + to - 1) / to * to;
}

}  // namespace

LibcHeap::LibcHeap(std::uint64_t brk_start, std::uint64_t brk_limit, std::uint64_t mappings,
                   std::function<void(const OsEvent&)> call)
    : break_(brk_start),
      limit_(brk_limit),
      top_(brk_start),
      next_mapping_(mappings),
      call_(std::move(call)) {}

std::uint64_t LibcHeap::malloc(std::uint64_t bytes) {
  const std::uint64_t size = std::max(aligned_up(bytes + kSizeField, kGrain), kSmallest);
  if (size >= kThreshold) return map(bytes);
  FreeRanges::Piece chunk;
  if (const auto found = chunks_.take(size, kSmallest)) {
    chunk = *found;
  } else {
    if (break_ - top_ < size && !grow_top(size)) return map(bytes);
    chunk = {top_, size};
    top_ += size;
  }
  const std::uint64_t address = chunk.start + kOverhead;
  live_[address] = {chunk.bytes, false};
  return address;
}

void LibcHeap::free(std::uint64_t address) {
  const auto found = live_.find(address);
  if (found == live_.end()) throw ModelError("traces: a workload frees what it has not allocated");
  const Chunk chunk = found->second;
  const std::uint64_t start = address - kOverhead;
  live_.erase(found);
  if (chunk.is_mapping) return unmap(start, chunk.bytes);
  if (start + chunk.bytes != top_) return chunks_.add({start, chunk.bytes});
  top_ = chunks_.take_before(start);
  if (break_ - top_ > kPad) trim_top();
}

bool LibcHeap::grow_top(std::uint64_t bytes) {
  const std::uint64_t to = aligned_up(top_ + bytes + kPad, kPage);
  if (to > limit_) return false;
  move_break(to);
  return true;
}

/// glibc's systrim(): whole pages go, the pad stays.
void LibcHeap::trim_top() {
  const std::uint64_t to = aligned_up(top_ + kSmallest + kPad, kPage);
  if (to < break_) move_break(to);
}

void LibcHeap::move_break(std::uint64_t to) {
  OsEvent call;
  call.type = OsEventType::kBrk;
  call.args[0] = to;
  call.result = static_cast<std::int64_t>(to);
  call_(call);
  break_ = to;
}

std::uint64_t LibcHeap::map(std::uint64_t bytes) {
  constexpr std::uint64_t kMapPrivate = 0x02;  // mmap(2)
  const std::uint64_t size = aligned_up(bytes + kOverhead, kPage);
  std::uint64_t start = 0;
  if (const auto hole = holes_.take(size, kPage)) {
    start = hole->start;
  } else {
    start = std::exchange(next_mapping_, next_mapping_ + size);
  }
  OsEvent call;
  call.type = OsEventType::kMmap;
  call.args[1] = size;
  call.args[2] = linux_abi::kProtRead | linux_abi::kProtWrite;
  call.args[3] = kMapPrivate | linux_abi::kMapAnonymous;
  call.args[4] = ~std::uint64_t{0};
  call.result = static_cast<std::int64_t>(start);
  call_(call);
  live_[start + kOverhead] = {size, true};
  return start + kOverhead;
}

void LibcHeap::unmap(std::uint64_t start, std::uint64_t bytes) {
  OsEvent call;
  call.type = OsEventType::kMunmap;
  call.args[0] = start;
  call.args[1] = bytes;
  call_(call);
  holes_.add({start, bytes});
}

}  // namespace mmu::traces
