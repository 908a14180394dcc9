#include "os_model/process_heap.hpp"

#include <algorithm>

#include "hw/arch/errors.hpp"
#include "os_model/user_range.hpp"

namespace mmu::os {
namespace {

constexpr std::uint64_t kMapPrivate = 0x02;  // mmap(2)

std::uint64_t page_up(std::uint64_t address) {
  return (address + kAreaPageBytes - 1) / kAreaPageBytes * kAreaPageBytes;
}

/// How messages call a block.
std::string named(std::uint64_t handle) { return "handle " + std::to_string(handle); }

}  // namespace

std::uint64_t ProcessHeap::perform(const OsEvent& event, const std::string& what, TrapLog& log) {
  what_ = &what;
  log_ = &log;
  if (!libc_) begin();
  const std::uint64_t held = held_bytes();
  const std::uint64_t old = old_block(event, what);
  const Value address = allocate(event, old);
  const bool frees = event.type == OsEventType::kFree ||
                     (event.type == OsEventType::kRealloc && old != 0 && event.args[1] == 0);
  if (address) {
    take(event, *address, what);
  } else if (!frees) {
    throw SimulatedError(what + ": the C library gets no memory, though it had some when traced" +
                         "\nThe areas:\n" + space_.areas().describe());
  }
  if (held_bytes() > held) ++counts_.growing_calls;
  if (held_bytes() < held) ++counts_.trimming_calls;
  return address.value_or(0);
}

ProcessHeap::Value ProcessHeap::allocate(const OsEvent& event, std::uint64_t old) {
  switch (event.type) {
    case OsEventType::kMalloc:
      ++counts_.malloc_calls;
      return libc_->malloc(event.args[0]);
    case OsEventType::kCalloc:
      ++counts_.calloc_calls;
      return libc_->calloc(event.args[0], event.args[1]);
    case OsEventType::kMemalign:
      ++counts_.memalign_calls;
      return libc_->memalign(event.args[0], event.args[1]);
    case OsEventType::kRealloc:
      ++counts_.realloc_calls;
      return libc_->realloc(old, event.args[1]);
    default:
      ++counts_.free_calls;
      libc_->free(old);
      return std::nullopt;
  }
}

/// What free or realloc is given, which stops to be a block; 0 if nothing is.
std::uint64_t ProcessHeap::old_block(const OsEvent& event, const std::string& what) {
  if (!takes_block(event.type) || event.number == 0) return 0;
  const std::uint64_t handle = event.number - 1;
  const auto found = blocks_.find(static_cast<std::uint32_t>(handle));
  if (handle >= TraceRecord::kNoHandle || found == blocks_.end()) {
    throw InputError(
        what + ": " + named(handle) +
        " stands for no block: it was freed before, or none of malloc's calls gave it");
  }
  const std::uint64_t address = found->second;
  blocks_.erase(found);
  --counts_.blocks;
  counts_.usable_bytes -= libc_->usable_bytes(address);
  return address;
}

void ProcessHeap::take(const OsEvent& event, std::uint64_t address, const std::string& what) {
  ++counts_.blocks;
  counts_.usable_bytes += libc_->usable_bytes(address);
  if (event.handle == TraceRecord::kNoHandle) return;  // nobody can free it
  if (!blocks_.emplace(event.handle, address).second) {
    throw InputError(what + ": " + named(event.handle) + " stands for a block that is not freed");
  }
}

/// Where the break is; if the trace has none, behind the first areas of the program, at the first
/// gap of 1 GiB.
std::uint64_t ProcessHeap::place() const {
  if (calls_.current_break() != 0) return calls_.current_break();
  constexpr std::uint64_t kRoom = std::uint64_t{1} << 30;
  constexpr std::uint64_t kAlone = 0x1000'0000;  // without any area
  const VmAreas& areas = space_.areas();
  std::uint64_t end = areas.size() == 0 ? kAlone : areas.begin()->second.range.end;
  for (const auto& [start, area] : areas) {
    if (start > end && start - end >= kRoom) break;
    end = area.range.end;
  }
  return page_up(end);
}

void ProcessHeap::begin() {
  const std::uint64_t start = place();
  if (calls_.current_break() == 0) calls_.begin_heap(start);
  libc_.emplace(static_cast<libc::SystemMemory&>(*this), start);
  start_ = start;
}

void ProcessHeap::forget() {
  counts_ = stats();
  counts_.blocks = counts_.usable_bytes = 0;
  libc_.reset();
  blocks_.clear();
  mappings_.clear();
}

std::uint64_t ProcessHeap::held_bytes() const {
  const libc::MallocStats now = libc_->stats();
  return now.heap_bytes + now.mapped_bytes;
}

HeapStats ProcessHeap::stats() const {
  HeapStats all = counts_;
  const libc::MallocStats now = libc_ ? libc_->stats() : libc::MallocStats{};
  all.requested_bytes = now.requested_bytes;
  all.requested_peak_bytes = std::max(counts_.requested_peak_bytes, now.requested_peak);
  all.in_use_bytes = now.in_use_bytes;
  all.heap_bytes = now.heap_bytes;
  all.mapped_bytes = now.mapped_bytes;
  all.held_peak_bytes = std::max(counts_.held_peak_bytes, now.system_peak);
  all.inside_bytes = all.usable_bytes - now.requested_bytes;
  all.outside_bytes = now.external_fragmentation();
  all.resident_bytes = 0;
  if (now.heap_bytes != 0) {
    all.resident_bytes = space_.resident_bytes(
        {start_ / kAreaPageBytes * kAreaPageBytes, page_up(start_ + now.heap_bytes)});
  }
  for (const auto& [start, bytes] : mappings_) {
    all.resident_bytes += space_.resident_bytes({start, start + bytes});
  }
  return all;
}

// ---- the kernel, as the library sees it

ProcessHeap::Value ProcessHeap::call(OsEventType type, const std::uint64_t (&args)[4],
                                     std::uint64_t result) {
  ++counts_.kernel_calls;
  ++*log_->work.library_calls;
  called_(type);
  OsEvent event;
  event.type = type;
  std::copy(std::begin(args), std::end(args), std::begin(event.args));
  if (type == OsEventType::kMmap) event.args[4] = ~std::uint64_t{0};  // no file
  event.result = static_cast<std::int64_t>(result);
  return calls_.perform(event, *what_, *log_);
}

/// Linux refuses where something lies in the way; SystemCalls does what was done when traced.
bool ProcessHeap::brk(std::uint64_t to) {
  const std::uint64_t from = page_up(calls_.current_break());
  if (to == 0 || !is_canonical(format_, VirtAddr(to - 1)) || page_up(to) < to) return false;
  if (page_up(to) > from && !space_.areas().is_free({from, page_up(to)})) return false;
  return call(OsEventType::kBrk, {to, 0, 0, 0}, to).has_value();
}

ProcessHeap::Value ProcessHeap::mmap(std::uint64_t bytes) {
  const auto start =
      call(OsEventType::kMmap, {0, bytes, linux_abi::kProtRead | linux_abi::kProtWrite,
                                kMapPrivate | linux_abi::kMapAnonymous});
  if (start) mappings_[*start] = bytes;
  return start;
}

void ProcessHeap::munmap(std::uint64_t start, std::uint64_t bytes) {
  call(OsEventType::kMunmap, {start, bytes, 0, 0});
  mappings_.erase(start);
}

ProcessHeap::Value ProcessHeap::mremap(std::uint64_t start, std::uint64_t old_bytes,
                                       std::uint64_t new_bytes) {
  const auto to =
      call(OsEventType::kMremap, {start, old_bytes, new_bytes, linux_abi::kMremapMayMove});
  if (!to) return to;
  mappings_.erase(start);
  mappings_[*to] = new_bytes;
  return to;
}

}  // namespace mmu::os
