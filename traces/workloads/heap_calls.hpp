// The kernel calls of a workload's C library: events of the trace, with the places that they got.
#pragma once

#include <cstdint>
#include <functional>

#include "hw/arch/trace.hpp"
#include "os_model/libc/system_memory.hpp"
#include "traces/workloads/free_ranges.hpp"

namespace mmu::traces {

class HeapCalls final : public libc::SystemMemory {
 public:
  /// The break may go up to `brk_limit`; mappings lie from `mappings` on. Each event goes to
  /// `call`.
  HeapCalls(std::uint64_t brk_limit, std::uint64_t mappings,
            std::function<void(const OsEvent&)> call)
      : limit_(brk_limit), next_mapping_(mappings), call_(std::move(call)) {}

  bool brk(std::uint64_t to) override;
  std::optional<std::uint64_t> mmap(std::uint64_t bytes) override;
  void munmap(std::uint64_t start, std::uint64_t bytes) override;
  std::optional<std::uint64_t> mremap(std::uint64_t start, std::uint64_t old_bytes,
                                      std::uint64_t new_bytes) override;

 private:
  std::uint64_t place(std::uint64_t bytes);

  std::uint64_t limit_;
  std::uint64_t next_mapping_;  // nothing was ever mapped from here on
  FreeRanges holes_;            // among the mappings
  std::function<void(const OsEvent&)> call_;
};

}  // namespace mmu::traces
