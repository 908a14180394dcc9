#include "traces/workloads/program.hpp"

#include <utility>

#include "hw/arch/errors.hpp"

namespace mmu::traces {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kLarge = std::uint64_t{2} << 20, kHuge = std::uint64_t{1} << 30;
constexpr std::uint64_t kCode = 0x40'0000;        // as linkers place x86-64 programs
constexpr std::uint64_t kData = 0x1000'0000;      // low enough for Sv32
constexpr std::uint64_t kTop = 0x7fff'0000'0000;  // 47 bits but for a rest

std::uint64_t aligned_up(std::uint64_t address, std::uint64_t to) {
  return (address + to - 1) / to * to;
}

}  // namespace

Program::Program() : free_(kData) {}

std::uint64_t Program::add_code() { return kCode + codes_++ * kCodeBytes; }

/// Leaves at least a page free before it, so that areas stay apart.
std::uint64_t Program::place(std::uint64_t bytes) {
  const std::uint64_t start = aligned_up(free_ + kPage, bytes >= kHuge ? kHuge : kLarge);
  if (bytes > kTop || start > kTop - bytes) {
    throw ConfigError("workload: its areas are larger than a user's 47 bits of address space");
  }
  free_ = start + bytes;
  return start;
}

std::uint64_t Program::add_data(std::uint64_t bytes, bool populate) {
  constexpr std::uint64_t kMapPrivate = 0x02;  // mmap(2)
  OsEvent map;
  map.type = OsEventType::kMmap;
  map.args[1] = bytes;
  map.args[2] = linux_abi::kProtRead | linux_abi::kProtWrite;
  map.args[3] = kMapPrivate | linux_abi::kMapAnonymous | (populate ? linux_abi::kMapPopulate : 0);
  map.args[4] = ~std::uint64_t{0};  // no file
  const std::uint64_t start = place(bytes);
  map.result = static_cast<std::int64_t>(start);
  first_events_.push_back(map);
  return start;
}

void Program::finish_layout(TraceHeader& header) {
  header.architecture = "synthetic";
  header.image = {{kCode, codes_ * kCodeBytes, true, false, true, "[code]"}};
  if (heap_bytes_ == 0) return;
  header.brk_start = place(aligned_up(heap_bytes_, kPage));
  const std::uint64_t end = free_;
  heap_calls_ = std::make_unique<HeapCalls>(end, aligned_up(end + kPage, kLarge),
                                            [this](const OsEvent& call) { event(call); });
  heap_ = std::make_unique<libc::Malloc>(*heap_calls_, header.brk_start);
}

void Program::write_to(TraceBlock& block) {
  block_ = &block;
  for (const OsEvent& first : std::exchange(first_events_, {})) event(first);
}

void Program::event(const OsEvent& event) {
  block_->events.push_back({static_cast<std::uint32_t>(block_->records.size()), event});
}

}  // namespace mmu::traces
