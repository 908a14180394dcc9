#include "hw/cache/cache_module.hpp"

#include <ostream>
#include <string>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

std::uint32_t checked_slots(const std::string& what, std::uint32_t slots) {
  if (slots == 0) throw ConfigError(what + ".miss_slots must be at least 1");
  return slots;
}

}  // namespace

CacheModule::CacheModule(const sc_core::sc_module_name& name, const CacheParams& params,
                         Served level, Rank rank, std::uint32_t requesters, std::uint64_t seed,
                         TimelineModule& timeline)
    : sc_module(name),
      in("in", requesters),
      in_reply("in_reply", requesters),
      latency_(params.latency_cycles),
      level_(level),
      rank_(rank),
      timeline_(timeline),
      cache_("cache." + std::string(basename()), params, seed),
      ports_(params.lookups_per_cycle),
      misses_(checked_slots("cache." + std::string(basename()), params.miss_slots)),
      slots_(params.miss_slots) {
  if (requesters == 0 || requesters > 32) {
    throw ModelError(std::string(this->name()) + ": 1 to 32 requesters are possible");
  }
  for (std::uint32_t i = 0; i < requesters; ++i) in[i].bind(entrances_.emplace_back(*this, i));
  next_reply.bind(*this);
  timeline.enrol(rank, *this);
}

// What needs no search and no call comes first, so that it needs no registers saved either.
Cycle CacheModule::Entrance::hit(Cycle at, PhysAddr address, bool write) {
  const std::uint64_t line = cache.cache_.line_of(address);
  CacheLine* const found = cache.cache_.peek_recent(line);
  if (found == nullptr || at < cache.last_at_) return cache.hit(at, line, write);
  return cache.take_hit(at, write, found, [this, found] { cache.cache_.stamp(found); });
}

Cycle CacheModule::hit(Cycle at, std::uint64_t line, bool write) {
  if (at < last_at_) out_of_order(at);
  CacheLine* const found = cache_.peek(line);
  if (found == nullptr) return 0;
  return take_hit(at, write, found, [this, found] { cache_.mark_used(found); });
}

// Inlined into both: a call would cost as much as what it does.
template <class Mark>
[[gnu::always_inline]] inline Cycle CacheModule::take_hit(Cycle at, bool write, CacheLine* found,
                                                          Mark mark) {
  const Cycle port = ports_.next(at);
  const Cycle there = port + latency_;
  if (found->ready_at() > there) return 0;
  last_at_ = at;
  ports_.use(port);
  mark();
  if (write) found->make_dirty();
  ++stats_.accesses;
  ++stats_.hits;
  return there;
}

MemoryAnswer CacheModule::serve(std::uint32_t requester, const MemoryRequest& request) {
  if (request.at < last_at_) out_of_order(request.at);
  last_at_ = request.at;
  const std::uint64_t line = cache_.line_of(request.address);
  if (request.op == MemoryOp::kWriteback) return take_back(line, request.at);

  const CacheLine* found = cache_.look_up(line, request.op == MemoryOp::kWrite);
  if (found == nullptr) return miss(requester, request, line);

  const Cycle there = ports_.take(request.at) + latency_;
  ++stats_.accesses;
  stats_.pte_accesses += request.pte;
  if (found->ready_at() <= there) {
    ++stats_.hits;
    stats_.pte_hits += request.pte;
    return MemoryAnswer::now(there, level_);
  }
  ++stats_.misses;
  ++stats_.merged;
  stats_.pte_misses += request.pte;
  stats_.pte_merged += request.pte;
  return MemoryAnswer::now(found->ready_at(), found->from());
}

MemoryAnswer CacheModule::miss(std::uint32_t requester, const MemoryRequest& request,
                               std::uint64_t line) {
  const bool write = request.op == MemoryOp::kWrite;
  std::uint32_t slot = misses_.find(line);
  const bool merges = slot != misses_.kNone;

  // (1) A slot, or nothing has happened. Asking again helps once one is known to be free.
  if (!merges) {
    slot = misses_.take(line, request.at);
    if (slot == misses_.kNone) {
      ++stats_.refused;
      refused_ |= 1u << requester;
      return MemoryAnswer::refused(misses_.first_free_after(request.at));
    }
    refused_ &= ~(1u << requester);
    slots_[slot] = {request.pte, false};
  }

  // (2) The first for the line goes on to the next level, the others wait with it.
  const Cycle leaves = ports_.take(request.at) + latency_;
  if (!merges) {
    unsent_.push_back({leaves, slot});
    timeline_.post(leaves, rank_);
  }
  slots_[slot].dirty |= write;
  misses_.wait(slot, {requester, request.id});

  ++stats_.accesses;
  ++stats_.misses;
  stats_.merged += merges;
  stats_.pte_accesses += request.pte;
  stats_.pte_misses += request.pte;
  stats_.pte_merged += request.pte && merges;
  return MemoryAnswer::later();
}

MemoryAnswer CacheModule::take_back(std::uint64_t line, Cycle at) {
  const Cycle there = ports_.take(at) + latency_;
  ++stats_.writebacks_in;
  if (cache_.look_up(line, true) != nullptr) return MemoryAnswer::now(there, level_);
  if (const std::uint32_t slot = misses_.find(line); slot != misses_.kNone) {
    slots_[slot].dirty = true;
  } else {
    give_up(cache_.enter(line, {there, level_, true}));
    // Who was refused this very line would hit now. In the next cycle: senders of write-backs are
    // the last of the requesters in a cycle (and send none when they were refused).
    signal_room(timeline_.now() + 1);
  }
  return MemoryAnswer::now(there, level_);
}

// A victim leaves when the line that displaces it has come.
void CacheModule::warm(PhysAddr address, MemoryOp op) {
  const std::uint64_t line = cache_.line_of(address);
  if (cache_.look_up(line, op != MemoryOp::kRead) != nullptr) return;
  if (op != MemoryOp::kWriteback) next->warm(cache_.address_of(line), MemoryOp::kRead);
  const auto victim = cache_.enter(line, {0, level_, op != MemoryOp::kRead});
  if (victim && victim->dirty) next->warm(cache_.address_of(victim->line), MemoryOp::kWriteback);
}

void CacheModule::wake() {
  blocked_ = false;
  if (send_misses()) send_write_backs();
}

bool CacheModule::send_misses() {
  const Cycle now = timeline_.now();
  while (!unsent_.empty() && unsent_.front().due <= now) {
    const std::uint32_t slot = unsent_.front().slot;
    const PhysAddr address = cache_.address_of(misses_.key(slot));
    const MemoryAnswer answer =
        next->access({now, slot, MemoryOp::kRead, slots_[slot].pte, address});
    if (refused_by_next(answer)) return false;
    unsent_.pop_front();
    if (answer.is_now()) accessed(slot, answer.at(), answer.from());
  }
  return true;
}

void CacheModule::send_write_backs() {
  const Cycle now = timeline_.now();
  while (!write_backs_.empty() && write_backs_.front().due <= now) {
    const PhysAddr address = cache_.address_of(write_backs_.front().line);
    if (refused_by_next(next->access({now, 0, MemoryOp::kWriteback, false, address}))) return;
    write_backs_.pop_front();
    ++stats_.writebacks_out;
  }
}

bool CacheModule::refused_by_next(const MemoryAnswer& answer) {
  if (!answer.is_refused()) return false;
  blocked_ = true;
  if (answer.retry_at() != kNever) timeline_.post(answer.retry_at(), rank_);
  return true;
}

void CacheModule::memory_room(Cycle at) {
  if (blocked_) timeline_.post(at, rank_);
}

void CacheModule::accessed(std::uint32_t slot, Cycle at, Served from) {
  if (slot >= misses_.slots() || !misses_.is_waiting(slot) || at < timeline_.now()) {
    throw ModelError(std::string(name()) + ": a reply in cycle " + std::to_string(timeline_.now()) +
                     " for slot " + std::to_string(slot) + ", cycle " + std::to_string(at) +
                     ", that nobody waits for");
  }
  misses_.known(slot, at);
  give_up(cache_.fill(misses_.key(slot), {at, from, slots_[slot].dirty}));
  auto& waiters = misses_.waiters(slot);
  for (const Waiter& waiter : waiters) in_reply[waiter.requester]->accessed(waiter.id, at, from);
  waiters.clear();
  signal_room(at + 1);
}

void CacheModule::give_up(const std::optional<Victim>& victim) {
  if (!victim) return;
  ++stats_.evictions;
  if (!victim->dirty) return;
  const Cycle due = timeline_.now() + 1;
  write_backs_.push_back({due, victim->line});
  timeline_.post(due, rank_);
}

// Those who were refused stay remembered until one of their requests gets a slot: an earlier
// cycle may still become known.
void CacheModule::signal_room(Cycle at) {
  for (std::uint32_t waiting = refused_; waiting != 0; waiting &= waiting - 1) {
    in_reply[static_cast<std::size_t>(__builtin_ctz(waiting))]->memory_room(at);
  }
}

void CacheModule::out_of_order(Cycle at) const {
  throw ModelError(std::string(name()) + ": a request for cycle " + std::to_string(at) +
                   " after one for cycle " + std::to_string(last_at_));
}

void CacheModule::explain_stall(std::ostream& out) const {
  const char* state = blocked_ ? ", refused by the next level" : "";
  if (misses_.unknown() == 0 && write_backs_.empty()) out << name() << ": waits for nothing\n";
  for (std::uint32_t slot = 0; slot < misses_.slots(); ++slot) {
    if (!misses_.is_waiting(slot)) continue;
    bool sent = true;
    for (const Miss& miss : unsent_) sent = sent && miss.slot != slot;
    out << name() << ": slot " << slot << " waits for address 0x" << std::hex
        << cache_.address_of(misses_.key(slot)).value() << std::dec << " with "
        << misses_.waiters(slot).size() << " waiters, " << (sent ? "sent" : "not sent")
        << (sent ? "" : state) << '\n';
  }
  if (!write_backs_.empty()) {
    out << name() << ": " << write_backs_.size() << " write-backs not sent" << state << '\n';
  }
  if (refused_ != 0) out << name() << ": has refused requesters (bits " << refused_ << ")\n";
}

}  // namespace mmu
