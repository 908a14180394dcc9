#include "hw/mmu/walker_module.hpp"

#include <algorithm>
#include <sstream>

#include "hw/common/log.hpp"

namespace mmu {
namespace {

/// "walker 1, VA 0x1234: ".
std::string about(std::size_t index, VirtAddr va) {
  std::ostringstream out;
  out << "walker " << index << ", VA 0x" << std::hex << va.value() << ": ";
  return out.str();
}

}  // namespace

WalkerModule::WalkerModule(const sc_core::sc_module_name& name, const WalkerParams& params,
                           const WalkCacheParams& cache, const TranslationControl& control,
                           PhysicalMemory& bytes, std::uint64_t seed, TimelineModule& timeline)
    : sc_module(name),
      control_(control),
      bytes_(bytes),
      timeline_(timeline),
      queue_entries_(params.queue_entries),
      cache_latency_(cache.enabled() ? cache.latency_cycles : 0),
      cache_(*control.format, cache, seed),
      walkers_(params.count) {
  in.bind(*this);
  memory_reply.bind(*this);
  timeline.enrol(Rank::kWalk, *this);
}

TranslateAnswer WalkerModule::translate(const TranslateRequest& request) {
  if (queue_.size() >= queue_entries_) {
    refused_ = true;
    return TranslateAnswer::refused(kNever);
  }
  refused_ = false;
  queue_.push_back(request);
  timeline_.post(request.at, Rank::kWalk);
  return TranslateAnswer::later();
}

void WalkerModule::wake() {
  const Cycle now = timeline_.now();
  for (std::uint32_t i = 0; i < walkers_.size(); ++i) {
    if (walkers_[i].due <= now) step(i);
  }
  accept();
}

void WalkerModule::step(std::uint32_t index) {
  switch (walkers_[index].state) {
    case State::kOfferRead:
    case State::kOfferUpdate:
      return offer(index);
    case State::kDecode:
      return decode(index);
    case State::kUpdated:
      return updated(index);
    case State::kFree:
    case State::kReading:
    case State::kUpdating:
      return;
  }
}

void WalkerModule::accept() {
  const Cycle now = timeline_.now();
  bool room = false;
  for (Walker& walker : walkers_) {
    if (queue_.empty() || queue_.front().at > now) break;
    if (walker.state != State::kFree || walker.due > now) continue;
    start(walker, queue_.front());
    queue_.pop_front();
    room = true;
  }
  if (room && refused_) in_reply->translate_room(now + 1);
}

void WalkerModule::start(Walker& walker, const TranslateRequest& request) {
  const Cycle now = timeline_.now();
  walker.request = request;
  walker.walk = cache_.start(*control_.format, request.asid, request.va, control_.root);
  walker.accepted = now;
  walker.state = State::kOfferRead;
  walker.due = now + cache_latency_ + 1;
  walker.fences.clear();
  walker.story.assign({{now, Part::kWalkerQueue}, {now + cache_latency_, Part::kWalkCache}});
  timeline_.post(walker.due, Rank::kWalk);

  stats_.queue_cycles += now - request.at;
  const unsigned start_level = walker.walk.level();
  std::uint64_t* const hits[] = {&stats_.cache_hits_level1, &stats_.cache_hits_level2,
                                 &stats_.cache_hits_level3, &stats_.cache_hits_level4};
  ++(start_level == control_.format->root_level() ? stats_.cache_misses : *hits[start_level]);
}

void WalkerModule::offer(std::uint32_t index) {
  Walker& walker = walkers_[index];
  const bool update = walker.state == State::kOfferUpdate;
  const PhysAddr entry = walker.walk.entry_address();
  const unsigned bytes = control_.format->pte_bytes;
  const MemoryAnswer answer = memory->access(
      {timeline_.now(), index, update ? MemoryOp::kWrite : MemoryOp::kRead, true, entry});
  if (answer.is_refused()) {
    ++stats_.reads_refused;
    if (answer.retry_at() != kNever) timeline_.post(answer.retry_at(), Rank::kWalk);
    return;
  }
  log_message(LogSource::kWalker, LogLevel::kDebug, timeline_.now(), [&] {
    std::ostringstream out;
    out << about(index, walker.walk.va()) << (update ? "update" : "read") << " of level "
        << walker.walk.level() << " at PA 0x" << std::hex << entry.value();
    return out.str();
  });
  ++(update ? stats_.updates : stats_.reads);
  walker.error = !bytes_.permits(entry, bytes, update);
  if (!walker.error && update) {
    walker.update_done = bytes_.load(entry, bytes) == walker.pte;
    if (walker.update_done) bytes_.store(entry, bytes, walker.new_pte);
  } else if (!walker.error) {
    walker.pte = bytes_.load(entry, bytes);
  }
  walker.state = update ? State::kUpdating : State::kReading;
  walker.due = kNever;
  if (answer.is_now()) accessed(index, answer.at(), answer.from());
}

void WalkerModule::accessed(std::uint32_t index, Cycle at, Served from) {
  Walker& walker = walkers_[index];
  walker.state = walker.state == State::kReading ? State::kDecode : State::kUpdated;
  walker.from = from;
  walker.due = at + 2;
  timeline_.post(walker.due, Rank::kWalk);
}

// What was refused is offered in each turn in which a walker is woken.
void WalkerModule::memory_room(Cycle at) { timeline_.post(at, Rank::kWalk); }

void WalkerModule::decode(std::uint32_t index) {
  Walker& walker = walkers_[index];
  ++detail_.reads[walker.walk.level()][static_cast<unsigned>(walker.from)];
  walker.story.push_back({timeline_.now(), pte_part(walker.walk.level(), walker.from)});
  if (walker.error) return finish(walker, access_fault(walker));

  Walk next = walker.walk;
  const WalkStep step = next.consume(walker.pte);
  walker.new_pte =
      with_ad_bits(*control_.format, walker.pte, step, walker.request.kind, control_.ad_update,
                   walker.request.may_set_dirty, walker.request.context);
  if (walker.new_pte == walker.pte) return go_on(index, next, step);
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
  Walk next = walker.walk;
  const WalkStep step = next.consume(walker.new_pte);
  go_on(index, next, step);
}

Fault WalkerModule::access_fault(const Walker& walker) {
  return {FaultKind::kAccessFault, walker.request.va, walker.walk.level()};
}

void WalkerModule::go_on(std::uint32_t index, const Walk& next, const WalkStep& step) {
  Walker& walker = walkers_[index];
  if (!std::holds_alternative<Descend>(step)) return finish(walker, step);
  walker.walk = next;
  fill_cache(walker, next);
  walker.state = State::kOfferRead;
  offer(index);
}

void WalkerModule::fill_cache(const Walker& walker, const Walk& next) {
  const Asid asid = walker.request.asid;
  for (const FenceScope& fence : walker.fences) {
    if (cache_.is_covered(fence, asid, next)) return;
  }
  cache_.fill(asid, next);
}

void WalkerModule::finish(Walker& walker, const WalkStep& step) {
  const Cycle now = timeline_.now();
  ++stats_.walks;
  stats_.walk_cycles += now - walker.accepted;
  detail_.latency.add(now - walker.accepted);
  walker.state = State::kFree;
  walker.due = now + 1;
  timeline_.post(now + 1, Rank::kWalk);

  TranslateResult result;
  result.story = &walker.story;
  if (const auto* fault = std::get_if<Fault>(&step)) {
    result.verdict = Verdict::kFault;
    result.fault = *fault;
    ++stats_.faults;
  } else {
    result.to = std::get<Translation>(step);
    result.has_translation = true;
    result.verdict = judge(result.to, walker.request.kind, control_.ad_update,
                           walker.request.may_set_dirty, walker.request.context);
    if (result.verdict == Verdict::kFault) {
      result.fault =
          fault_at(result.to, walker.request.kind, walker.request.context, walker.request.va);
      ++stats_.faults;
    }
  }
  log_message(LogSource::kWalker, LogLevel::kDebug, now, [&] {
    return about(static_cast<std::size_t>(&walker - walkers_.data()), walker.request.va) +
           (result.has_translation ? "done" : std::string(name_of(result.fault.kind))) + " after " +
           std::to_string(now - walker.accepted) + " cycles";
  });
  in_reply->translated(walker.request.id, now, result);
}

void WalkerModule::fence(const FenceScope& scope) {
  if (scope.leaf_only) return;
  stats_.cache_fenced += cache_.fence(scope);
  for (Walker& walker : walkers_) {
    if (walker.state != State::kFree) walker.fences.push_back(scope);
  }
}

bool WalkerModule::idle() const {
  return queue_.empty() && std::all_of(walkers_.begin(), walkers_.end(), [](const Walker& walker) {
           return walker.state == State::kFree;
         });
}

void WalkerModule::explain_stall(std::ostream& out) const {
  constexpr const char* kStates[] = {"free",       "offers a read",    "waits for a read",
                                     "decodes",    "offers an update", "waits for an update",
                                     "has updated"};
  out << name() << ": " << queue_.size() << " requests wait\n";
  for (std::size_t i = 0; i < walkers_.size(); ++i) {
    const Walker& walker = walkers_[i];
    if (walker.state == State::kFree) continue;
    out << "  walker " << i << " " << kStates[static_cast<unsigned>(walker.state)] << " at level "
        << walker.walk.level() << " for VA 0x" << std::hex << walker.request.va.value() << std::dec
        << "\n";
  }
}

}  // namespace mmu
