#include "traces/workloads/heap_calls.hpp"

#include <utility>

namespace mmu::traces {

bool HeapCalls::brk(std::uint64_t to) {
  if (to > limit_) return false;
  OsEvent call;
  call.type = OsEventType::kBrk;
  call.args[0] = to;
  call.result = static_cast<std::int64_t>(to);
  call_(call);
  return true;
}

/// The smallest hole that fits, else behind all.
std::uint64_t HeapCalls::place(std::uint64_t bytes) {
  constexpr std::uint64_t kPage = 4096;
  const auto hole = holes_.take(bytes, kPage);
  return hole ? hole->start : std::exchange(next_mapping_, next_mapping_ + bytes);
}

std::optional<std::uint64_t> HeapCalls::mmap(std::uint64_t bytes) {
  constexpr std::uint64_t kMapPrivate = 0x02;  // mmap(2)
  OsEvent call;
  call.type = OsEventType::kMmap;
  call.args[1] = bytes;
  call.args[2] = linux_abi::kProtRead | linux_abi::kProtWrite;
  call.args[3] = kMapPrivate | linux_abi::kMapAnonymous;
  call.args[4] = ~std::uint64_t{0};
  const std::uint64_t start = place(bytes);
  call.result = static_cast<std::int64_t>(start);
  call_(call);
  return start;
}

void HeapCalls::munmap(std::uint64_t start, std::uint64_t bytes) {
  OsEvent call;
  call.type = OsEventType::kMunmap;
  call.args[0] = start;
  call.args[1] = bytes;
  call_(call);
  holes_.add({start, bytes});
}

std::optional<std::uint64_t> HeapCalls::mremap(std::uint64_t start, std::uint64_t old_bytes,
                                               std::uint64_t new_bytes) {
  const std::uint64_t to = place(new_bytes);
  OsEvent call;
  call.type = OsEventType::kMremap;
  call.args[0] = start;
  call.args[1] = old_bytes;
  call.args[2] = new_bytes;
  call.args[3] = linux_abi::kMremapMayMove;
  call.result = static_cast<std::int64_t>(to);
  call_(call);
  holes_.add({start, old_bytes});
  return to;
}

}  // namespace mmu::traces
