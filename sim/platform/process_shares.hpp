// What each of several processes has had of the core.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/cpu/cpu_stats.hpp"
#include "hw/link/cycle.hpp"

namespace mmu {

struct ProcessShare {
  std::uint64_t turns = 0;  ///< in which it has had the core
  std::uint64_t instructions = 0, accesses = 0;
  std::uint64_t cycles = 0;               ///< from one switch to the next, its traps included
  std::uint64_t instructions_before = 0;  ///< outside of time, skipped or of the warm-up
};

class ProcessShares {
 public:
  /// Process 0 has the core first.
  explicit ProcessShares(std::size_t processes) : shares_(processes) { shares_[0].turns = 1; }

  /// `next` gets the core; so much has been counted.
  void switched(std::size_t next, const CpuStats& counted);
  /// The trap in which `next` got it.
  void trapped(std::size_t next, Cycle from, Cycle until);
  /// What has been counted so far was outside of time; counting begins anew.
  void start_part(const CpuStats& counted);

  /// At the end of the run, in cycle `end`.
  std::vector<ProcessShare> result(const CpuStats& counted, Cycle end) const;
  Cycle switch_cycles() const { return switch_cycles_; }

 private:
  void book(const CpuStats& counted);

  std::vector<ProcessShare> shares_;
  std::size_t running_ = 0;                        // as the stream has it
  std::uint64_t instructions_ = 0, accesses_ = 0;  // counted when it got the core
  std::size_t on_core_ = 0;                        // as the core has it
  Cycle since_ = 0;
  Cycle switch_cycles_ = 0;
};

}  // namespace mmu
