// A request for a line, as one call: who has it answers now, later or not at all.
#pragma once

#include <cstdint>
#include <functional>

#include "hw/link/cycle.hpp"
#include "hw/link/story.hpp"

namespace mmu::reference {

enum class MemoryOp : std::uint8_t { kRead, kWrite, kWriteback };

struct MemoryRequest {
  Cycle at = 0;
  MemoryOp op = MemoryOp::kRead;
  bool pte = false;
  std::uint64_t address = 0;  ///< physical, bytes
};

struct MemoryAnswer {
  enum class Kind : std::uint8_t { kNow, kLater, kRefused };
  Kind kind = Kind::kRefused;
  Cycle at = 0;  ///< kNow: data is there
  Served from = Served::kL1;
};

/// Called once for a request answered later: cycle and place of the data.
using MemoryReply = std::function<void(Cycle, Served)>;

class Memory {
 public:
  virtual ~Memory() = default;
  virtual MemoryAnswer access(const MemoryRequest& request, MemoryReply reply) = 0;
};

}  // namespace mmu::reference
