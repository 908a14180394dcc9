// The page-table walkers and their walk caches: section 5 of docs/timing.md, turn 6.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "hw/arch/software_interface.hpp"
#include "hw/common/set_assoc.hpp"
#include "hw/mmu/mmu_params.hpp"
#include "hw/mmu/mmu_stats.hpp"
#include "testbench/reference/memory.hpp"
#include "testbench/reference/prefetch.hpp"
#include "testbench/reference/translation.hpp"

namespace mmu::reference {

class Walkers {
 public:
  /// Told of each walk that ends: what send() was given as slot, and the outcome, kOk or kFault.
  using Done = std::function<void(std::size_t slot, const Outcome&)>;

  /// What prefetches need of the last level of TLB.
  struct StlbSide {
    std::function<bool(Asid, VirtAddr, AccessKind)> knows;
    std::function<bool(Cycle t, const TranslateRequest&, const Translation&)> enter;
  };

  /// `cache`: where page-table reads enter.
  /// `line_bytes`: of a read that brings neighbours.
  Walkers(const MmuParams& params, std::uint32_t line_bytes, std::uint64_t seed,
          const TranslationControl& control, PhysicalMemory& memory, Memory& cache, Done done,
          StlbSide stlb);

  bool has_room() const { return queue_.size() < params_.walker.queue_entries; }
  /// True if `request` needs no walk of its own: prefetched, or being so.
  bool spares_walk(const TranslateRequest& request);
  /// Requires spares_walk() or has_room(). The outcome, if it is there at once.
  std::optional<Outcome> send(Cycle arrival, const TranslateRequest& request, std::size_t slot);
  void cycle(Cycle t);
  void fence(const FenceScope& scope);
  bool idle() const;

  WalkerStats stats;
  Prefetches prefetches;
  WalkerDetail detail;

 private:
  struct Request {
    Cycle arrival;
    TranslateRequest request;
    std::size_t slot;
  };
  enum class State : std::uint8_t {
    kFree,
    kLookUp,
    kLookedUp,
    kOfferRead,
    kAwaitRead,
    kDecode,
    kOfferUpdate,
    kAwaitUpdate,
    kUpdated,
  };
  struct Walker {
    State state = State::kFree;
    Cycle due = 0;  ///< when the state's action happens; kFree: may accept from then on
    Request job{};
    Walk walk;
    Cycle accepted = 0;
    std::uint64_t pte = 0, wanted = 0;  ///< read, and what it should become
    std::uint64_t cached = 0;           ///< kLookedUp: what was found; 0: nothing (never valid)
    Walker* reader = nullptr;           ///< whose read or update is awaited: its own, another's
    Cycle there = 0;                    ///< of its answer, kNever if that is not known
    bool counted = false;               ///< by where its first read was
    bool prefetch = false;              ///< nobody has asked for it
    bool joined = false, anew = false;  ///< somebody has, meanwhile; and it was walked again
    std::vector<FenceScope> met;        ///< of a prefetch: all fences since `accepted`
    Served from = Served::kL1;
    std::vector<std::uint64_t> line;  ///< what memory had there when `pte` was read
    bool swapped = false;             ///< the comparison succeeded
    std::vector<FenceScope> fences;   ///< that took effect since `accepted`, not leaf_only
    Story story;
  };
  struct Pointer {
    Asid asid = 0;
    VirtAddr va;
    unsigned level = 0;
    PhysAddr table;
    Inherited inherited;
  };

  void enqueue(const Request& added);
  void accept(Walker& walker, const Request& job, Cycle c);
  void begin(Walker& walker, Cycle c);
  void give_prefetches(Cycle t);
  Walker* prefetching(Asid asid, VirtAddr va);
  Walker* joinable(const TranslateRequest& request);
  const Prefetches::Held* usable(const TranslateRequest& request);
  void show(const TranslateRequest& request, Cycle arrival);
  void end_prefetch(Walker& walker, const std::optional<Translation>& to, Cycle t);
  void end(Walker& walker, Cycle t);
  void act(Walker& walker, Cycle t);
  void next_level(Walker& walker, Cycle t);
  void look_up(Walker& walker, Cycle t);
  void looked_up(Walker& walker, Cycle t);
  void offer_read(Walker& walker, Cycle t);
  void read_value(Walker& walker);
  Walker* line_under_way(const Walker& walker, Cycle t);
  bool may_send(Cycle t) const;
  void answered(Walker& walker, Cycle r, Served from);
  std::size_t choose(Cycle t);
  unsigned reads_expected(const TranslateRequest& request);
  bool pte_tagged() const {
    return params_.walk_cache.organisation == WalkCacheParams::Organisation::kPteTagged &&
           params_.walk_cache.shared.entries != 0;
  }
  bool unified() const {
    return params_.walk_cache.organisation == WalkCacheParams::Organisation::kUnified;
  }
  void decode(Walker& walker, Cycle t);
  void offer_update(Walker& walker, Cycle t);
  void updated(Walker& walker, Cycle t);
  void go_on(Walker& walker, std::uint64_t pte, Cycle t);
  void finish(Walker& walker, Outcome outcome, Cycle t);

  std::vector<std::pair<VirtAddr, Translation>> neighbours(const Walker& walker, const Walk& at,
                                                           const Translation& to) const;

  MmuParams params_;
  std::uint32_t line_bytes_;
  const TranslationControl& control_;
  PhysicalMemory& memory_;
  Memory& cache_;
  Done done_;
  StlbSide stlb_;
  std::deque<Request> queue_;
  std::vector<Walker> walkers_;
  std::uint32_t sent_ = 0;  ///< in this cycle
  SetAssoc<Pointer>& array(unsigned level) { return walk_caches_[unified() ? 0 : level]; }

  std::vector<SetAssoc<Pointer>> walk_caches_;  ///< [level], of level 0 nothing; unified: [0]
  SetAssoc<std::uint64_t> pte_cache_;           ///< PTE-tagged: entries by address
};

}  // namespace mmu::reference
