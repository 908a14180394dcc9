#include "testbench/reference/cache.hpp"

#include <algorithm>
#include <utility>

namespace mmu::reference {

Cache::Cache(const std::string& name, const CacheParams& params, std::uint64_t seed, Served place,
             Memory& next, const Cycle& now)
    : params_(params),
      place_(place),
      next_(next),
      now_(now),
      port_{params.lookups_per_cycle},
      lines_(name, params.size_bytes / params.line_bytes, params.ways, params.replacement, seed),
      slots_(params.miss_slots) {}

void Cache::count(const MemoryRequest& request, std::uint64_t CacheStats::*what,
                  std::uint64_t CacheStats::*pte_what) {
  ++(stats.*what);
  if (request.pte) ++(stats.*pte_what);
}

MemoryAnswer Cache::access(const MemoryRequest& request, MemoryReply reply) {
  using Kind = MemoryAnswer::Kind;
  const std::uint64_t line = request.address / params_.line_bytes;
  if (request.op == MemoryOp::kWriteback) {
    receive_writeback(line, request.at);
    return {Kind::kNow, request.at, place_};
  }
  const bool write = request.op == MemoryOp::kWrite;
  const Cycle p = port_.first(request.at);
  const Cycle there = p + params_.latency_cycles;

  // (1) Present.
  if (Line* found = lines_.find(line, line)) {
    port_.take(p);
    found->dirty = found->dirty || write;
    count(request, &CacheStats::accesses, &CacheStats::pte_accesses);
    if (found->ready_at <= there) {
      count(request, &CacheStats::hits, &CacheStats::pte_hits);
      return {Kind::kNow, there, place_};
    }
    count(request, &CacheStats::misses, &CacheStats::pte_misses);
    count(request, &CacheStats::merged, &CacheStats::pte_merged);
    return {Kind::kNow, found->ready_at, found->from};
  }
  // (2) Asked for already.
  Slot* slot = waiting_for(line);
  const bool merge = slot != nullptr;
  // (3) A miss.
  if (!merge) slot = free_slot(request.at);
  if (slot == nullptr) {
    ++stats.refused;
    return {};
  }
  port_.take(p);
  count(request, &CacheStats::accesses, &CacheStats::pte_accesses);
  count(request, &CacheStats::misses, &CacheStats::pte_misses);
  if (merge) {
    count(request, &CacheStats::merged, &CacheStats::pte_merged);
  } else {
    *slot = Slot{true, 0, line, false, request.pte, {}};
    misses_.push_back({there, static_cast<std::size_t>(slot - slots_.data())});
  }
  slot->dirty = slot->dirty || write;
  slot->waiters.push_back(std::move(reply));
  return {Kind::kLater};
}

void Cache::receive_writeback(std::uint64_t line, Cycle at) {
  ++stats.writebacks_in;
  const Cycle p = port_.first(at);
  port_.take(p);
  if (Line* found = lines_.find(line, line)) {
    found->dirty = true;
  } else if (Slot* slot = waiting_for(line)) {
    slot->dirty = true;
  } else {
    enter(line, {true, p + params_.latency_cycles, place_});
  }
}

Cache::Slot* Cache::waiting_for(std::uint64_t line) {
  const auto slot = std::find_if(slots_.begin(), slots_.end(),
                                 [&](const Slot& s) { return s.waits && s.line == line; });
  return slot == slots_.end() ? nullptr : &*slot;
}

Cache::Slot* Cache::free_slot(Cycle at) {
  const auto slot = std::find_if(slots_.begin(), slots_.end(),
                                 [&](const Slot& s) { return !s.waits && s.until < at; });
  return slot == slots_.end() ? nullptr : &*slot;
}

void Cache::cycle(Cycle t) {
  while (!misses_.empty() && misses_.front().due <= t) {
    Slot& slot = slots_[misses_.front().slot];
    const MemoryRequest request{t, MemoryOp::kRead, slot.pte, slot.line * params_.line_bytes};
    const MemoryAnswer answered =
        next_.access(request, [this, &slot](Cycle f, Served from) { answer(slot, f, from); });
    if (answered.kind == MemoryAnswer::Kind::kRefused) return;
    misses_.pop_front();
    if (answered.kind == MemoryAnswer::Kind::kNow) answer(slot, answered.at, answered.from);
  }
  while (!writebacks_.empty() && writebacks_.front().due <= t) {
    const std::uint64_t address = writebacks_.front().line * params_.line_bytes;
    const MemoryAnswer answered =
        next_.access({t, MemoryOp::kWriteback, false, address}, [](Cycle, Served) {});
    if (answered.kind == MemoryAnswer::Kind::kRefused) return;
    ++stats.writebacks_out;
    writebacks_.pop_front();
  }
}

void Cache::answer(Slot& slot, Cycle f, Served from) {
  slot.waits = false;
  slot.until = f;
  if (Line* present = lines_.peek(slot.line, slot.line)) {
    present->dirty = present->dirty || slot.dirty;
  } else {
    enter(slot.line, {slot.dirty, f, from});
  }
  const std::vector<MemoryReply> waiters = std::move(slot.waiters);
  slot.waiters.clear();
  for (const MemoryReply& reply : waiters) reply(f, from);
}

void Cache::enter(std::uint64_t line, const Line& value) {
  const auto displaced = lines_.insert(line, line, value);
  if (!displaced) return;
  ++stats.evictions;
  if (displaced->value.dirty) writebacks_.push_back({now_ + 1, displaced->key});
}

}  // namespace mmu::reference
