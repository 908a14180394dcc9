// Random caches and memory with random requesters around them, to compare ways of running them.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <systemc>
#include <utility>
#include <vector>

#include "hw/cache/cache_module.hpp"
#include "hw/dram/dram_module.hpp"

namespace mmu {

/// Asks in its turn for what is due: in order up to the first refusal, as a core does, or all, as
/// walkers do. After a refusal it asks again only when it is told that this makes sense.
class Asker : public MemoryReplyIf, public Wakeable {
 public:
  struct Request {
    Cycle due;
    MemoryOp op;
    PhysAddr address;
    bool asked = false;  // and accepted
    Cycle ready = 0;     // 0: no answer yet
    Served from = Served::kL1;
  };

  Asker(TimelineModule& timeline, Rank rank, sc_core::sc_export<MemoryIf>& server, bool in_order,
        std::vector<Request> all)
      : requests(std::move(all)),
        timeline_(timeline),
        rank_(rank),
        server_(server),
        in_order_(in_order) {
    timeline.enrol(rank, *this);
    for (const Request& request : requests) timeline.post(request.due, rank);
  }

  void accessed(std::uint32_t id, Cycle at, Served from) override { answered(id, at, from); }
  void memory_room(Cycle at) override { timeline_.post(at, rank_); }

  bool is_done() const { return answers_ == requests.size(); }

  std::vector<Request> requests;

 private:
  void wake() override {
    const Cycle now = timeline_.now();
    while (first_ < requests.size() && requests[first_].asked) ++first_;
    for (std::size_t i = first_; i < requests.size() && requests[i].due <= now; ++i) {
      Request& request = requests[i];
      if (request.asked) continue;
      const auto id = static_cast<std::uint32_t>(i);
      const MemoryAnswer answer =
          server_->access({now, id, request.op, !in_order_, request.address});
      request.asked = !answer.is_refused();
      if (answer.is_now()) answered(id, answer.at(), answer.from());
      if (!answer.is_refused()) continue;
      if (answer.retry_at() != kNever) timeline_.post(answer.retry_at(), rank_);
      if (in_order_) return;
    }
  }
  void answered(std::uint32_t id, Cycle at, Served from) {
    EXPECT_EQ(requests[id].ready, 0u) << "answered twice";
    ++answers_;
    requests[id].ready = at;
    requests[id].from = from;
  }

  TimelineModule& timeline_;
  Rank rank_;
  sc_core::sc_export<MemoryIf>& server_;
  bool in_order_;
  std::size_t first_ = 0;    // all before are asked
  std::size_t answers_ = 0;  // of those, answered
};

/// core, walkers ──► L1D ──┐
///          instructions ──┴──► L2 ──► DRAM, all of it drawn from a seed.
class RandomHierarchy : public sc_core::sc_module, public Wakeable {
 public:
  static constexpr std::uint64_t kPeriodPs = 250;
  static constexpr Cycle kEnd = 200'000;  ///< all is over long before

  /// `polled`: everybody who was refused asks again in every cycle.
  RandomHierarchy(const sc_core::sc_module_name& name, std::uint64_t seed, bool run_ahead,
                  bool polled)
      : sc_module(name),
        random_(seed),
        timeline("timeline", {kPeriodPs, run_ahead}),
        l1("l1d", cache_params(8), Served::kL1, Rank::kL1d, 2, seed, timeline),
        l2("l2", cache_params(32), Served::kL2, Rank::kL2, 2, seed, timeline),
        dram("dram", dram_params(), kPeriodPs, 64, timeline),
        core(timeline, Rank::kReplay, l1.in[0], true, some_requests()),
        walkers(timeline, Rank::kWalk, l1.in[1], false, some_requests()),
        fetch(timeline, Rank::kL1i, l2.in[0], true, some_requests()) {
    l1.in_reply[0].bind(core);
    l1.in_reply[1].bind(walkers);
    l1.next.bind(l2.in[1]);
    l2.in_reply[0].bind(fetch);
    l2.in_reply[1].bind(l1.next_reply);
    l2.next.bind(dram.in);
    dram.in_reply.bind(l2.next_reply);
    timeline.enrol(Rank::kWatchdog, *this);
    if (polled) timeline.post(1, Rank::kWatchdog);
  }

 private:
  void wake() override {
    const Cycle now = timeline.now();
    l1.next_reply->memory_room(now);
    l2.next_reply->memory_room(now);
    for (Asker* asker : {&core, &walkers, &fetch}) asker->memory_room(now);
    if (!core.is_done() || !walkers.is_done() || !fetch.is_done()) {
      timeline.post(now + 1, Rank::kWatchdog);
    }
  }

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  CacheParams cache_params(std::uint64_t lines) {
    CacheParams p;
    p.ways = 1u << below(3);
    p.size_bytes = lines * 64 << below(2);
    p.latency_cycles = 1 + static_cast<std::uint32_t>(below(4));
    p.lookups_per_cycle = static_cast<std::uint32_t>(below(3));
    p.miss_slots = 1 + static_cast<std::uint32_t>(below(3));
    p.replacement = static_cast<Replacement>(below(3));
    return p;
  }
  DramParams dram_params() {
    DramParams p;
    p.clock_ps = 100 + static_cast<std::uint32_t>(below(500));
    p.channels = 1u << below(2);
    p.banks = 1u << below(3);
    p.row_bytes = 256;
    p.t_cl = p.t_rcd = p.t_rp = 1 + static_cast<std::uint32_t>(below(10));
    p.t_ras = 20;
    p.t_refi = below(2) != 0 ? 500 : 0;
    p.t_rfc = 60;
    p.queue_entries = 1 + static_cast<std::uint32_t>(below(3));
    return p;
  }
  /// Bursts of requests for few lines, of which a third are writes.
  std::vector<Asker::Request> some_requests() {
    std::vector<Asker::Request> requests;
    const std::uint64_t lines = 16 + below(64);
    Cycle cycle = 1;
    for (int i = 0; i < 400; ++i) {
      cycle += below(4) != 0 ? below(2) : below(60);
      const MemoryOp op = below(3) == 0 ? MemoryOp::kWrite : MemoryOp::kRead;
      requests.push_back({cycle, op, PhysAddr(below(lines) * 64)});
    }
    return requests;
  }

  std::mt19937_64 random_;

 public:
  TimelineModule timeline;
  CacheModule l1, l2;
  DramModule dram;
  Asker core, walkers, fetch;
};

}  // namespace mmu
