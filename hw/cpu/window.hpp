// The accesses that have issued and not retired.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/arch/walk.hpp"
#include "hw/cpu/access_stream.hpp"
#include "hw/link/story.hpp"

namespace mmu {

/// One access under way.
struct alignas(64) WindowSlot {
  enum class State : std::uint8_t {
    kWaiting,   ///< to start: for data, to be the oldest, or to ask again
    kAsked,     ///< translation under way
    kInMemory,  ///< translated; data asked for, or waiting to be
    kComplete,  ///< the cycle of its data is known
    kFaulted,
  };
  enum class Wait : std::uint8_t { kData, kOldest, kAgain, kFence };

  // What a hit touches, in one line of the host's caches.
  std::uint64_t number = 0;  ///< of the access that the slot holds
  Cycle issued = 0;          ///< first issue
  Cycle translated = 0;      ///< the cycle of its physical address
  Cycle complete = 0;        ///< the cycle of its data
  Cycle retired = 0;
  VirtAddr va;
  std::uint32_t instructions = 0;  ///< that issue with it
  std::uint32_t producer = 0;      ///< as StreamAccess::producer
  AccessKind kind = AccessKind::kLoad;
  State state = State::kWaiting;
  Served from = Served::kL1;
  Wait wait = Wait::kData;
  bool asked = false;           ///< its TLB has accepted it at least once
  bool under_way = false;       ///< asked since its issue, and no completion or fault known
  bool has_dependents = false;  ///< another access waits for its data

  PhysAddr pa;
  Cycle not_before = 0;  ///< kWaiting
  Fault fault;           ///< kFaulted
  /// Where its cycles went so far; empty while all of [issued, translated) is one TLB look-up.
  Story story;

  /// Takes what the stream offers, for its first issue.
  void hold(std::uint64_t access_number, const StreamAccess& access) {
    number = access_number;
    va = access.va;
    instructions = access.instructions;
    producer = access.producer;
    kind = access.kind;
    wait = Wait::kAgain;
    asked = under_way = has_dependents = false;
    story.clear();
  }

  Cycle story_end() const { return story.empty() ? issued : story.back().end; }
};

/// The port, TLB and L1 that an access uses: 0 for fetches, 1 for data.
constexpr std::size_t side_of(AccessKind kind) { return kind == AccessKind::kFetch ? 0 : 1; }

/// What the cycles of a wait to start are charged to.
inline Part part_of(WindowSlot::Wait wait) {
  switch (wait) {
    case WindowSlot::Wait::kData:
      return Part::kDependence;
    case WindowSlot::Wait::kOldest:
      return Part::kAdUpdate;
    case WindowSlot::Wait::kFence:
      return Part::kFence;
    case WindowSlot::Wait::kAgain:
      break;
  }
  return Part::kL1Tlb;
}

/// Slots by the access's number; the last `size` numbers are held.
class Window {
 public:
  explicit Window(std::uint32_t size) : size_(size) {
    std::size_t slots = 1;
    while (slots < size) slots *= 2;
    slots_.resize(slots);
    mask_ = slots - 1;
  }
  WindowSlot& operator[](std::uint64_t number) { return slots_[number & mask_]; }
  const WindowSlot& operator[](std::uint64_t number) const { return slots_[number & mask_]; }
  std::uint32_t size() const { return size_; }
  std::uint32_t index(std::uint64_t number) const {
    return static_cast<std::uint32_t>(number & mask_);
  }
  /// The number, at or after `oldest`, that slot `index` holds.
  std::uint64_t number(std::uint32_t index, std::uint64_t oldest) const {
    return oldest + ((index - oldest) & mask_);
  }

 private:
  std::uint32_t size_;
  std::uint64_t mask_;
  std::vector<WindowSlot> slots_;
};

}  // namespace mmu
