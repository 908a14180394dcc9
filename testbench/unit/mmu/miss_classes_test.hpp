// A twin of two entries, and what a test does to it.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "hw/mmu/miss_classes.hpp"

namespace mmu {

inline constexpr std::uint64_t kPage = 4096, kLarge = 2 << 20, kHuge = 1 << 30;

class MissClassesTest : public ::testing::Test {
 protected:
  explicit MissClassesTest(SectorShape sectors = {}) : classes(2, sectors) {}
  static Translation page(unsigned shift = 12, bool global = false) {
    Translation to;
    to.page_shift = shift;
    to.global = global;
    return to;
  }
  void miss(std::uint64_t va, Asid asid = 1, MissKind kind = MissKind::kSent) {
    TranslateRequest request;
    request.va = VirtAddr(va);
    request.asid = asid;
    request.replay = replay;
    classes.missed(request, kind);
  }
  /// A miss that is sent and answered.
  void fill(std::uint64_t va, Asid asid = 1, const Translation& to = page()) {
    miss(va, asid);
    classes.entered(asid, VirtAddr(va), to);
  }
  void hit(std::uint64_t va, Asid asid = 1, const Translation& to = page()) {
    classes.used(asid, VirtAddr(va), to);
  }
  /// Cold, capacity, conflict, fence.
  std::vector<std::uint64_t> counts() const {
    const MissClassStats& s = classes.stats();
    return {s.cold, s.capacity, s.conflict, s.fence};
  }
  using Counts = std::vector<std::uint64_t>;

  MissClasses classes;
  bool replay = false;
};

}  // namespace mmu
