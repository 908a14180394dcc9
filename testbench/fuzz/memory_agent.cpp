#include "testbench/fuzz/memory_agent.hpp"

#include "testbench/fuzz/software.hpp"

namespace mmu::fuzz {

std::uint64_t WatchedMemory::load(PhysAddr address, unsigned bytes) const {
  if (plant_ == Plant::kComparesOldValue && update_ != nullptr) return update_->value;
  return bytes_.load(address, bytes);
}

void WatchedMemory::store(PhysAddr address, unsigned bytes, std::uint64_t value) {
  if (update_ != nullptr) {
    const std::uint64_t before = bytes_.load(address, bytes);
    const std::uint64_t accessed = std::uint64_t{1} << paging_.accessed_bit;
    const std::uint64_t dirty = paging_.dirty_bit == 0 ? 0 : std::uint64_t{1} << paging_.dirty_bit;
    const std::uint64_t added = value & ~before;
    if (address != update_->entry) throw Guilty("an update of another entry than was read");
    if (before != update_->value) throw Guilty("an update of an entry that has changed since");
    if ((before & ~value) != 0 || added == 0 || (added & ~(accessed | dirty)) != 0) {
      throw Guilty("an update of more than A and D, or one that clears");
    }
    if ((value & accessed) == 0) throw Guilty("an update that sets D without A");
    if (!may_update(address, (added & dirty) != 0)) {
      throw Guilty("an update of A or D that no access is allowed");
    }
    update_is_due_ = false;
  }
  bytes_.store(address, bytes, value);
  history_.stored(address, value);
}

void WatchedMemory::read_by(std::uint32_t id, PhysAddr entry) {
  reads_[id] = {entry, bytes_.load(entry, paging_.pte_bytes)};
}

void WatchedMemory::update_by(std::uint32_t id, PhysAddr entry) {
  update_ = &reads_[id];
  if (update_->entry != entry) throw Guilty("an update of an entry that was not read last");
  update_is_due_ = bytes_.load(entry, paging_.pte_bytes) == update_->value;
}

void WatchedMemory::hardware_is_done() {
  update_ = nullptr;
  if (update_is_due_) throw Guilty("an update was accepted, the entry is as read, and no store");
}

MemoryAgent::MemoryAgent(const Sequence& sequence, WatchedMemory& bytes, TimelineModule& timeline,
                         Plant plant)
    : sequence_(sequence),
      bytes_(bytes),
      timeline_(timeline),
      plant_(plant),
      random_(sequence.seed ^ 0x9E37'79B9'7F4A'7C15) {
  timeline.enrol(Rank::kDram, *this);
}

void MemoryAgent::check(const MemoryRequest& request) const {
  const std::uint64_t at = request.address.value();
  if (!request.pte || at % bytes_.entry_bytes() != 0 || at < kTablesBegin || at >= kTablesEnd) {
    throw Guilty("a walker reads outside of the page tables");
  }
  if (request.at != timeline_.now()) throw Guilty("a walker asks memory for another cycle");
}

MemoryAnswer MemoryAgent::access(const MemoryRequest& request) {
  check(request);
  bytes_.hardware_is_done();
  const Cycle now = timeline_.now();
  if (random_.chance(sequence_.refusals)) {
    const Cycle again = now + random_.number(1, 6);
    if (random_.chance(50)) return MemoryAnswer::refused(again);
    due_.insert({again, {request.id, true, again}});
    timeline_.post(again, Rank::kDram);
    return MemoryAnswer::refused(kNever);
  }
  if (request.op == MemoryOp::kWrite) {
    bytes_.update_by(request.id, request.address);
  } else {
    bytes_.read_by(request.id, request.address);
  }
  timeline_.post(now + 1, Rank::kDram);  // the walker's load and store come before it
  const bool lost = plant_ == Plant::kLosesAReply && ++accesses_ == 7;
  if (lost) return MemoryAnswer::later();
  const Cycle there = now + random_.number(1, sequence_.slowest_read);
  if (!random_.chance(sequence_.later)) return MemoryAnswer::now(there, Served::kMemory);
  const Cycle told = random_.between(now + 1, there);
  due_.insert({told, {request.id, false, there}});
  timeline_.post(told, Rank::kDram);
  return MemoryAnswer::later();
}

void MemoryAgent::shared(const MemoryRequest& request) {
  check(request);
  bytes_.hardware_is_done();
  bytes_.read_by(request.id, request.address);
}

void MemoryAgent::wake() {
  bytes_.hardware_is_done();
  while (!due_.empty() && due_.begin()->first <= timeline_.now()) {
    const Due due = due_.begin()->second;
    due_.erase(due_.begin());
    if (due.room) {
      walkers_->memory_room(due.there);
    } else {
      walkers_->accessed(due.id, due.there, Served::kMemory);
    }
  }
}

}  // namespace mmu::fuzz
