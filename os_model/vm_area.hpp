// One area of a program's address space.
#pragma once

#include <cstdint>
#include <string>

#include "hw/arch/page_table_format.hpp"

namespace mmu::os {

/// The granularity of areas: pages of the machine that was traced.
inline constexpr std::uint64_t kAreaPageBytes = 4096;

/// Page-aligned addresses [start, end), not empty, in one canonical half.
struct Range {
  std::uint64_t start = 0, end = 0;

  std::uint64_t bytes() const { return end - start; }
  bool holds(std::uint64_t address) const { return address >= start && address < end; }
  bool holds(const Range& other) const { return other.start >= start && other.end <= end; }
  bool overlaps(const Range& other) const { return other.start < end && start < other.end; }
  /// The whole pages of `page_bytes` in it; empty (start >= end) if there are none.
  Range whole_pages(std::uint64_t page_bytes) const {
    return {(start + page_bytes - 1) / page_bytes * page_bytes, end / page_bytes * page_bytes};
  }
};

enum class AreaKind : std::uint8_t {
  kImage,      ///< there before the first record
  kStack,      ///< likewise
  kHeap,       ///< up to the program break
  kAnonymous,  ///< mmap
  kFile,       ///< mmap of a file
  kTouched,    ///< made by an access (map_on_touch)
};

struct VmArea {
  Range range;
  Rights rights;  ///< of its pages; see rights_of()
  AreaKind kind = AreaKind::kAnonymous;
  bool shared = false;
  std::uint64_t offset = 0;  ///< files: where range.start lies in the file, bytes
  std::string name;          ///< as shown; empty for anonymous memory

  /// May the OS use pages larger than the base page? (Linux: private anonymous memory.)
  bool may_be_huge() const {
    return !shared && (kind == AreaKind::kAnonymous || kind == AreaKind::kHeap);
  }
  /// The same area from `at` on.
  VmArea from(std::uint64_t at) const {
    VmArea tail = *this;
    if (kind == AreaKind::kFile) tail.offset += at - range.start;
    tail.range.start = at;
    return tail;
  }
  /// True if `next`, which begins where this ends, is more of the same.
  bool goes_on_in(const VmArea& next) const {
    return range.end == next.range.start && rights == next.rights && kind == next.kind &&
           shared == next.shared && name == next.name &&
           (kind == AreaKind::kFile ? offset + range.bytes() == next.offset : !shared);
  }
};

/// The rights that pages get for what a program asks, as Linux's protection_map: writing implies
/// reading, and so does executing where the format cannot tell them apart (x86).
constexpr Rights rights_of(const PageTableFormat& format, bool read, bool write, bool execute) {
  const bool fetch_reads = execute && format.leaf_rights.read.mask == 0;
  return {read || write || fetch_reads, write, execute, true};
}

/// What `a` or `b` allows.
constexpr Rights either(Rights a, Rights b) {
  return {a.read || b.read, a.write || b.write, a.execute || b.execute, true};
}

}  // namespace mmu::os
