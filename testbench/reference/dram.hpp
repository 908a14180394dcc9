// Section 9 of docs/timing.md.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "hw/dram/dram_params.hpp"
#include "testbench/reference/memory.hpp"

namespace mmu::reference {

class Dram final : public Memory {
 public:
  Dram(const DramParams& params, std::uint32_t core_period_ps, std::uint32_t line_bytes);

  MemoryAnswer access(const MemoryRequest& request, MemoryReply reply) override;
  void cycle(Cycle t);  ///< turn 1
  bool idle() const;    ///< nothing waits

  DramStats stats;

 private:
  struct Request {
    std::uint64_t row;
    MemoryOp op;
    MemoryReply reply;
  };
  struct Bank {
    std::deque<Request> waiting;
    std::uint64_t free_at = 0;  ///< DRAM clock, as all times of a bank
    std::optional<std::uint64_t> open_row;
    std::uint64_t activated = 0;
    std::uint64_t refreshes = 0;  ///< that had happened at its last service
  };
  struct Channel {
    std::vector<Bank> banks;  ///< of rank 0, rank 1 ...
    std::uint64_t bus_free = 0;
    std::uint32_t waiting = 0;
  };
  struct Place {
    std::uint64_t channel, bank, row;
  };

  MemoryAnswer access_fixed(const MemoryRequest& request);
  Place place_of(std::uint64_t address) const;
  std::uint64_t clock_of(Cycle t) const;
  Cycle cycle_of(std::uint64_t clock) const;
  /// Returns the cycle in which the data is there.
  Cycle serve(Channel& channel, Bank& bank, std::uint64_t row, MemoryOp op, std::uint64_t k);

  DramParams params_;
  std::uint64_t period_ps_;
  std::uint64_t line_bytes_;
  std::vector<Channel> channels_;
  std::uint64_t fixed_free_ps_ = 0;
};

}  // namespace mmu::reference
