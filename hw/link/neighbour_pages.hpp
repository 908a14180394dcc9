// The neighbours of a page: what else a walk's read, or the sector of a TLB, knows.
#pragma once

#include <array>
#include <cstdint>

#include "hw/arch/walk.hpp"

namespace mmu {

/// Pages [0, 16) of the naturally aligned group of 16 that a page lies in, all of its size.
struct NeighbourPages {
  static constexpr unsigned kMost = 16;
  std::array<Translation, kMost> pages;
  std::uint16_t usable = 0;  ///< bit i: pages[i] is valid, accessed and may be entered

  bool has(unsigned i) const { return (usable >> i & 1) != 0; }
  void add(unsigned i, const Translation& page) {
    pages[i] = page;
    usable = static_cast<std::uint16_t>(usable | 1U << i);
  }
  void drop(unsigned i) { usable = static_cast<std::uint16_t>(usable & ~(1U << i)); }
  /// Which page of its group the 2^shift-byte page that holds `va` is.
  static unsigned number(VirtAddr va, unsigned shift) {
    return static_cast<unsigned>(va.value() >> shift) % kMost;
  }
  /// The address of page i of the group of the 2^shift-byte page that holds `va`.
  static VirtAddr address(VirtAddr va, unsigned shift, unsigned i) {
    return va.aligned_down(shift + 4) + (std::uint64_t{i} << shift);
  }
};

}  // namespace mmu
