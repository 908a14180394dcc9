#include "testbench/reference/walkers.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "testbench/reference/tlb_array.hpp"

namespace mmu::reference {

Walkers::Walkers(const MmuParams& params, std::uint32_t line_bytes, std::uint64_t seed,
                 const TranslationControl& control, PhysicalMemory& memory, Memory& cache,
                 Done done, StlbSide stlb)
    : prefetches(params.prefetch, *control.format),
      params_(params),
      line_bytes_(line_bytes),
      control_(control),
      memory_(memory),
      cache_(cache),
      done_(std::move(done)),
      stlb_(std::move(stlb)),
      walkers_(params.walker.count),
      pte_cache_("PTE cache", pte_tagged() ? params.walk_cache.shared.entries : 0,
                 pte_tagged() ? params.walk_cache.shared.ways : 0, params.walk_cache.replacement,
                 seed) {
  using Organisation = WalkCacheParams::Organisation;
  const Organisation organisation = params.walk_cache.organisation;
  for (unsigned level = 0; level < control.format->depth; ++level) {
    WalkCacheParams::LevelParams shape;
    if (organisation == Organisation::kSplit && level != 0) {
      shape = params.walk_cache.of_level(level);
    }
    if (organisation == Organisation::kUnified && level == 0) shape = params.walk_cache.shared;
    walk_caches_.emplace_back("walk cache " + std::to_string(level), shape.entries, shape.ways,
                              params.walk_cache.replacement, seed);
  }
}

void Walkers::cycle(Cycle t) {
  sent_ = 0;
  for (Walker& walker : walkers_) act(walker, t);
  for (Walker& walker : walkers_) {
    if (walker.state != State::kFree || walker.due > t) continue;
    const std::size_t chosen = choose(t);
    if (chosen == queue_.size()) break;
    const Request job = queue_[chosen];
    queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(chosen));
    stats.queue_cycles += t - job.arrival;
    accept(walker, job, t);
  }
  give_prefetches(t);
}

/// The place in the queue of the request to be given next; queue_.size(): none has arrived.
std::size_t Walkers::choose(Cycle t) {
  std::size_t best = queue_.size();
  for (std::size_t i = 0; i < queue_.size(); ++i) {
    if (queue_[i].arrival > t) continue;
    const bool first = best == queue_.size();
    switch (params_.walker.order) {
      case WalkerParams::Order::kFifo:
        if (first) best = i;
        break;
      case WalkerParams::Order::kLifo:
        best = i;
        break;
      case WalkerParams::Order::kShortestFirst:
        if (first || reads_expected(queue_[i].request) < reads_expected(queue_[best].request)) {
          best = i;
        }
        break;
    }
  }
  return best;
}

unsigned Walkers::reads_expected(const TranslateRequest& request) {
  const PageTableFormat& format = *control_.format;
  if (pte_tagged()) {
    Walk walk(format, request.va, control_.root);
    for (;;) {
      const std::uint64_t number = walk.entry_address().value() / format.pte_bytes;
      const std::uint64_t* pte = pte_cache_.peek(number, number);
      if (pte == nullptr) return walk.level() + 1;
      walk.consume(*pte);
    }
  }
  for (unsigned level = 1; level < format.depth; ++level) {
    const unsigned lsb = format.levels[level].lsb;
    if (array(level).peek(request.va.value() >> lsb,
                          key_of(request.asid, request.va, lsb, level)) != nullptr) {
      return level;
    }
  }
  return format.depth;
}

void Walkers::accept(Walker& walker, const Request& job, Cycle c) {
  walker = Walker{};
  walker.job = job;
  walker.accepted = c;
  walker.story = {{c, Part::kWalkerQueue}};
  begin(walker, c);
}

/// From the root, or from what the walk cache knows.
void Walkers::begin(Walker& walker, Cycle c) {
  const PageTableFormat& format = *control_.format;
  const VirtAddr va = walker.job.request.va;
  const bool searched = params_.walk_cache.enabled() && !pte_tagged();
  const Cycle t = c + (searched ? params_.walk_cache.latency_cycles : 0);
  walker.fences.clear();
  walker.walk = Walk(format, va, control_.root);
  for (unsigned level = 1; level < format.depth; ++level) {
    const unsigned lsb = format.levels[level].lsb;
    const Pointer* found =
        array(level).find(va.value() >> lsb, key_of(walker.job.request.asid, va, lsb, level));
    if (found == nullptr) continue;
    walker.walk = Walk(format, va, found->table, level - 1, found->inherited);
    break;
  }
  walker.story.push_back({t, Part::kWalkCache});
  next_level(walker, t + 1);
}

void Walkers::act(Walker& walker, Cycle t) {
  while (walker.state != State::kFree && walker.due <= t) {
    switch (walker.state) {
      case State::kLookUp:
        look_up(walker, t);
        break;
      case State::kLookedUp:
        looked_up(walker, t);
        break;
      case State::kOfferRead:
        offer_read(walker, t);
        break;
      case State::kDecode:
        decode(walker, t);
        break;
      case State::kOfferUpdate:
        offer_update(walker, t);
        break;
      case State::kUpdated:
        updated(walker, t);
        break;
      default:
        return;
    }
  }
}

/// Its turn is in cycle `t`.
void Walkers::next_level(Walker& walker, Cycle t) {
  walker.state = pte_tagged() && walker.walk.level() > 0 ? State::kLookUp : State::kOfferRead;
  walker.due = t;
}

void Walkers::look_up(Walker& walker, Cycle t) {
  const std::uint64_t number = walker.walk.entry_address().value() / control_.format->pte_bytes;
  const std::uint64_t* pte = pte_cache_.find(number, number);
  walker.cached = pte == nullptr ? 0 : *pte;
  walker.state = State::kLookedUp;
  walker.due = t + params_.walk_cache.latency_cycles;
}

void Walkers::looked_up(Walker& walker, Cycle t) {
  walker.story.push_back({t, Part::kWalkCache});
  if (walker.cached == 0) {
    walker.state = State::kOfferRead;
    return;
  }
  ++stats.reads_cached;
  walker.walk.consume(walker.cached);
  next_level(walker, t);
}

/// Another walker that reads the same line, whose data is not there yet.
Walkers::Walker* Walkers::line_under_way(const Walker& walker, Cycle t) {
  const std::uint64_t bytes = params_.walker.shared_line_bytes;
  if (bytes == 0) return nullptr;
  for (Walker& other : walkers_) {
    const bool reads = other.state == State::kAwaitRead || other.state == State::kDecode;
    if (reads && other.there > t &&
        other.walk.entry_address().value() / bytes == walker.walk.entry_address().value() / bytes) {
      return &other;
    }
  }
  return nullptr;
}

/// A memory slot is free, and not too much has been sent in this cycle.
bool Walkers::may_send(Cycle t) const {
  if (params_.walker.reads_per_cycle != 0 && sent_ == params_.walker.reads_per_cycle) return false;
  std::uint32_t used = 0;
  for (const Walker& walker : walkers_) {
    const bool waits = walker.state == State::kAwaitRead || walker.state == State::kDecode ||
                       walker.state == State::kAwaitUpdate || walker.state == State::kUpdated;
    if (waits && walker.reader == &walker && walker.there >= t) ++used;
  }
  return params_.walker.memory_slots == 0 || used < params_.walker.memory_slots;
}

/// The access of `walker` is answered: so are those that wait for its line.
void Walkers::answered(Walker& walker, Cycle r, Served from) {
  for (Walker& waiting : walkers_) {
    if (waiting.reader != &walker) continue;
    if (waiting.state != State::kAwaitRead && waiting.state != State::kAwaitUpdate) continue;
    waiting.state = waiting.state == State::kAwaitRead ? State::kDecode : State::kUpdated;
    waiting.due = r + 2;
    waiting.there = r;
    waiting.from = from;
  }
}

void Walkers::read_value(Walker& walker) {
  std::uint64_t WalkerStats::*const hits[] = {
      &WalkerStats::cache_hits_level1, &WalkerStats::cache_hits_level2,
      &WalkerStats::cache_hits_level3, &WalkerStats::cache_hits_level4};
  const unsigned level = walker.walk.level();
  if (!walker.counted) {
    ++(level + 1 < control_.format->depth ? stats.*hits[level] : stats.cache_misses);
  }
  walker.counted = true;
  const unsigned bytes = control_.format->pte_bytes;
  walker.pte = memory_.load(walker.walk.entry_address(), bytes);
  const std::uint64_t line = walker.walk.entry_address().value() / line_bytes_ * line_bytes_;
  walker.line.clear();
  for (unsigned offset = 0; offset < line_bytes_; offset += bytes) {
    walker.line.push_back(memory_.load(PhysAddr(line + offset), bytes));
  }
}

void Walkers::offer_read(Walker& walker, Cycle t) {
  if (const Walker* other = line_under_way(walker, t)) {
    ++stats.reads_shared;
    walker.reader = other->reader;
    walker.state = other->state;
    walker.due = other->due;
    walker.there = other->there;
    walker.from = other->from;
    return read_value(walker);
  }
  walker.due = t + 1;
  if (!may_send(t)) return;
  walker.state = State::kAwaitRead;
  walker.reader = &walker;
  walker.due = walker.there = kNever;
  const auto arrived = [this, &walker](Cycle r, Served from) { answered(walker, r, from); };
  const MemoryAnswer answer =
      cache_.access({t, MemoryOp::kRead, true, walker.walk.entry_address().value()}, arrived);
  if (answer.kind == MemoryAnswer::Kind::kRefused) {
    ++stats.reads_refused;
    walker.state = State::kOfferRead;
    walker.due = t + 1;
    return;
  }
  ++sent_;
  ++stats.reads;
  read_value(walker);
  if (answer.kind == MemoryAnswer::Kind::kNow) arrived(answer.at, answer.from);
}

void Walkers::decode(Walker& walker, Cycle t) {
  const TranslateRequest& request = walker.job.request;
  walker.story.push_back({t, pte_part(walker.walk.level(), walker.from)});
  if (walker.reader == &walker) {
    ++detail.reads[walker.walk.level()][static_cast<unsigned>(walker.from)];
  }
  const WalkStep step = Walk(walker.walk).consume(walker.pte);
  walker.wanted = with_ad_bits(*control_.format, walker.pte, step, request.kind, control_.ad_update,
                               request.may_set_dirty, request.context);
  if (walker.wanted == walker.pte) return go_on(walker, walker.pte, t);
  if (walker.prefetch) return end_prefetch(walker, std::nullopt, t);
  walker.state = State::kOfferUpdate;
  walker.due = t;
}

void Walkers::offer_update(Walker& walker, Cycle t) {
  const PhysAddr entry = walker.walk.entry_address();
  walker.due = t + 1;
  if (!may_send(t)) return;
  walker.state = State::kAwaitUpdate;
  walker.reader = &walker;
  walker.due = walker.there = kNever;
  const auto arrived = [this, &walker](Cycle u, Served from) { answered(walker, u, from); };
  const MemoryAnswer answer = cache_.access({t, MemoryOp::kWrite, true, entry.value()}, arrived);
  if (answer.kind == MemoryAnswer::Kind::kRefused) {
    ++stats.reads_refused;
    walker.state = State::kOfferUpdate;
    walker.due = t + 1;
    return;
  }
  ++sent_;
  ++stats.updates;
  const unsigned bytes = control_.format->pte_bytes;
  walker.swapped = memory_.load(entry, bytes) == walker.pte;
  if (walker.swapped) memory_.store(entry, bytes, walker.wanted);
  if (answer.kind == MemoryAnswer::Kind::kNow) arrived(answer.at, answer.from);
}

void Walkers::updated(Walker& walker, Cycle t) {
  walker.story.push_back({t, Part::kAdUpdate});
  if (walker.swapped) return go_on(walker, walker.wanted, t);
  ++stats.update_retries;
  walker.state = State::kOfferRead;
  walker.due = t;
}

void Walkers::fence(const FenceScope& scope) {
  prefetches.fence(scope);
  for (Walker& walker : walkers_) {
    if (walker.prefetch) walker.met.push_back(scope);
  }
  if (scope.leaf_only) return;
  const PageTableFormat& format = *control_.format;
  for (auto& pointers : walk_caches_) {
    pointers.erase_if([&](std::uint64_t, const Pointer& pointer) {
      const unsigned lsb = format.levels[pointer.level].lsb;
      const bool gone = scope.covers(pointer.asid, pointer.va, lsb, false);
      if (gone) ++stats.cache_fenced;
      return gone;
    });
  }
  pte_cache_.erase_if([&](std::uint64_t, std::uint64_t) {
    ++stats.cache_fenced;
    return true;
  });
  for (Walker& walker : walkers_) {
    if (walker.state != State::kFree) walker.fences.push_back(scope);
  }
}

bool Walkers::idle() const {
  return queue_.empty() && prefetches.waiting.empty() &&
         std::all_of(walkers_.begin(), walkers_.end(),
                     [](const Walker& walker) { return walker.state == State::kFree; });
}

}  // namespace mmu::reference
