// Walks outside of time, for warm-up (docs/timing.md, section 12): the reads, updates and fills of
// the timed ones, in their order.
#include "hw/mmu/walker_module.hpp"

namespace mmu {

void WalkerModule::warm(const TranslateRequest& request) {
  if (prefetch_.is_on()) {
    if (const TranslateResult* result = from_buffer(request)) {
      show_prefetcher(request);
      in_reply->translated(request.id, 0, *result);
      return warm_prefetches();
    }
    prefetch_.give_up(request.asid, request.va);
    show_prefetcher(request);
  }
  Walker walker;
  walker.request = request;
  const WalkStep step = warm_walk(walker);
  NeighbourPages neighbours;
  in_reply->translated(request.id, 0, result_of(walker, step, neighbours));
  if (prefetch_.is_on()) warm_prefetches();
}

// Those that the demand has proposed find a walker before the next one.
void WalkerModule::warm_prefetches() {
  while (const auto next = prefetch_.next(0, control_.asid)) {
    Walker walker;
    walker.request = *next;
    walker.prefetch = true;
    enter_prefetch(walker, warm_walk(walker));
  }
}

WalkStep WalkerModule::warm_walk(Walker& walker) {
  const TranslateRequest& request = walker.request;
  walker.walk = cache_.start(*control_.format, request.asid, request.va, control_.root);
  for (;;) {
    if (pte_cache_.is_on() && walker.walk.level() != 0) {
      if (const std::uint64_t* known = pte_cache_.find(walker.walk.entry_address())) {
        walker.walk.consume(*known);
        continue;
      }
    }
    const auto pte = warm_entry(walker);
    if (!pte) return access_fault(walker);
    Walk next = walker.walk;
    WalkStep step = next.consume(*pte);
    if (!std::holds_alternative<Descend>(step)) return step;
    fill_cache(walker, next, *pte);
    walker.walk = next;
  }
}

/// The entry that `walker` is at, with the bits that this walk sets; none: memory has said no.
std::optional<std::uint64_t> WalkerModule::warm_entry(Walker& walker) {
  const TranslateRequest& request = walker.request;
  const PhysAddr entry = walker.walk.entry_address();
  const unsigned bytes = control_.format->pte_bytes;
  memory->warm(entry, MemoryOp::kRead);
  if (!bytes_.permits(entry, bytes, false)) return std::nullopt;
  walker.pte = bytes_.load(entry, bytes);
  if (line_bytes_ != 0) take_line(walker);
  const WalkStep step = Walk(walker.walk).consume(walker.pte);
  const std::uint64_t wanted =
      with_ad_bits(*control_.format, walker.pte, step, request.kind, control_.ad_update,
                   request.may_set_dirty, request.context);
  if (wanted == walker.pte || walker.prefetch) return walker.pte;  // that changes nothing in memory
  memory->warm(entry, MemoryOp::kWrite);
  if (!bytes_.permits(entry, bytes, true)) return std::nullopt;
  bytes_.store(entry, bytes, wanted);
  return wanted;
}

void WalkerModule::start_counting() {
  stats_ = {};
  detail_ = {};
  prefetch_.stats = {};
}

}  // namespace mmu
