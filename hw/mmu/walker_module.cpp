#include "hw/mmu/walker_module.hpp"

#include <algorithm>

namespace mmu {
WalkerModule::WalkerModule(const sc_core::sc_module_name& name, const WalkerParams& params,
                           const WalkCacheParams& cache, const PrefetchParams& prefetch,
                           const TranslationControl& control, PhysicalMemory& bytes,
                           std::uint64_t seed, TimelineModule& timeline)
    : sc_module(name),
      control_(control),
      bytes_(bytes),
      timeline_(timeline),
      params_(params),
      ports_(params.reads_per_cycle),
      cache_latency_(cache.enabled() ? cache.latency_cycles : 0),
      cache_(*control.format, cache, seed),
      pte_cache_(cache, control.format->pte_bytes, seed),
      prefetch_(prefetch, *control.format),
      walkers_(params.count) {
  in.bind(*this);
  memory_reply.bind(*this);
  timeline.enrol(Rank::kWalk, *this);
}

TranslateAnswer WalkerModule::translate(const TranslateRequest& request) {
  if (prefetch_.is_on()) {
    if (const auto answer = spare_walk(request)) return *answer;
  }
  if (queue_.size() >= params_.queue_entries) {
    refused_ = true;
    return TranslateAnswer::refused(kNever);
  }
  refused_ = false;
  const auto later =
      std::find_if(queue_.rbegin(), queue_.rend(),
                   [&](const TranslateRequest& other) { return other.at <= request.at; });
  queue_.insert(later.base(), request);  // two levels before may take different times
  timeline_.post(request.at, Rank::kWalk);
  if (prefetch_.is_on()) {
    prefetch_.give_up(request.asid, request.va);
    observe(request);
  }
  return TranslateAnswer::later();
}

void WalkerModule::wake() {
  const Cycle now = timeline_.now();
  for (std::uint32_t i = 0; i < walkers_.size(); ++i) {
    if (walkers_[i].due <= now) step(i);
  }
  accept();
  if (look_) look_();
}

WalkerModule::View WalkerModule::view(std::uint32_t number) const {
  const Walker& walker = walkers_[number];
  return {walker.state,        walker.due,          walker.request.va,
          walker.request.asid, walker.walk.level(), walker.prefetch};
}

void WalkerModule::step(std::uint32_t index) {
  switch (walkers_[index].state) {
    case State::kStart:
      return go_to_level(index);
    case State::kLookUp:
      return looked_up(index);
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
    if (walker.state != State::kFree || walker.due > now) continue;
    const auto next = next_request();
    if (next == queue_.end()) break;
    start(walker, *next);
    stats_.queue_cycles += now - next->at;
    queue_.erase(next);
    room = true;
  }
  if (prefetch_.is_on()) accept_prefetches();
  if (room && refused_) in_reply->translate_room(now + 1);
}

// Requests lie in the order (arrival, order sent).
std::deque<TranslateRequest>::iterator WalkerModule::next_request() {
  const Cycle now = timeline_.now();
  const auto end =
      std::find_if(queue_.begin(), queue_.end(),
                   [now](const TranslateRequest& request) { return request.at > now; });
  if (end == queue_.begin()) return queue_.end();
  switch (params_.order) {
    case WalkerParams::Order::kFifo:
      break;
    case WalkerParams::Order::kLifo:
      return end - 1;
    case WalkerParams::Order::kShortestFirst:
      return std::min_element(queue_.begin(), end, [this](const auto& a, const auto& b) {
        return first_level(a) < first_level(b);
      });
  }
  return queue_.begin();
}

unsigned WalkerModule::first_level(const TranslateRequest& request) {
  if (!pte_cache_.is_on()) return cache_.start_level(request.asid, request.va);
  return pte_cache_.first_read({*control_.format, request.va, control_.root});
}

void WalkerModule::start(Walker& walker, const TranslateRequest& request) {
  const Cycle now = timeline_.now();
  walker.request = request;
  walker.accepted = now;
  walker.has_read = walker.prefetch = walker.joined = walker.repeated = false;
  walker.prefetch_fences.clear();
  walker.story.assign({{now, Part::kWalkerQueue}});
  begin(walker);
}

/// In this cycle, with what the walk cache knows.
void WalkerModule::begin(Walker& walker) {
  const Cycle now = timeline_.now();
  const Cycle skips = pte_cache_.is_on() ? 0 : cache_latency_;
  const TranslateRequest& request = walker.request;
  walker.walk = cache_.start(*control_.format, request.asid, request.va, control_.root);
  walker.state = State::kStart;
  walker.due = now + skips + 1;
  walker.fences.clear();
  walker.story.push_back({now + skips, Part::kWalkCache});
  if (watch_ != nullptr) {
    watch_->begun(number_of(walker),
                  {now, request, control_.root, control_.ad_update, skips, walker.walk});
  }
  timeline_.post(walker.due, Rank::kWalk);
}

void WalkerModule::fence(const FenceScope& scope) {
  if (watch_ != nullptr) watch_->fenced(timeline_.now(), scope);
  prefetch_.fence(scope);
  for (Walker& walker : walkers_) {
    if (walker.state != State::kFree && walker.prefetch) walker.prefetch_fences.push_back(scope);
  }
  if (scope.leaf_only) return;
  stats_.cache_fenced += cache_.fence(scope) + pte_cache_.fence();
  for (Walker& walker : walkers_) {
    if (walker.state != State::kFree) walker.fences.push_back(scope);
  }
}

bool WalkerModule::idle() const {
  return queue_.empty() && prefetch_.idle() &&
         std::all_of(walkers_.begin(), walkers_.end(),
                     [](const Walker& walker) { return walker.state == State::kFree; });
}

void WalkerModule::explain_stall(std::ostream& out) const {
  constexpr const char* kStates[] = {
      "free",    "starts",           "looks up the walk cache", "offers a read", "waits for a read",
      "decodes", "offers an update", "waits for an update",     "has updated"};
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
