#include "sim/platform/process_shares.hpp"

namespace mmu {

void ProcessShares::book(const CpuStats& counted) {
  shares_[running_].instructions += counted.instructions - instructions_;
  shares_[running_].accesses += counted.accesses - accesses_;
  instructions_ = counted.instructions;
  accesses_ = counted.accesses;
}

void ProcessShares::switched(std::size_t next, const CpuStats& counted) {
  book(counted);
  running_ = next;
  ++shares_.at(next).turns;
}

void ProcessShares::trapped(std::size_t next, Cycle from, Cycle until) {
  shares_[on_core_].cycles += from - since_;
  switch_cycles_ += until - from;
  on_core_ = next;
  since_ = until;
}

void ProcessShares::start_part(const CpuStats& counted) {
  book(counted);
  for (ProcessShare& share : shares_) {
    const std::uint64_t before = share.instructions_before + share.instructions;
    share = {};
    share.instructions_before = before;
  }
  shares_[running_].turns = 1;
  instructions_ = accesses_ = 0;
  on_core_ = running_;
}

std::vector<ProcessShare> ProcessShares::result(const CpuStats& counted, Cycle end) const {
  ProcessShares ended = *this;
  ended.book(counted);
  if (end > since_) ended.shares_[on_core_].cycles += end - since_;
  return ended.shares_;
}

}  // namespace mmu
