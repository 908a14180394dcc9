// The memory below the walkers: random latencies and refusals; and a copy of every store.
#pragma once

#include <deque>
#include <map>
#include <stdexcept>

#include "hw/common/sparse_memory.hpp"
#include "hw/link/memory_if.hpp"
#include "hw/link/timeline_module.hpp"
#include "testbench/fuzz/history.hpp"
#include "testbench/fuzz/play.hpp"
#include "testbench/support/random_source.hpp"

namespace mmu::fuzz {

/// What a sequence is found guilty of.
class Guilty : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Bytes with a history. A store made while an update of a walker is being accepted is hardware's
/// and checked; others are software's.
class WatchedMemory : public PhysicalMemory {
 public:
  WatchedMemory(const Paging& paging, History& history, Plant plant)
      : paging_(paging), history_(history), plant_(plant) {}

  std::uint64_t size_bytes() const override { return bytes_.size_bytes(); }
  unsigned entry_bytes() const { return paging_.pte_bytes; }
  std::uint64_t load(PhysAddr address, unsigned bytes) const override;
  void store(PhysAddr address, unsigned bytes, std::uint64_t value) override;

  /// Walker `id` has read the entry, or has its update of it accepted.
  void read_by(std::uint32_t id, PhysAddr entry);
  void update_by(std::uint32_t id, PhysAddr entry);
  /// From here on stores are software's again. Throws Guilty if an accepted update that was to
  /// succeed has stored nothing.
  void hardware_is_done();

  /// Asked of each update: may D be set in this entry now?
  std::function<bool(PhysAddr entry, bool sets_dirty)> may_update;

 private:
  struct Read {
    PhysAddr entry;
    std::uint64_t value = 0;
  };
  const Paging& paging_;
  History& history_;
  Plant plant_;
  SparseMemory bytes_{std::uint64_t{1} << 24};
  std::map<std::uint32_t, Read> reads_;  // last one by walker
  const Read* update_ = nullptr;
  bool update_is_due_ = false;
};

class MemoryAgent : public MemoryIf, public Wakeable {
 public:
  MemoryAgent(const Sequence& sequence, WatchedMemory& bytes, TimelineModule& timeline,
              Plant plant);

  MemoryAnswer access(const MemoryRequest& request) override;
  void shared(const MemoryRequest& request) override;
  void reply_to(MemoryReplyIf& walkers) { walkers_ = &walkers; }

 private:
  struct Due {
    std::uint32_t id = 0;
    bool room = false;
    Cycle there = 0;
  };
  void wake() override;
  void check(const MemoryRequest& request) const;

  const Sequence& sequence_;
  WatchedMemory& bytes_;
  TimelineModule& timeline_;
  Plant plant_;
  test::RandomSource random_;
  MemoryReplyIf* walkers_ = nullptr;
  std::multimap<Cycle, Due> due_;
  std::uint64_t accesses_ = 0;
};

}  // namespace mmu::fuzz
