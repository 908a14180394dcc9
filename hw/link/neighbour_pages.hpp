// The neighbours of a page that a walk has found.
#pragma once

#include <array>
#include <cstdint>

#include "hw/arch/walk.hpp"

namespace mmu {

/// What the page-table entries beside a leaf, in the same cache line, map: pages [0, 16) of the
/// naturally aligned group of 16 that the leaf's page lies in, all of its size.
struct NeighbourPages {
  static constexpr unsigned kMost = 16;
  std::array<Translation, kMost> pages;
  std::uint16_t usable = 0;  ///< bit i: pages[i] is valid, accessed and may be entered

  bool has(unsigned i) const { return (usable >> i & 1) != 0; }
  void drop(unsigned i) { usable = static_cast<std::uint16_t>(usable & ~(1U << i)); }
  /// The address of page i of the group of the 2^shift-byte page that holds `va`.
  static VirtAddr address(VirtAddr va, unsigned shift, unsigned i) {
    return va.aligned_down(shift + 4) + (std::uint64_t{i} << shift);
  }
};

}  // namespace mmu
