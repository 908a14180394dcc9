// The C library of the traced process: between its calls of malloc and free, which the trace has,
// and the kernel.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "os_model/heap_stats.hpp"
#include "os_model/libc/malloc.hpp"
#include "os_model/system_calls.hpp"

namespace mmu::os {

/// Blocks lie where the library here puts them, whatever the trace says; their handles stand for
/// them. From the first call on the break is the library's.
class ProcessHeap final : private libc::SystemMemory {
 public:
  /// `called` is told of each system call that the library makes. The references must outlive this.
  ProcessHeap(const PageTableFormat& format, AddressSpace& space, SystemCalls& calls,
              std::function<void(OsEventType)> called)
      : format_(format), space_(space), calls_(calls), called_(std::move(called)) {}

  /// Requires is_library_call(event.type). What it returned; `log` gets what the kernel did for it,
  /// and the number of system calls. Throws InputError for a handle that stands for no block, or
  /// for one that still does; SimulatedError if memory was had when traced, and none is here.
  std::uint64_t perform(const OsEvent& event, const std::string& what, TrapLog& log);
  /// The break is the library's, and nobody else may move it.
  bool owns_break() const { return libc_.has_value(); }
  /// The program is another one, or gone; its blocks with it.
  void forget();
  HeapStats stats() const;

 private:
  using Value = std::optional<std::uint64_t>;

  bool brk(std::uint64_t to) override;
  Value mmap(std::uint64_t bytes) override;
  void munmap(std::uint64_t start, std::uint64_t bytes) override;
  Value mremap(std::uint64_t start, std::uint64_t old_bytes, std::uint64_t new_bytes) override;

  void begin();
  std::uint64_t place() const;
  Value call(OsEventType type, const std::uint64_t (&args)[4], std::uint64_t result = 0);
  Value allocate(const OsEvent& event, std::uint64_t old);
  std::uint64_t old_block(const OsEvent& event, const std::string& what);
  void take(const OsEvent& event, std::uint64_t address, const std::string& what);
  std::uint64_t held_bytes() const;

  const PageTableFormat& format_;
  AddressSpace& space_;
  SystemCalls& calls_;
  std::function<void(OsEventType)> called_;
  std::optional<libc::Malloc> libc_;                         // from the first call on
  std::uint64_t start_ = 0;                                  // of the heap
  std::unordered_map<std::uint32_t, std::uint64_t> blocks_;  // by handle
  std::map<std::uint64_t, std::uint64_t> mappings_;          // start -> bytes
  HeapStats counts_;                                         // what is counted here
  const std::string* what_ = nullptr;                        // of the call under way
  TrapLog* log_ = nullptr;                                   // likewise
};

}  // namespace mmu::os
