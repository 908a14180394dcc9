// What a program's address space held before the first record, found from the trace alone: the
// program's own segments and its first stack show in no system call.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "hw/arch/trace.hpp"
#include "traces/page_ranges.hpp"

namespace mmu::traces {

/// The image is every page that is touched before an event says anything about it, with the
/// rights it is used with: a fetch gives execute and read, a load read, a store write and read.
///
/// * From the first mmap, brk, munmap or mremap that succeeds on a page on, that page is the
///   events' affair: a touch after munmap adds nothing, so it remains a segmentation fault.
/// * A successful mprotect of pages no event has mapped proves that they were there: they belong
///   to the image, with the rights that they were used with until then (perhaps none).
/// * Pages that brk maps later belong to the heap, not to the image.
/// * Adjacent pages of equal rights form an area, "[image]". The pages from the highest writable
///   one down to 8 MiB below (Linux's default stack limit) form one area, "[stack]", its untouched
///   pages included, but none that execute or belong to an event.
class ImageBuilder {
 public:
  static constexpr unsigned kPageShift = 12;

  ImageBuilder();

  /// Takes the next block of the trace. Records with a handle are ignored: an event made theirs.
  void add(const TraceBlock& block);

  /// Areas by address, no overlap.
  std::vector<ImageArea> areas() const;
  /// Result of the first brk event; 0 if there was none.
  std::uint64_t brk_start() const { return brk_start_; }

 private:
  enum : std::uint8_t { kRead = 1, kWrite = 2, kExecute = 4 };
  struct Run {
    PageRange pages;
    std::uint8_t rights;
  };
  struct Known {
    std::uint64_t page;
    std::uint8_t rights;  // that need no second look: events only take pages out of it
  };

  static std::uint8_t rights_of(AccessKind kind);
  void touch(const TraceRecord& record);
  void touch_page(std::uint64_t page, std::uint8_t rights);
  void apply(const OsEvent& event);
  void move_brk(std::uint64_t to);
  std::vector<Run> runs() const;
  void join_stack(std::vector<Run>& runs, std::size_t& stack) const;

  static constexpr std::size_t kKnownPages = 1024;
  std::array<Known, kKnownPages> known_;
  std::unordered_map<std::uint64_t, std::uint8_t> touched_;  // page -> rights
  PageRanges by_events_;                                     // pages that an event has changed
  PageRanges protected_;  // of the image, rights changed by an mprotect
  PageRanges heap_;
  bool brk_seen_ = false;
  std::uint64_t brk_start_ = 0;
};

/// Result of the first brk event of `block` that succeeded; 0 if it has none.
std::uint64_t first_break(const TraceBlock& block);

}  // namespace mmu::traces
