// Which load the value of a register comes from, so that a trace that names registers tells which
// accesses wait for which.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

namespace mmu::traces {

/// Data accesses have numbers, from 1 on; 0 stands for none. Of several loads that a value comes
/// from, the youngest counts: a trace record can name one only, and the others are older.
class RegisterLoads {
 public:
  /// inc/trace_instruction.h of ChampSim.
  static constexpr std::uint8_t kNone = 0, kStackPointer = 6, kFlags = 25, kInstructionPointer = 26;

  /// The youngest load that a value in these registers comes from.
  std::uint64_t youngest(const std::uint8_t* registers, unsigned count) const {
    std::uint64_t load = 0;
    for (unsigned i = 0; i < count; ++i) load = std::max(load, load_[registers[i]]);
    return load;
  }
  /// These registers get a value that comes from `load`. The stack pointer stays without one: push
  /// and pop move it by a constant, and in a trace it looks as if the value popped did. Nor have
  /// flags and the instruction pointer one: no address is computed from flags, and that code
  /// waits for a branch is not the business of its addresses.
  void write(const std::uint8_t* registers, unsigned count, std::uint64_t load) {
    for (unsigned i = 0; i < count; ++i) {
      const std::uint8_t name = registers[i];
      if (name != kNone && name != kStackPointer && name != kFlags && name != kInstructionPointer) {
        load_[name] = load;
      }
    }
  }

  /// TraceRecord::depends_on of the data access with number `access`; loads too far back to be
  /// named have long come back.
  static std::uint16_t distance(std::uint64_t access, std::uint64_t load) {
    const std::uint64_t back = access - load;
    const bool named = load != 0 && back <= std::numeric_limits<std::uint16_t>::max();
    return named ? static_cast<std::uint16_t>(back) : std::uint16_t{0};
  }

 private:
  std::array<std::uint64_t, 256> load_{};
};

}  // namespace mmu::traces
