#include "hw/dram/dram_module.hpp"

#include <algorithm>
#include <ostream>
#include <string>

#include "hw/arch/errors.hpp"

namespace mmu {

DramModule::DramModule(const sc_core::sc_module_name& name, const DramParams& params,
                       std::uint64_t core_period_ps, std::uint32_t line_bytes,
                       TimelineModule& timeline)
    : MainMemoryModule(name),
      queue_entries_(params.queue_entries),
      timeline_(timeline),
      clock_(core_period_ps, params.clock_ps),
      map_(params, line_bytes),
      timing_(params),
      queues_(std::size_t{params.channels} * params.ranks * params.banks),
      channels_(params.channels) {
  if (params.queue_entries == 0) throw ConfigError("dram.queue_entries must be at least 1");
  in.bind(*this);
  timeline.enrol(Rank::kDram, *this);
}

MemoryAnswer DramModule::access(const MemoryRequest& request) {
  require_now(request, timeline_);
  const DramPlace place = map_.place_of(request.address);
  auto& queue = queues_[place.bank];

  // (1) An idle bank serves at once.
  if (queue.empty() && timing_.free_at(place.bank) <= clock_.clock_of(request.at)) {
    return MemoryAnswer::now(serve({place, request.id, request.op}), Served::kMemory);
  }

  // (2) Others wait for their bank, if the channel has a place left.
  Channel& channel = channels_[place.channel];
  if (channel.waiting == queue_entries_) return refuse(place);
  ++channel.waiting;
  ++stats_.queued;
  queue.push_back({place, request.id, request.op});
  if (queue.size() == 1) appoint(place.bank);
  return MemoryAnswer::later();
}

void DramModule::warm(PhysAddr address, MemoryOp) { timing_.leave_open(map_.place_of(address)); }

// A bank for which nobody waits will serve when it is free. Else only a place in the queue helps.
MemoryAnswer DramModule::refuse(const DramPlace& place) {
  ++stats_.refused;
  channels_[place.channel].refused = true;
  if (!queues_[place.bank].empty()) return MemoryAnswer::refused(kNever);
  return MemoryAnswer::refused(clock_.first_cycle_in(timing_.free_at(place.bank)));
}

void DramModule::wake() {
  const Cycle now = timeline_.now();
  while (!free_.empty() && free_.top().first <= now) {
    const std::uint32_t bank = free_.top().second;
    free_.pop();
    serve_next(bank);
  }
}

void DramModule::serve_next(std::uint32_t bank) {
  auto& queue = queues_[bank];
  auto chosen = std::find_if(queue.begin(), queue.end(), [&](const Request& request) {
    return timing_.is_open(bank, request.place.row);
  });
  if (chosen == queue.end()) chosen = queue.begin();
  const Request request = *chosen;
  queue.erase(chosen);
  Channel& channel = channels_[request.place.channel];
  --channel.waiting;

  const Cycle there = serve(request);
  if (!queue.empty()) appoint(bank);
  if (request.op != MemoryOp::kWriteback) in_reply->accessed(request.id, there, Served::kMemory);
  if (channel.refused) {
    channel.refused = false;  // whoever is refused again is remembered again
    in_reply->memory_room(timeline_.now());
  }
}

Cycle DramModule::serve(const Request& request) {
  ++(request.op == MemoryOp::kRead ? stats_.reads : stats_.writes);
  return clock_.cycle_of(timing_.serve(request.place, clock_.clock_of(timeline_.now()), stats_));
}

void DramModule::appoint(std::uint32_t bank) {
  const Cycle at = clock_.first_cycle_in(timing_.free_at(bank));
  free_.push({at, bank});
  timeline_.post(at, Rank::kDram);
}

void DramModule::explain_stall(std::ostream& out) const {
  if (free_.empty()) out << name() << ": waits for nothing\n";
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    if (channels_[i].waiting == 0) continue;
    out << name() << ": channel " << i << ": " << channels_[i].waiting
        << " requests wait for their banks" << (channels_[i].refused ? ", others refused" : "")
        << '\n';
  }
  if (!free_.empty()) {
    out << name() << ": bank " << free_.top().second << " serves next, in cycle "
        << free_.top().first << '\n';
  }
}

}  // namespace mmu
