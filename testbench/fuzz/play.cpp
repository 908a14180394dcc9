#include "testbench/fuzz/play.hpp"

#include <sstream>

#include "sim/platform/fresh_kernel.hpp"
#include "testbench/fuzz/memory_agent.hpp"
#include "testbench/fuzz/requester.hpp"
#include "testbench/fuzz/software.hpp"

namespace mmu::fuzz {
namespace {

constexpr Cycle kLongest = 1'000'000;  // no sequence lasts a tenth of it

std::vector<Asid> all_asids(unsigned bits) {
  if (bits == 0) return {0};
  std::vector<Asid> asids;
  for (std::uint32_t i = 0; i < kAsids; ++i) asids.push_back(asid_of(i, bits));
  return asids;
}

/// Everything around the MMU, and the events one after the other in the turn of fences.
class Player : public Wakeable {
 public:
  Player(const Sequence& sequence, Plant plant, Played& played)
      : sequence_(sequence),
        plant_(plant),
        paging_(paging_of(sequence.mmu.format)),
        format_(format_of(sequence.mmu)),
        history_(paging_, all_asids(format_.asid_bits)),
        bytes_(paging_, history_, plant),
        software_(paging_, bytes_),
        timeline_("timeline", timeline_params(sequence)),
        mmu_("mmu", sequence.mmu, control_, bytes_, sequence.seed, timeline_),
        memory_(sequence, bytes_, timeline_, plant),
        requester_(paging_, sequence.mmu.ad_update, mmu_, history_, timeline_, plant, played) {
    for (std::uint32_t i = 0; i < kAsids; ++i) bind(i, i);
    switch_to(0);
    bytes_.may_update = [this](PhysAddr entry, bool dirty) {
      return requester_.may_update(bytes_.load(entry, paging_.pte_bytes), entry, dirty);
    };
    mmu_.itlb().in_reply.bind(requester_);
    mmu_.dtlb().in_reply.bind(requester_);
    mmu_.walker().memory.bind(memory_);
    timeline_.enrol(Rank::kFence, *this);
    timeline_.post(1, Rank::kFence);
  }

  void run(Played& played) {
    memory_.reply_to(*mmu_.walker().memory_reply.operator->());
    sc_core::sc_start();
    timeline_.rethrow_failure();
    const WalkerStats& walker = mmu_.walker().stats();
    played.walks = walker.walks;
    played.updates = walker.updates;
    played.retries = walker.update_retries;
    if (next_ != sequence_.events.size() || !requester_.all_answered()) {
      throw Guilty("nothing is pending, but not answered are" + requester_.open_requests());
    }
    if (!mmu_.idle()) {
      std::ostringstream text;
      mmu_.explain_stall(text);
      throw Guilty("all is answered, but the MMU is not idle\n" + text.str());
    }
    std::vector<const TlbStats*> tlbs{&mmu_.itlb().stats(), &mmu_.dtlb().stats(),
                                      &mmu_.stlb().stats()};
    if (mmu_.l2_itlb() != nullptr) tlbs.push_back(&mmu_.l2_itlb()->stats());
    for (const StlbModule* level : mmu_.further_levels()) tlbs.push_back(&level->stats());
    for (const TlbStats* tlb : tlbs) {
      if (tlb->accesses != tlb->hits + tlb->misses || tlb->misses != tlb->merged + tlb->sent) {
        throw Guilty("hits, misses and merges do not add up");
      }
    }
  }

 private:
  static TimelineParams timeline_params(const Sequence& sequence) {
    TimelineParams params;
    params.run_ahead = sequence.run_ahead;
    return params;
  }

  void wake() override {
    const Cycle now = timeline_.now();
    if (now > kLongest) throw Guilty("no end:" + requester_.open_requests());
    while (next_ < sequence_.events.size()) {
      const Event& event = sequence_.events[next_];
      const bool access = event.op == Op::kAccess;
      // Accesses of a cycle come after what software does in it.
      if (asked_in_ == now && !access) due_ = std::max(due_, now + 1);
      const bool waits = event.op == Op::kSwitch && !requester_.all_answered();
      if (!counted_) due_ = std::max(due_, now) + event.gap;
      counted_ = true;
      if (due_ > now || waits) {
        timeline_.post(std::max(due_, now + 1), Rank::kFence);
        return;
      }
      act(event);
      if (access) asked_in_ = now;
      counted_ = false;
      ++next_;
    }
  }

  void act(const Event& event) {
    if (event.op == Op::kAccess) return requester_.add(event, number_of(current_));
    if (event.op == Op::kFence) return fence(event);
    if (event.op == Op::kState) return requester_.become(event.state);
    if (event.grouped && event.op == Op::kMap) were_grouped_ = true;
    if (event.op != Op::kSwitch) return software_.apply(event, spaces_[current_]);
    if (spaces_[event.asid] != event.space) bind(event.asid, event.space);
    switch_to(event.asid);
  }

  void bind(std::uint32_t asid, std::uint32_t space) {
    spaces_[asid] = space;
    history_.bound(number_of(asid), software_.root_of(space));
  }

  Asid number_of(std::uint32_t asid) const { return asid_of(asid, format_.asid_bits); }

  void switch_to(std::uint32_t asid) {
    current_ = asid;
    if (format_.asid_bits == 0) {  // one number for all: it forgets all but what is global
      bind(asid, spaces_[asid]);
      history_.fenced({Asid{0}, {}, false});
    }
    mmu_.switch_space({software_.root_of(spaces_[asid]), number_of(asid)});
  }

  void fence(const Event& event) {
    FenceScope scope;
    if (event.of_asid) scope.asid = number_of(event.asid);
    if (event.of_page) scope.va = address_of(paging_, event.page);
    scope.leaf_only = event.leaf_only;
    history_.fenced(scope);
    if (plant_ == Plant::kLosesFencesOfPages && scope.va) return;
    if (plant_ == Plant::kForgetsGroups && scope.va && were_grouped_) return;
    if (plant_ != Plant::kWalkersSeeNoFences) return mmu_.fence(scope);
    mmu_.itlb().fence(scope);
    mmu_.dtlb().fence(scope);
    if (mmu_.l2_itlb() != nullptr) mmu_.l2_itlb()->fence(scope);
    mmu_.stlb().fence(scope);
    for (StlbModule* level : mmu_.further_levels()) level->fence(scope);
  }

  const Sequence& sequence_;
  Plant plant_;
  const Paging& paging_;
  const PageTableFormat format_;
  History history_;
  WatchedMemory bytes_;
  Software software_;
  TranslationControl control_{&format_, {}, 0, sequence_.mmu.ad_update};
  TimelineModule timeline_;
  MmuModule mmu_;
  MemoryAgent memory_;
  Requester requester_;
  std::array<std::uint32_t, kAsids> spaces_{};
  std::uint32_t current_ = 0;
  std::size_t next_ = 0;
  Cycle due_ = 0;  // of the next event, once its gap is counted
  bool counted_ = false;
  bool were_grouped_ = false;  // some pages
  Cycle asked_in_ = 0;         // the cycle of the last access
};

/// Without some events; the others keep their cycles, or move up.
Sequence without(const Sequence& sequence, std::size_t from, std::size_t count, bool keep_cycles) {
  Sequence shorter = sequence;
  std::uint32_t gaps = 0;
  for (std::size_t i = from; i < from + count; ++i) gaps += sequence.events[i].gap;
  const auto begin = shorter.events.begin() + static_cast<std::ptrdiff_t>(from);
  const auto next = shorter.events.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
  if (keep_cycles && next != shorter.events.end()) next->gap += gaps;
  return shorter;
}

}  // namespace

Played play(const Sequence& sequence, Plant plant) {
  FreshKernel kernel;
  Played played;
  try {
    Player player(sequence, plant, played);
    player.run(played);
  } catch (const std::exception& error) {
    played.failure = error.what();
  }
  return played;
}

Sequence minimise(const Sequence& sequence, Plant plant) {
  Sequence shortest = sequence;
  std::size_t chunk = std::max<std::size_t>(1, sequence.events.size() / 2);
  while (true) {
    bool shorter = false;
    for (std::size_t from = 0; from < shortest.events.size();) {
      const std::size_t count = std::min(chunk, shortest.events.size() - from);
      Sequence moved_up = without(shortest, from, count, false);
      Sequence in_place = without(shortest, from, count, true);
      const bool fails = play(moved_up, plant).failure.has_value();
      if (fails || play(in_place, plant).failure) {
        shortest = std::move(fails ? moved_up : in_place);
        shorter = true;
      } else {
        from += count;
      }
    }
    if (chunk == 1 && !shorter) return shortest;
    chunk = std::max<std::size_t>(1, chunk / 2);
  }
}

}  // namespace mmu::fuzz
