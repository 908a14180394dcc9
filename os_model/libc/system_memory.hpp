// What a C library asks the kernel for.
#pragma once

#include <cstdint>
#include <optional>

namespace mmu::libc {

class SystemMemory {
 public:
  virtual ~SystemMemory() = default;
  /// Moves the program break to `to`; false if it cannot go there.
  virtual bool brk(std::uint64_t to) = 0;
  /// Anonymous, private, readable and writable; whole pages. Nothing if there is no room.
  virtual std::optional<std::uint64_t> mmap(std::uint64_t bytes) = 0;
  virtual void munmap(std::uint64_t start, std::uint64_t bytes) = 0;
  /// With MREMAP_MAYMOVE: where the mapping is now.
  virtual std::optional<std::uint64_t> mremap(std::uint64_t start, std::uint64_t old_bytes,
                                              std::uint64_t new_bytes) = 0;
};

}  // namespace mmu::libc
