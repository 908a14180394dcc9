// A kernel that gives memory and remembers what it gave.
#pragma once

#include <gtest/gtest.h>

#include <map>

#include "os_model/libc/system_memory.hpp"

namespace mmu::test {

class FakeMemory final : public libc::SystemMemory {
 public:
  static constexpr std::uint64_t kHeap = 0x5555'0000'0000, kMappings = 0x7000'0000'0000;

  bool brk(std::uint64_t to) override {
    ++calls;
    if (to > kHeap + limit) return false;
    at = to;
    return true;
  }
  std::optional<std::uint64_t> mmap(std::uint64_t bytes) override {
    ++calls;
    EXPECT_EQ(bytes % 4096, 0u);
    if (!maps) return std::nullopt;
    const std::uint64_t start = next_;
    next_ += bytes;
    mappings[start] = bytes;
    return start;
  }
  void munmap(std::uint64_t start, std::uint64_t bytes) override {
    ++calls;
    EXPECT_EQ(mappings.at(start), bytes);
    mappings.erase(start);
  }
  std::optional<std::uint64_t> mremap(std::uint64_t start, std::uint64_t old_bytes,
                                      std::uint64_t new_bytes) override {
    if (!maps) return std::nullopt;
    munmap(start, old_bytes);
    return mmap(new_bytes);
  }

  std::uint64_t at = kHeap;                      ///< the break
  std::uint64_t limit = std::uint64_t{1} << 36;  ///< bytes that it may move
  bool maps = true;
  std::map<std::uint64_t, std::uint64_t> mappings;  // start -> bytes
  unsigned calls = 0;

 private:
  std::uint64_t next_ = kMappings;
};

}  // namespace mmu::test
