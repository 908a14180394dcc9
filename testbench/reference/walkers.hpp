// The page-table walkers and their walk caches: section 5 of docs/timing.md, turn 6.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "hw/arch/software_interface.hpp"
#include "hw/common/set_assoc.hpp"
#include "hw/mmu/mmu_params.hpp"
#include "hw/mmu/mmu_stats.hpp"
#include "testbench/reference/memory.hpp"
#include "testbench/reference/translation.hpp"

namespace mmu::reference {

class Walkers {
 public:
  /// Told of each walk that ends: the STLB's slot and the outcome, kOk or kFault.
  using Done = std::function<void(std::size_t slot, const Outcome&)>;

  /// `cache`: where page-table reads enter.
  Walkers(const MmuParams& params, std::uint64_t seed, const TranslationControl& control,
          PhysicalMemory& memory, Memory& cache, Done done);

  bool has_room() const { return queue_.size() < params_.walker.queue_entries; }
  /// Requires has_room().
  void send(Cycle arrival, const TranslateRequest& request, std::size_t slot);
  void cycle(Cycle t);
  void fence(const FenceScope& scope);
  bool idle() const;

  WalkerStats stats;
  WalkerDetail detail;

 private:
  struct Request {
    Cycle arrival;
    TranslateRequest request;
    std::size_t slot;
  };
  enum class State : std::uint8_t {
    kFree,
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
    Served from = Served::kL1;
    bool swapped = false;            ///< the comparison succeeded
    std::vector<FenceScope> fences;  ///< that took effect since `accepted`, not leaf_only
    Story story;
  };
  struct Pointer {
    Asid asid = 0;
    VirtAddr va;
    PhysAddr table;
    Inherited inherited;
  };

  void accept(Walker& walker, const Request& job, Cycle c);
  void act(Walker& walker, Cycle t);
  void offer_read(Walker& walker, Cycle t);
  void decode(Walker& walker, Cycle t);
  void offer_update(Walker& walker, Cycle t);
  void updated(Walker& walker, Cycle t);
  void go_on(Walker& walker, std::uint64_t pte, Cycle t);
  void finish(Walker& walker, Outcome outcome, Cycle t);

  MmuParams params_;
  TranslationControl control_;
  PhysicalMemory& memory_;
  Memory& cache_;
  Done done_;
  std::deque<Request> queue_;
  std::vector<Walker> walkers_;
  std::vector<SetAssoc<Pointer>> walk_caches_;  ///< [level]; of level 0 nothing is kept
};

}  // namespace mmu::reference
