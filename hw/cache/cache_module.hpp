#pragma once

#include <deque>
#include <iosfwd>
#include <systemc>
#include <vector>

#include "hw/cache/cache.hpp"
#include "hw/cache/cache_params.hpp"
#include "hw/common/miss_table.hpp"
#include "hw/common/ports.hpp"
#include "hw/link/memory_if.hpp"
#include "hw/link/timeline_module.hpp"

namespace mmu {

/// One cache level, tags and timing only: write-back, write-allocate, answers that are known
/// ahead entered at once. Its cycles are those of docs/timing.md, section 8.
///
///     in[i] ──► look up ──hit──► now, latency_cycles later
///                  │ miss
///                  ▼
///               slots, write-backs ──(turn of `rank`)──► next ──► now or next_reply ──►
///               in_reply[i]
///
/// Requests (of all requesters together) come in nondecreasing order of `at`; else ModelError.
/// A write-back is never refused and gets no reply; its answer may be ignored.
class CacheModule : public sc_core::sc_module, private MemoryReplyIf, private Wakeable {
 public:
  sc_core::sc_vector<sc_core::sc_export<MemoryIf>> in;
  sc_core::sc_vector<sc_core::sc_port<MemoryReplyIf>> in_reply;
  sc_core::sc_port<MemoryIf> next{"next"};
  sc_core::sc_export<MemoryReplyIf> next_reply{"next_reply"};

  /// `name` as in machine files ("l1d"): messages say "cache.<name>.<knob>". `level`: what a hit
  /// here is called. `rank`: the turn in which misses and write-backs are sent to `next`; later
  /// than the turn of no requester that sends write-backs. `requesters`: 1 to 32. `seed`: of random
  /// replacement. Throws ConfigError if `params` cannot be built.
  CacheModule(const sc_core::sc_module_name& name, const CacheParams& params, Served level,
              Rank rank, std::uint32_t requesters, std::uint64_t seed, TimelineModule& timeline);

  /// What was warmed up is not counted.
  void start_counting() { stats_ = {}; }
  const CacheStats& stats() const { return stats_; }

  /// Says what the cache waits for, a line for each thing.
  void explain_stall(std::ostream& out) const;

 private:
  struct Entrance final : MemoryIf {
    Entrance(CacheModule& owner, std::uint32_t index) : cache(owner), number(index) {}
    Cycle hit(Cycle at, PhysAddr address, bool write) override;
    MemoryAnswer access(const MemoryRequest& request) override {
      return cache.serve(number, request);
    }
    void warm(PhysAddr address, MemoryOp op) override { cache.warm(address, op); }
    CacheModule& cache;
    std::uint32_t number;
  };
  struct Waiter {
    std::uint32_t requester;
    std::uint32_t id;
  };
  struct Slot {
    bool pte;    // of the request that took it
    bool dirty;  // a write waits for the line
  };
  struct Miss {
    Cycle due;
    std::uint32_t slot;
  };
  struct WriteBack {
    Cycle due;
    std::uint64_t line;
  };

  [[gnu::noinline]] Cycle hit(Cycle at, std::uint64_t line, bool write);
  /// What both forms of hit() do with the line; 0 if it is not there in time.
  template <class Mark>
  Cycle take_hit(Cycle at, bool write, CacheLine* found, Mark mark);
  MemoryAnswer serve(std::uint32_t requester, const MemoryRequest& request);
  MemoryAnswer miss(std::uint32_t requester, const MemoryRequest& request, std::uint64_t line);
  void warm(PhysAddr address, MemoryOp op);
  MemoryAnswer take_back(std::uint64_t line, Cycle at);

  void accessed(std::uint32_t slot, Cycle at, Served from) override;
  void memory_room(Cycle at) override;

  void wake() override;  // the cache's turn: sends what is due
  bool send_misses();    // false: one was refused
  void send_write_backs();
  bool refused_by_next(const MemoryAnswer& answer);
  void give_up(const std::optional<Victim>& victim);
  void signal_room(Cycle at);
  [[noreturn]] void out_of_order(Cycle at) const;

  Cycle latency_;
  Served level_;
  Rank rank_;
  TimelineModule& timeline_;
  Cache cache_;
  Ports ports_;
  MissTable<Waiter> misses_;
  std::vector<Slot> slots_;
  std::deque<Miss> unsent_;            // in the order of the look-ups, hence of `due`
  std::deque<WriteBack> write_backs_;  // oldest first
  std::deque<Entrance> entrances_;
  std::uint32_t refused_ = 0;  // bit i: requester i waits for a slot
  bool blocked_ = false;       // next has refused what is asked first
  Cycle last_at_ = 0;
  CacheStats stats_;
};

}  // namespace mmu
