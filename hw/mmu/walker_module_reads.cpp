// What walkers ask of memory: reads and updates of entries, within slots, lines shared.
#include <algorithm>
#include <sstream>

#include "hw/common/log.hpp"
#include "hw/mmu/walker_module.hpp"

namespace mmu {

void WalkerModule::offer(std::uint32_t index) {
  Walker& walker = walkers_[index];
  const bool update = walker.state == State::kOfferUpdate;
  const PhysAddr entry = walker.walk.entry_address();
  if (watch_ != nullptr && !walker.told) tell_offer(index);
  if (!update && share(index)) return;
  if (!has_memory_slot()) return;  // it is offered again in the cycle after the next answer
  const Cycle port = ports_.next(timeline_.now());
  if (port != timeline_.now()) return timeline_.post(port, Rank::kWalk);
  const MemoryAnswer answer =
      memory->access({timeline_.now(), index, update ? MemoryOp::kWrite : MemoryOp::kRead, true,
                      entry, walker.prefetch});
  if (answer.is_refused()) {
    ++stats_.reads_refused;
    if (answer.retry_at() != kNever) timeline_.post(answer.retry_at(), Rank::kWalk);
    return;
  }
  log_message(LogSource::kWalker, LogLevel::kDebug, timeline_.now(), [&] {
    std::ostringstream out;
    out << about(walker) << (update ? "update" : "read") << " of level " << walker.walk.level()
        << " at PA 0x" << std::hex << entry.value();
    return out.str();
  });
  ports_.use(port);
  ++(update ? stats_.updates : stats_.reads);
  walker.reader = index;
  walker.state = update ? State::kUpdating : State::kReading;
  walker.due = kNever;
  take_value(index);
  if (params_.shared_line_bytes != 0) timeline_.post(timeline_.now() + 1, Rank::kWalk);
  if (answer.is_now()) accessed(index, answer.at(), answer.from());
}

/// What memory holds in the cycle in which a read or update is accepted.
void WalkerModule::take_value(std::uint32_t index) {
  Walker& walker = walkers_[index];
  const bool update = walker.state == State::kUpdating;
  const PhysAddr entry = walker.walk.entry_address();
  const unsigned bytes = control_.format->pte_bytes;
  count_start(walker);
  walker.error = !bytes_.permits(entry, bytes, update);
  if (!walker.error) {
    if (!update) {
      walker.pte = bytes_.load(entry, bytes);
      if (line_bytes_ != 0) take_line(walker);
    } else {
      walker.update_done = bytes_.load(entry, bytes) == walker.pte;
      if (walker.update_done) bytes_.store(entry, bytes, walker.new_pte);
    }
  }
  if (watch_ == nullptr) return;
  walker.told = false;
  watch_->accepted(index, timeline_.now(),
                   {walker.pte, walker.error, update && !walker.error && !walker.update_done});
}

void WalkerModule::tell_offer(std::uint32_t index) {
  Walker& walker = walkers_[index];
  const bool update = walker.state == State::kOfferUpdate;
  walker.told = true;
  watch_->offered(
      index, timeline_.now(),
      {walker.walk.entry_address(), update, update ? walker.pte : 0, update ? walker.new_pte : 0});
}

/// Its read or update has been accepted and not been answered up to `now`.
bool WalkerModule::is_awaiting(const Walker& walker, Cycle now) {
  if (walker.state == State::kReading || walker.state == State::kUpdating) return true;
  return (walker.state == State::kDecode || walker.state == State::kUpdated) &&
         walker.due - 2 > now;
}

/// True if a read under way brings the line, so that none of its own is needed.
bool WalkerModule::share(std::uint32_t index) {
  if (params_.shared_line_bytes == 0) return false;
  const Cycle now = timeline_.now();
  const auto line = [this](const Walker& walker) {
    return walker.walk.entry_address().value() / params_.shared_line_bytes;
  };
  Walker& walker = walkers_[index];
  const auto other = std::find_if(walkers_.begin(), walkers_.end(), [&](const Walker& reading) {
    return (reading.state == State::kReading || reading.state == State::kDecode) &&
           is_awaiting(reading, now) && line(reading) == line(walker);
  });
  if (other == walkers_.end()) return false;
  memory->shared({now, index, MemoryOp::kRead, true, walker.walk.entry_address(), walker.prefetch});
  ++stats_.reads_shared;
  walker.reader = other->reader;
  walker.state = other->state;
  walker.due = other->due;
  walker.from = other->from;
  take_value(index);
  if (walker.state == State::kDecode) {
    timeline_.post(walker.due, Rank::kWalk);
    if (watch_ != nullptr) watch_->answered(index, walker.due - 2);
  }
  return true;
}

/// A slot is in use up to the cycle in which its data is there.
bool WalkerModule::has_memory_slot() const {
  if (params_.memory_slots == 0) return true;
  std::uint32_t used = 0;
  for (std::uint32_t i = 0; i < walkers_.size(); ++i) {
    const Walker& walker = walkers_[i];
    if (walker.reader == i && is_awaiting(walker, timeline_.now() - 1)) ++used;
  }
  return used < params_.memory_slots;
}

void WalkerModule::accessed(std::uint32_t index, Cycle at, Served from) {
  for (Walker& walker : walkers_) {
    const bool reads = walker.state == State::kReading;
    if ((!reads && walker.state != State::kUpdating) || walker.reader != index) continue;
    walker.state = reads ? State::kDecode : State::kUpdated;
    walker.from = from;
    walker.due = at + 2;
    if (watch_ != nullptr) watch_->answered(number_of(walker), at);
  }
  timeline_.post(at + 2, Rank::kWalk);
  if (params_.memory_slots != 0) timeline_.post(at + 1, Rank::kWalk);
}

// What was refused is offered in each turn in which a walker is woken.
void WalkerModule::memory_room(Cycle at) { timeline_.post(at, Rank::kWalk); }

}  // namespace mmu
