#include "sim/waves/wave_taps.hpp"

#include <algorithm>

namespace mmu {
namespace {

using State = WalkerModule::State;

const std::vector<WaveField> kTranslateRequest{{"va", 64},  {"asid", 16},  {"id", 32},
                                               {"kind", 2}, {"replay", 1}, {"accepted", 1}};
const std::vector<WaveField> kTranslateReply{
    {"id", 32}, {"verdict", 2}, {"page", 64}, {"page_shift", 6}};
const std::vector<WaveField> kMemoryRequest{{"address", 64}, {"id", 32},      {"op", 2},
                                            {"pte", 1},      {"prefetch", 1}, {"accepted", 1}};
const std::vector<WaveField> kMemoryReply{{"id", 32}, {"from", 2}};

template <class Enum>
constexpr std::uint64_t number(Enum value) {
  return static_cast<std::uint64_t>(value);
}

WaveDump::Values reply_values(std::uint32_t id, const TranslateResult& result) {
  if (!result.has_translation) return {id, number(result.verdict)};
  return {id, number(result.verdict), result.to.base.value(), result.to.page_shift};
}

}  // namespace

struct WaveTaps::Asked final : TranslateIf {
  Asked(WaveTaps& of, Links to, TranslateIf& before) : taps(of), links(to), server(before) {}
  TranslateAnswer translate(const TranslateRequest& request) override {
    taps.go_on();
    const TranslateAnswer answer = server.translate(request);
    taps.dump_.carry(request.at, links.requests,
                     {request.va.value(), request.asid, request.id, number(request.kind),
                      request.replay, !answer.is_refused()});
    if (answer.is_now()) {
      taps.dump_.carry(answer.at, links.replies, reply_values(request.id, *answer.result));
    }
    return answer;
  }
  void warm(const TranslateRequest& request) override { server.warm(request); }
  void used_prefetched() override { server.used_prefetched(); }
  void took(const HeldPage& page) override { server.took(page); }
  void gave_up(const HeldPage& page) override { server.gave_up(page); }
  WaveTaps& taps;
  const Links links;
  TranslateIf& server;
};

struct WaveTaps::Translated final : TranslateReplyIf {
  Translated(WaveTaps& of, Links to, TranslateReplyIf& before)
      : taps(of), links(to), requester(before) {}
  void translated(std::uint32_t id, Cycle at, const TranslateResult& result) override {
    taps.go_on();
    taps.dump_.carry(at, links.replies, reply_values(id, result));
    requester.translated(id, at, result);
  }
  void translate_room(Cycle at) override { requester.translate_room(at); }
  void drop(const HeldPage& page) override { requester.drop(page); }
  bool knows(Asid asid, VirtAddr va, AccessKind kind) override {
    return requester.knows(asid, va, kind);
  }
  bool prefetched(const TranslateRequest& request, Cycle at, const Translation& to) override {
    return requester.prefetched(request, at, to);
  }
  WaveTaps& taps;
  const Links links;
  TranslateReplyIf& requester;
};

struct WaveTaps::Accessed final : MemoryIf {
  Accessed(WaveTaps& of, Links to, MemoryIf& before) : taps(of), links(to), server(before) {}
  MemoryAnswer access(const MemoryRequest& request) override {
    taps.go_on();
    const MemoryAnswer answer = server.access(request);
    const unsigned lane = links.lane_is_id ? request.id : WaveDump::kAnyLane;
    taps.dump_.carry(request.at, links.requests,
                     {request.address.value(), request.id, number(request.op), request.pte,
                      request.prefetch, !answer.is_refused()},
                     lane);
    if (answer.is_now() && request.op != MemoryOp::kWriteback) {
      taps.dump_.carry(answer.at(), links.replies, {request.id, number(answer.from())}, lane);
    }
    return answer;
  }
  void warm(PhysAddr address, MemoryOp op) override { server.warm(address, op); }
  void shared(const MemoryRequest& request) override { server.shared(request); }
  WaveTaps& taps;
  const Links links;
  MemoryIf& server;
};

struct WaveTaps::Answered final : MemoryReplyIf {
  Answered(WaveTaps& of, Links to, MemoryReplyIf& before)
      : taps(of), links(to), requester(before) {}
  void accessed(std::uint32_t id, Cycle at, Served from) override {
    taps.go_on();
    taps.dump_.carry(at, links.replies, {id, number(from)},
                     links.lane_is_id ? id : WaveDump::kAnyLane);
    requester.accessed(id, at, from);
    if (links.lane_is_id) taps.show_walkers();
  }
  void memory_room(Cycle at) override { requester.memory_room(at); }
  WaveTaps& taps;
  const Links links;
  MemoryReplyIf& requester;
};

WaveTaps::WaveTaps(WaveDump& dump, const TimelineModule& timeline)
    : dump_(dump), timeline_(timeline) {}

WaveTaps::~WaveTaps() = default;

WaveTaps::Links& WaveTaps::links(const std::string& name, bool memory) {
  const auto known = links_.find(name);
  if (known != links_.end()) return known->second;
  const Links made{dump_.link(name + ".request", memory ? kMemoryRequest : kTranslateRequest),
                   dump_.link(name + ".reply", memory ? kMemoryReply : kTranslateReply),
                   memory && name.rfind("walkers_", 0) == 0};
  return links_.emplace(name, made).first->second;
}

TranslateIf& WaveTaps::before(const std::string& link, TranslateIf& server) {
  return asked_.emplace_back(*this, links(link, false), server);
}

TranslateReplyIf& WaveTaps::before(const std::string& link, TranslateReplyIf& requester) {
  return translated_.emplace_back(*this, links(link, false), requester);
}

MemoryIf& WaveTaps::before(const std::string& link, MemoryIf& server) {
  return accessed_.emplace_back(*this, links(link, true), server);
}

MemoryReplyIf& WaveTaps::before(const std::string& link, MemoryReplyIf& requester) {
  return answered_.emplace_back(*this, links(link, true), requester);
}

Cycle WaveTaps::go_on() {
  const Cycle now = timeline_.now();
  dump_.go_to(now);
  return now;
}

void WaveTaps::watch(WalkerModule& walkers) {
  walkers_ = &walkers;
  for (std::uint32_t i = 0; i < walkers.count(); ++i) {
    const std::string scope = "walker" + std::to_string(i);
    WalkerLines lines{dump_.signal(scope, {"busy", 1}),  dump_.signal(scope, {"state", 4}),
                      dump_.signal(scope, {"level", 3}), dump_.signal(scope, {"va", 64}),
                      dump_.signal(scope, {"asid", 16}), dump_.signal(scope, {"prefetch", 1})};
    dump_.set(0, lines.busy, 0);
    dump_.set(0, lines.state, number(State::kFree));
    walker_lines_.push_back(lines);
  }
  walkers.look_after_turns([this] { show_walkers(); });
}

void WaveTaps::show_walkers() {
  for (std::uint32_t i = 0; i < walker_lines_.size(); ++i) {
    show(walker_lines_[i], walkers_->view(i));
  }
}

/// A walker knows at once when its data will be there; until then it is shown as waiting for it.
void WaveTaps::show(WalkerLines& lines, const WalkerModule::View& view) {
  const Cycle now = go_on();
  const bool told = view.state == lines.state_told && view.due == lines.due_told;
  const bool busy = view.state != State::kFree;
  if (busy) dump_.set(now, lines.prefetch, view.prefetch);
  if (told) return;
  lines.state_told = view.state;
  lines.due_told = view.due;
  dump_.set(now, lines.busy, busy);
  if (!busy) return dump_.set(now, lines.state, number(State::kFree));
  dump_.set(now, lines.level, view.level);
  dump_.set(now, lines.va, view.va.value());
  dump_.set(now, lines.asid, view.asid);
  const bool decodes = view.state == State::kDecode;
  if (!decodes && view.state != State::kUpdated) {
    return dump_.set(now, lines.state, number(view.state));
  }
  const Cycle there = std::max(view.due - 2, now);
  if (there > now)
    dump_.set(now, lines.state, number(decodes ? State::kReading : State::kUpdating));
  dump_.set(there, lines.state, number(view.state));
}

std::string WaveTaps::legend() {
  return "kind: 0 fetch, 1 load, 2 store, 3 modify\n"
         "verdict: 0 granted, 1 fault, 2 needs a walk, 3 needs to be the oldest\n"
         "op: 0 read, 1 write, 2 write-back\n"
         "from: 0 L1, 1 L2, 2 LLC, 3 memory\n"
         "state: 0 free, 1 starts, 2 looks up the PTE-tagged cache, 3 offers a read,\n"
         "  4 waits for the read, 5 decodes, 6 offers an update, 7 waits for the update, 8 updated";
}

}  // namespace mmu
