#pragma once

#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "hw/dram/dram_timing.hpp"
#include "hw/dram/main_memory_module.hpp"
#include "hw/link/timeline_module.hpp"

namespace mmu {

/// Banks with queues of their own and one data bus a channel; docs/timing.md, section 9.
///
///     in ──► idle bank ──► now
///        └─► queue of the bank ──(turn of Rank::kDram)──► in_reply
///
/// A bank serves what hits its open row first, then what is oldest (FR-FCFS).
class DramModule final : public MainMemoryModule, private MemoryIf, private Wakeable {
 public:
  /// `line_bytes`: of the caches, a power of two. Throws ConfigError if `params` cannot be built.
  DramModule(const sc_core::sc_module_name& name, const DramParams& params,
             std::uint64_t core_period_ps, std::uint32_t line_bytes, TimelineModule& timeline);

  DramStats stats() const override { return stats_; }
  void explain_stall(std::ostream& out) const override;

 private:
  struct Request {
    DramPlace place;
    std::uint32_t id;
    MemoryOp op;
  };
  struct Channel {
    std::uint32_t waiting = 0;
    bool refused = false;  // somebody waits for a place in the queue
  };
  using Appointment = std::pair<Cycle, std::uint32_t>;  // a bank with a queue becomes free

  MemoryAnswer access(const MemoryRequest& request) override;
  void warm(PhysAddr address, MemoryOp op) override;
  MemoryAnswer refuse(const DramPlace& place);
  void wake() override;  // serves one request of each bank that has become free
  void serve_next(std::uint32_t bank);
  Cycle serve(const Request& request);
  void appoint(std::uint32_t bank);

  std::uint32_t queue_entries_;
  TimelineModule& timeline_;
  DramClock clock_;
  DramMap map_;
  DramTiming timing_;
  std::vector<std::vector<Request>> queues_;  // of each bank
  std::vector<Channel> channels_;
  // Of each bank with a queue, the cycle in which it can serve; banks of a cycle in their order.
  std::priority_queue<Appointment, std::vector<Appointment>, std::greater<>> free_;
  DramStats stats_;
};

}  // namespace mmu
