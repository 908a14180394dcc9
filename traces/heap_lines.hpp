// Lines of malloc and its like in a text log, as ltrace writes them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hw/arch/trace.hpp"

namespace mmu::traces {

///     malloc(24) = 0x4a2b040              calloc(10, 8), memalign(64, 100), aligned_alloc likewise
///     realloc(0x4a2b040, 100) = 0x4a2b080
///     free(0x4a2b080)                     or "= <void>" behind it
///     prog->malloc(24) = nil              out of memory; also NULL and 0
///
/// A block has a handle from then on, and what is accessed in it has the handle and an offset: it
/// lies where the C library of the OS model puts it.
class HeapLines {
 public:
  /// True if `line` is a call of one of these functions, well-formed or not.
  static bool begins(std::string_view line);

  /// Requires begins(line). True if it was understood: event(), or problem() says what is wrong.
  bool take(std::string_view line);
  const OsEvent& event() const { return event_; }
  const std::string& problem() const { return problem_; }  ///< empty: none

  bool has_blocks() const { return !blocks_.empty(); }
  /// If it begins in a block, gives it handle and offset.
  void translate(TraceRecord& record) const {
    auto block = blocks_.upper_bound(record.address);
    if (block == blocks_.begin()) return;
    --block;
    if (record.address - block->first >= block->second.bytes) return;
    record.address -= block->first;
    record.handle = block->second.handle;
  }

 private:
  struct Block {
    std::uint64_t bytes = 0;
    std::uint32_t handle = 0;
  };

  bool read(std::string_view line);
  void release(std::uint64_t address);
  void make(std::uint64_t address, std::uint64_t bytes);

  std::map<std::uint64_t, Block> blocks_;  // by address in the log
  std::vector<std::uint32_t> unused_;      // handles of blocks that were freed
  std::uint32_t next_ = 0;                 // no block has had this handle
  OsEvent event_;
  std::string problem_;
};

}  // namespace mmu::traces
