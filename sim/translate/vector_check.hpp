// What a model made of a vector, and how it differs from what the vector says.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/translate/vector_memory.hpp"

namespace mmu {

struct Observation {
  std::optional<Translation> to;  ///< allowed to the access; else `fault`
  Fault fault;
  std::vector<std::uint64_t> reads;  ///< addresses of entries, in order
  std::vector<std::pair<std::uint64_t, std::uint64_t>> writes;
  bool data_in_ram = true;  ///< the access itself would be answered
};

/// Every field that the vector has and that differs: "pa is 0x1000, expected 0x2000"; empty if
/// none. `walked`: reads and writes are those of one walk without a cache, and compared too.
std::string difference(const Vector& vector, const Observation& seen, bool walked);

/// The vector through the walk automaton (hw/arch/walk.hpp) alone, which has no caches and no time;
/// with another access than its own if wanted.
Observation walk_vector(const Vector& vector, VectorMemory& memory, VirtAddr va, AccessKind access);

}  // namespace mmu
