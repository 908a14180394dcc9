// Levels of TLB that hold what others hold, or do not. Times as in tlb_timing_test.cpp: a miss of
// everything that is asked in t is answered in t + 45, a hit in the STLB in t + 8, which is known
// in t + 1; with a third level of 20 cycles t + 65, and t + 28 for a hit there, known in t + 8.
#pragma once

#include "hw/arch/errors.hpp"
#include "testbench/support/mmu_test.hpp"

namespace mmu::inclusion {

inline constexpr std::uint64_t kVa = 0x4000'0000;
inline constexpr std::uint64_t kPa = 0x80'0000;
inline constexpr std::uint64_t kPage = 0x1000;

class InclusionTest : public MmuTest {
 protected:
  static TlbParams one_entry(std::uint32_t latency) {
    return {1, 1, latency, 0, 8, Replacement::kLru};
  }
  void map_pages(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) map(kVa + i * kPage, kPa + i * kPage);
  }
  static HeldPage page(std::uint64_t number) {
    Translation to;
    to.page_shift = 12;
    return {VirtAddr(kVa + number * kPage), kAsid, to, 0, {}};
  }
  const TlbStats& dtlb() { return mmu().dtlb().stats(); }
  const TlbStats& stlb() { return mmu().stlb().stats(); }
};

}  // namespace mmu::inclusion
