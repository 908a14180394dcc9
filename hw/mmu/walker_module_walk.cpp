// One walk: from level to level, and its end.
#include <sstream>

#include "hw/common/log.hpp"
#include "hw/mmu/walker_module.hpp"

namespace mmu {

// Pointers lie above level 0: only there the PTE-tagged cache can know something.
void WalkerModule::go_to_level(std::uint32_t index) {
  Walker& walker = walkers_[index];
  if (!pte_cache_.is_on() || walker.walk.level() == 0) {
    walker.state = State::kOfferRead;
    return offer(index);
  }
  const std::uint64_t* known = pte_cache_.find(walker.walk.entry_address());
  walker.known = known != nullptr ? std::optional(*known) : std::nullopt;
  walker.state = State::kLookUp;
  walker.due = timeline_.now() + cache_latency_;
  if (cache_latency_ == 0) return looked_up(index);
  timeline_.post(walker.due, Rank::kWalk);
}

void WalkerModule::looked_up(std::uint32_t index) {
  Walker& walker = walkers_[index];
  walker.story.push_back({timeline_.now(), Part::kWalkCache});
  if (!walker.known) {
    walker.state = State::kOfferRead;
    return offer(index);
  }
  ++stats_.reads_cached;
  walker.walk.consume(*walker.known);
  go_to_level(index);
}

/// Called with the first read of a walk: it says how much the walk cache has spared it.
void WalkerModule::count_start(Walker& walker) {
  if (walker.has_read) return;
  walker.has_read = true;
  const unsigned level = walker.walk.level();
  std::uint64_t* const hits[] = {&stats_.cache_hits_level1, &stats_.cache_hits_level2,
                                 &stats_.cache_hits_level3, &stats_.cache_hits_level4};
  ++(level == control_.format->root_level() ? stats_.cache_misses : *hits[level]);
}

void WalkerModule::decode(std::uint32_t index) {
  Walker& walker = walkers_[index];
  if (walker.reader == index) {
    ++detail_.reads[walker.walk.level()][static_cast<unsigned>(walker.from)];
  }
  walker.story.push_back({timeline_.now(), pte_part(walker.walk.level(), walker.from)});
  if (walker.error) return finish(walker, access_fault(walker));

  const WalkStep step = Walk(walker.walk).consume(walker.pte);
  walker.new_pte =
      with_ad_bits(*control_.format, walker.pte, step, walker.request.kind, control_.ad_update,
                   walker.request.may_set_dirty, walker.request.context);
  if (walker.new_pte == walker.pte) return go_on(index, walker.pte);
  if (walker.prefetch) return finish_prefetch(walker, step);  // it changes nothing in memory
  walker.state = State::kOfferUpdate;
  offer(index);
}

void WalkerModule::updated(std::uint32_t index) {
  Walker& walker = walkers_[index];
  walker.story.push_back({timeline_.now(), Part::kAdUpdate});
  if (walker.error) return finish(walker, access_fault(walker));
  if (!walker.update_done) {
    ++stats_.update_retries;
    walker.state = State::kOfferRead;
    return offer(index);
  }
  go_on(index, walker.new_pte);
}

Fault WalkerModule::access_fault(const Walker& walker) {
  return {FaultKind::kAccessFault, walker.request.va, walker.walk.level()};
}

void WalkerModule::go_on(std::uint32_t index, std::uint64_t pte) {
  Walker& walker = walkers_[index];
  Walk next = walker.walk;
  const WalkStep step = next.consume(pte);
  if (!std::holds_alternative<Descend>(step)) return finish(walker, step);
  fill_cache(walker, next, pte);
  walker.walk = next;
  go_to_level(index);
}

void WalkerModule::fill_cache(const Walker& walker, const Walk& next, std::uint64_t pte) {
  const Asid asid = walker.request.asid;
  if (pte_cache_.is_on()) {
    if (walker.fences.empty()) pte_cache_.fill(walker.walk.entry_address(), pte);
    return;
  }
  for (const FenceScope& fence : walker.fences) {
    if (cache_.is_covered(fence, asid, next)) return;
  }
  cache_.fill(asid, next);
  if (watch_ != nullptr) watch_->filled(number_of(walker), timeline_.now(), next);
}

void WalkerModule::finish(Walker& walker, const WalkStep& step) {
  if (walker.prefetch) return finish_prefetch(walker, step);
  NeighbourPages neighbours;
  const TranslateResult result = result_of(walker, step, neighbours);
  if (walker.joined && !walker.repeated && result.verdict == Verdict::kFault) {
    walker.repeated = true;  // it may have read what was there before the request
    return begin(walker);
  }
  if (result.verdict == Verdict::kFault) ++stats_.faults;
  if (watch_ != nullptr) watch_->ended(number_of(walker), timeline_.now(), result);
  log_message(LogSource::kWalker, LogLevel::kDebug, timeline_.now(), [&] {
    return about(walker) +
           (result.has_translation ? "done" : std::string(name_of(result.fault.kind))) + " after " +
           std::to_string(timeline_.now() - walker.accepted) + " cycles";
  });
  end(walker, result.verdict == Verdict::kFault);
  if (walker.joined) walker.story.assign({{timeline_.now(), Part::kMergeWait}});
  in_reply->translated(walker.request.id, timeline_.now(), result);
}

/// `neighbours`: where those go that the result points to.
TranslateResult WalkerModule::result_of(const Walker& walker, const WalkStep& step,
                                        NeighbourPages& neighbours) {
  TranslateResult result;
  if (const auto* fault = std::get_if<Fault>(&step)) {
    result.verdict = Verdict::kFault;
    result.fault = *fault;
  } else {
    result = judged(std::get<Translation>(step), walker.request);
    if (line_bytes_ != 0) {
      neighbours = neighbours_of(walker, result.to);
      result.neighbours = &neighbours;
    }
  }
  result.story = &walker.story;
  return result;
}

/// What the translation that was found comes to for `request`.
TranslateResult WalkerModule::judged(const Translation& to, const TranslateRequest& request) const {
  TranslateResult result;
  result.to = to;
  result.has_translation = true;
  result.verdict =
      judge(to, request.kind, control_.ad_update, request.may_set_dirty, request.context);
  if (result.verdict == Verdict::kFault) {
    result.fault = fault_at(to, request.kind, request.context, request.va);
  }
  return result;
}

void WalkerModule::end(Walker& walker, bool faulted) {
  const Cycle now = timeline_.now();
  ++stats_.walks;
  stats_.walk_cycles += now - walker.accepted;
  detail_.latency.add(now - walker.accepted);
  if (walker.prefetch) prefetch_.stats.walk_cycles += now - walker.accepted;
  if (observer_ != nullptr) {
    observer_->walked({walker.request, number_of(walker), walker.accepted, now, walker.prefetch,
                       faulted, walker.story});
  }
  walker.state = State::kFree;
  walker.due = now + 1;
  timeline_.post(now + 1, Rank::kWalk);
}

std::string WalkerModule::about(const Walker& walker) const {
  std::ostringstream out;
  out << "walker " << number_of(walker) << ", VA 0x" << std::hex << walker.request.va.value()
      << ": ";
  return out.str();
}

}  // namespace mmu
