// The accesses that took longest, each with where its cycles went.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "hw/cpu/window.hpp"

namespace mmu {

struct SlowAccess {
  std::uint64_t number = 0;  ///< in program order, from 0
  std::uint64_t pc = 0;      ///< AccessStream::kNoPc: not known
  VirtAddr va;
  PhysAddr pa;
  AccessKind kind = AccessKind::kLoad;
  Cycle issued = 0, complete = 0, retired = 0;
  Story story;  ///< from `issued` to `complete`

  Cycle cycles() const { return complete - issued; }
};

/// Keeps the `most` slowest of what it is shown; of equally slow ones those that came first.
class Slowest {
 public:
  explicit Slowest(std::size_t most) : most_(most) {}
  bool wants(const WindowSlot& slot) const {
    return most_ != 0 &&
           (kept_.size() < most_ || slot.complete - slot.issued > kept_.front().cycles());
  }
  /// Requires wants(slot).
  void add(const WindowSlot& slot, std::uint64_t pc);
  /// The slowest first.
  std::vector<SlowAccess> sorted() const;

 private:
  std::size_t most_;
  std::vector<SlowAccess> kept_;  // a heap: the one to give up is in front
};

}  // namespace mmu
