// Section 8 of docs/timing.md.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "hw/cache/cache_params.hpp"
#include "hw/common/set_assoc.hpp"
#include "testbench/reference/memory.hpp"
#include "testbench/reference/port.hpp"

namespace mmu::reference {

class Cache final : public Memory {
 public:
  /// `now`: the cycle that the machine is in.
  Cache(const std::string& name, const CacheParams& params, std::uint64_t seed, Served place,
        Memory& next, const Cycle& now);

  MemoryAnswer access(const MemoryRequest& request, MemoryReply reply) override;
  void cycle(Cycle t);  ///< turns 2, 3, 7, 8: what it sends to the next level
  bool idle() const { return misses_.empty() && writebacks_.empty(); }

  CacheStats stats;

 private:
  struct Line {
    bool dirty = false;
    Cycle ready_at = 0;
    Served from = Served::kL1;  ///< where the fill came from
  };
  struct Slot {
    bool waits = false;  ///< its answer is unknown
    Cycle until = 0;     ///< in use up to here, once it is known
    std::uint64_t line = 0;
    bool dirty = false, pte = false;
    std::vector<MemoryReply> waiters;
  };
  struct Miss {
    Cycle due;
    std::size_t slot;
  };
  struct Writeback {
    Cycle due;
    std::uint64_t line;
  };

  void receive_writeback(std::uint64_t line, Cycle at);
  Slot* waiting_for(std::uint64_t line);
  Slot* free_slot(Cycle at);
  void answer(Slot& slot, Cycle f, Served from);
  void enter(std::uint64_t line, const Line& value);
  void count(const MemoryRequest& request, std::uint64_t CacheStats::*what,
             std::uint64_t CacheStats::*pte_what);

  CacheParams params_;
  Served place_;
  Memory& next_;
  const Cycle& now_;
  Port port_;
  SetAssoc<Line> lines_;
  std::vector<Slot> slots_;
  std::deque<Miss> misses_;  ///< in the order of their look-ups
  std::deque<Writeback> writebacks_;
};

}  // namespace mmu::reference
