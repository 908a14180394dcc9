#include "testbench/reference/walkers.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "testbench/reference/tlb_array.hpp"

namespace mmu::reference {

Walkers::Walkers(const MmuParams& params, std::uint64_t seed, const TranslationControl& control,
                 PhysicalMemory& memory, Memory& cache, Done done)
    : params_(params),
      control_(control),
      memory_(memory),
      cache_(cache),
      done_(std::move(done)),
      walkers_(params.walker.count) {
  for (unsigned level = 0; level < control.format->depth; ++level) {
    const auto shape =
        level == 0 ? WalkCacheParams::LevelParams{} : params.walk_cache.of_level(level);
    walk_caches_.emplace_back("walk cache of level " + std::to_string(level), shape.entries,
                              shape.ways, params.walk_cache.replacement, seed);
  }
}

void Walkers::send(Cycle arrival, const TranslateRequest& request, std::size_t slot) {
  queue_.push_back({arrival, request, slot});
}

void Walkers::cycle(Cycle t) {
  for (Walker& walker : walkers_) act(walker, t);
  for (Walker& walker : walkers_) {
    if (queue_.empty() || queue_.front().arrival > t) return;
    if (walker.state != State::kFree || walker.due > t) continue;
    const Request job = queue_.front();
    queue_.pop_front();
    accept(walker, job, t);
  }
}

void Walkers::accept(Walker& walker, const Request& job, Cycle c) {
  const PageTableFormat& format = *control_.format;
  const VirtAddr va = job.request.va;
  const Cycle t = c + (params_.walk_cache.enabled() ? params_.walk_cache.latency_cycles : 0);
  walker = Walker{};
  walker.job = job;
  walker.accepted = c;
  walker.walk = Walk(format, va, control_.root);
  unsigned level = 1;
  for (; level < format.depth; ++level) {
    const unsigned lsb = format.levels[level].lsb;
    const Pointer* found =
        walk_caches_[level].find(va.value() >> lsb, key_of(job.request.asid, va, lsb, level));
    if (found == nullptr) continue;
    walker.walk = Walk(format, va, found->table, level - 1, found->inherited);
    break;
  }
  std::uint64_t WalkerStats::*const hits[] = {
      nullptr, &WalkerStats::cache_hits_level1, &WalkerStats::cache_hits_level2,
      &WalkerStats::cache_hits_level3, &WalkerStats::cache_hits_level4};
  ++(level < format.depth ? stats.*hits[level] : stats.cache_misses);
  stats.queue_cycles += c - job.arrival;
  walker.story = {{c, Part::kWalkerQueue}, {t, Part::kWalkCache}};
  walker.state = State::kOfferRead;
  walker.due = t + 1;
}

void Walkers::act(Walker& walker, Cycle t) {
  while (walker.state != State::kFree && walker.due <= t) {
    switch (walker.state) {
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

void Walkers::offer_read(Walker& walker, Cycle t) {
  const PhysAddr entry = walker.walk.entry_address();
  walker.state = State::kAwaitRead;
  walker.due = kNever;
  const auto arrived = [&walker](Cycle r, Served from) {
    walker.state = State::kDecode;
    walker.due = r + 2;
    walker.from = from;
  };
  const MemoryAnswer answer = cache_.access({t, MemoryOp::kRead, true, entry.value()}, arrived);
  if (answer.kind == MemoryAnswer::Kind::kRefused) {
    ++stats.reads_refused;
    walker.state = State::kOfferRead;
    walker.due = t + 1;
    return;
  }
  ++stats.reads;
  walker.pte = memory_.load(entry, control_.format->pte_bytes);
  if (answer.kind == MemoryAnswer::Kind::kNow) arrived(answer.at, answer.from);
}

void Walkers::decode(Walker& walker, Cycle t) {
  const TranslateRequest& request = walker.job.request;
  walker.story.push_back({t, pte_part(walker.walk.level(), walker.from)});
  ++detail.reads[walker.walk.level()][static_cast<unsigned>(walker.from)];
  const WalkStep step = Walk(walker.walk).consume(walker.pte);
  walker.wanted = with_ad_bits(*control_.format, walker.pte, step, request.kind, control_.ad_update,
                               request.may_set_dirty);
  if (walker.wanted == walker.pte) return go_on(walker, walker.pte, t);
  walker.state = State::kOfferUpdate;
  walker.due = t;
}

void Walkers::offer_update(Walker& walker, Cycle t) {
  const PhysAddr entry = walker.walk.entry_address();
  walker.state = State::kAwaitUpdate;
  walker.due = kNever;
  const auto answered = [&walker](Cycle u, Served) {
    walker.state = State::kUpdated;
    walker.due = u + 2;
  };
  const MemoryAnswer answer = cache_.access({t, MemoryOp::kWrite, true, entry.value()}, answered);
  if (answer.kind == MemoryAnswer::Kind::kRefused) {
    ++stats.reads_refused;
    walker.state = State::kOfferUpdate;
    walker.due = t + 1;
    return;
  }
  ++stats.updates;
  const unsigned bytes = control_.format->pte_bytes;
  walker.swapped = memory_.load(entry, bytes) == walker.pte;
  if (walker.swapped) memory_.store(entry, bytes, walker.wanted);
  if (answer.kind == MemoryAnswer::Kind::kNow) answered(answer.at, answer.from);
}

void Walkers::updated(Walker& walker, Cycle t) {
  walker.story.push_back({t, Part::kAdUpdate});
  if (walker.swapped) return go_on(walker, walker.wanted, t);
  ++stats.update_retries;
  walker.state = State::kOfferRead;
  walker.due = t;
}

void Walkers::go_on(Walker& walker, std::uint64_t pte, Cycle t) {
  const unsigned level = walker.walk.level();
  const VirtAddr va = walker.job.request.va;
  const Asid asid = walker.job.request.asid;
  const WalkStep step = walker.walk.consume(pte);
  if (const auto* to = std::get_if<Translation>(&step)) {
    const TranslateRequest& request = walker.job.request;
    const Verdict verdict = judge(*to, request.kind, control_.ad_update, request.may_set_dirty);
    if (verdict == Verdict::kFault) ++stats.faults;
    return finish(walker, {t, Verdict::kOk, {}, *to, {}}, t);
  }
  if (const auto* fault = std::get_if<Fault>(&step)) {
    ++stats.faults;
    return finish(walker, {t, Verdict::kFault, *fault, {}, {}}, t);
  }
  const unsigned lsb = control_.format->levels[level].lsb;
  const bool dropped =
      std::any_of(walker.fences.begin(), walker.fences.end(),
                  [&](const FenceScope& scope) { return scope.covers(asid, va, lsb, false); });
  if (!dropped) {
    walk_caches_[level].insert(va.value() >> lsb, key_of(asid, va, lsb, level),
                               {asid, va, walker.walk.table(), walker.walk.inherited()});
  }
  walker.state = State::kOfferRead;
  walker.due = t;
}

void Walkers::finish(Walker& walker, Outcome outcome, Cycle t) {
  ++stats.walks;
  stats.walk_cycles += t - walker.accepted;
  detail.latency.add(t - walker.accepted);
  walker.state = State::kFree;
  walker.due = t + 1;
  outcome.story = std::move(walker.story);
  done_(walker.job.slot, outcome);
}

void Walkers::fence(const FenceScope& scope) {
  if (scope.leaf_only) return;
  const PageTableFormat& format = *control_.format;
  for (unsigned level = 1; level < format.depth; ++level) {
    walk_caches_[level].erase_if([&](std::uint64_t, const Pointer& pointer) {
      const bool gone = scope.covers(pointer.asid, pointer.va, format.levels[level].lsb, false);
      if (gone) ++stats.cache_fenced;
      return gone;
    });
  }
  for (Walker& walker : walkers_) {
    if (walker.state != State::kFree) walker.fences.push_back(scope);
  }
}

bool Walkers::idle() const {
  return queue_.empty() && std::all_of(walkers_.begin(), walkers_.end(), [](const Walker& walker) {
           return walker.state == State::kFree;
         });
}

}  // namespace mmu::reference
