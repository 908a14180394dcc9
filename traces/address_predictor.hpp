// Guesses the next address of a trace, so that the own format stores only what is surprising.
// Part of the format: docs/trace-format.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "hw/arch/access.hpp"

namespace mmu::traces {

/// A fetch goes on behind the fetch before it. A data access goes on with the stride that
/// accesses of its kind by the same instruction have shown twice in a row.
class AddressPredictor {
 public:
  void reset() { *this = AddressPredictor(); }

  std::uint64_t next_fetch() const { return next_fetch_; }
  void fetched(std::uint64_t address, std::uint16_t bytes) {
    instruction_ = address;
    next_fetch_ = address + bytes;
  }

  class Slot {
   public:
    std::uint64_t next() const { return last_ + stride_; }
    void accessed(std::uint64_t address) {
      const std::uint64_t step = address - last_;
      if (step == step_) stride_ = step;
      step_ = step;
      last_ = address;
    }

   private:
    std::uint64_t last_ = 0;
    std::uint64_t step_ = 0;    // the last difference seen
    std::uint64_t stride_ = 0;  // the last difference seen twice in a row
  };
  /// Of data accesses of `kind` by the instruction last fetched.
  Slot& slot(AccessKind kind) {
    const std::uint64_t key = instruction_ * 4 + static_cast<std::uint64_t>(kind);
    return slots_[(key * kMultiplier) >> (64 - kSlotBits)];
  }

 private:
  static constexpr unsigned kSlotBits = 11;
  static constexpr std::uint64_t kMultiplier = 0x9e3779b97f4a7c15;  // 2^64 / golden ratio

  std::uint64_t next_fetch_ = 0;
  std::uint64_t instruction_ = 0;
  std::array<Slot, std::size_t{1} << kSlotBits> slots_{};
};

}  // namespace mmu::traces
