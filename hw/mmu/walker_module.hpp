#pragma once

#include <array>
#include <deque>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include "hw/common/ports.hpp"
#include "hw/link/memory_if.hpp"
#include "hw/link/timeline_module.hpp"
#include "hw/link/translate_if.hpp"
#include "hw/link/translation_observer.hpp"
#include "hw/link/walker_watch.hpp"
#include "hw/mmu/mmu_stats.hpp"
#include "hw/mmu/prefetch_unit.hpp"
#include "hw/mmu/pte_cache.hpp"
#include "hw/mmu/walk_cache.hpp"

namespace mmu {

/// n walkers behind one queue, by the contract of docs/timing.md, section 5: accepted in c, first
/// read offered in c + walk-cache latency + 1; what arrives in r is acted on in r + 2.
///
///     in ──► queue_ ──► walkers_[w] ──► in_reply
///                        │    ▲
///                   memory    memory_reply
class WalkerModule : public sc_core::sc_module,
                     private TranslateIf,
                     private MemoryReplyIf,
                     private Wakeable {
 public:
  sc_core::sc_export<TranslateIf> in{"in"};
  sc_core::sc_port<TranslateReplyIf> in_reply{"in_reply"};
  sc_core::sc_port<MemoryIf> memory{"memory"};
  sc_core::sc_export<MemoryReplyIf> memory_reply{"memory_reply"};

  /// Throws ConfigError for an impossible shape.
  WalkerModule(const sc_core::sc_module_name& name, const WalkerParams& params,
               const WalkCacheParams& cache, const PrefetchParams& prefetch,
               const TranslationControl& control, PhysicalMemory& bytes, std::uint64_t seed,
               TimelineModule& timeline);

  /// Takes effect in this cycle: walk-cache entries go, walks under way remember it.
  void fence(const FenceScope& scope);

  /// `observer` is told of walks from now on; it must outlive this.
  void observe(TranslationObserver& observer) { observer_ = &observer; }

  /// `watch` is told of every port of every walk within time; it must outlive this. Requires an
  /// organisation of the walk cache that skips levels, and no prefetches.
  void follow_ports(WalkerWatch& watch) { watch_ = &watch; }

  /// From now on results tell the neighbours of a page, of which a line has so many bytes.
  void read_neighbours(std::uint32_t line_bytes) { line_bytes_ = line_bytes; }

  /// What was warmed up is not counted.
  void start_counting();

  /// Walk caches and prefetch buffer.
  HeldTranslations held() const {
    return {"walker", prefetch_.held(), cache_.held(), pte_cache_.held()};
  }
  const WalkerStats& stats() const { return stats_; }
  /// No request waits and every walker is free.
  bool idle() const;
  const PrefetchStats& prefetch_stats() const { return prefetch_.stats; }
  const WalkerDetail& detail() const { return detail_; }
  void explain_stall(std::ostream& out) const;

  enum class State : std::uint8_t {
    kFree,
    kStart,        // in `due`, with the start level
    kLookUp,       // has asked the PTE-tagged cache, which answers in `due`
    kOfferRead,    // from `due` on, until accepted
    kReading,      // `due` unknown
    kDecode,       // in `due`
    kOfferUpdate,  // from `due` on, until accepted
    kUpdating,     // `due` unknown
    kUpdated,      // in `due`
  };
  /// What a walker does; `due` as in State.
  struct View {
    State state;
    Cycle due;
    VirtAddr va;
    Asid asid;
    unsigned level;
    bool prefetch;
  };
  std::uint32_t count() const { return static_cast<std::uint32_t>(walkers_.size()); }
  View view(std::uint32_t walker) const;
  /// `look` is called at the end of each turn of the walkers.
  void look_after_turns(std::function<void()> look) { look_ = std::move(look); }

 private:
  struct Walker {
    State state = State::kFree;
    Cycle due = 0;  // kFree: it can accept from here on
    Cycle accepted = 0;
    TranslateRequest request;
    Walk walk;
    std::optional<std::uint64_t> known;  // kLookUp: what the PTE-tagged cache has found
    bool has_read = false;
    std::uint64_t pte = 0;
    std::array<std::uint64_t, NeighbourPages::kMost> line{};  // entries of the group around `pte`
    std::uint16_t in_line = 0;                                // those of them that were read
    std::uint64_t new_pte = 0;
    bool update_done = false;
    bool told = false;         // the watch knows of the read or update on offer
    std::uint32_t reader = 0;  // whose read brings what is awaited: its own number, or another's
    bool error = false;        // memory answers the read or update under way with an error
    Served from = Served::kL1;
    std::vector<FenceScope> fences;
    bool prefetch = false;                    // nobody has asked for it
    bool joined = false;                      // somebody has, meanwhile
    bool repeated = false;                    // joined, and walked anew
    std::vector<FenceScope> prefetch_fences;  // met while nobody had asked for it
    Story story;
  };

  TranslateAnswer translate(const TranslateRequest& request) override;
  void warm(const TranslateRequest& request) override;
  void used_prefetched() override { ++prefetch_.stats.hits; }
  void accessed(std::uint32_t walker, Cycle at, Served from) override;
  void memory_room(Cycle at) override;
  void wake() override;

  void accept();  // gives requests that have arrived to free walkers
  std::deque<TranslateRequest>::iterator next_request();  // queue_.end(): none has arrived
  unsigned first_level(const TranslateRequest& request);
  void accept_prefetches();
  void start(Walker& walker, const TranslateRequest& request);
  void begin(Walker& walker);
  void step(std::uint32_t index);
  void go_to_level(std::uint32_t index);
  void looked_up(std::uint32_t index);
  void count_start(Walker& walker);
  void offer(std::uint32_t index);
  void tell_offer(std::uint32_t index);
  bool share(std::uint32_t index);
  bool has_memory_slot() const;
  void take_value(std::uint32_t index);
  void take_line(Walker& walker);
  NeighbourPages neighbours_of(const Walker& walker, const Translation& to) const;
  static bool is_awaiting(const Walker& walker, Cycle now);
  void decode(std::uint32_t index);
  void updated(std::uint32_t index);
  void go_on(std::uint32_t index, std::uint64_t pte);
  void fill_cache(const Walker& walker, const Walk& next, std::uint64_t pte);
  static Fault access_fault(const Walker& walker);
  void finish(Walker& walker, const WalkStep& step);
  TranslateResult result_of(const Walker& walker, const WalkStep& step, NeighbourPages& neighbours);
  TranslateResult judged(const Translation& to, const TranslateRequest& request) const;
  void end(Walker& walker, bool faulted);
  void finish_prefetch(Walker& walker, const WalkStep& step);
  bool enter_prefetch(const Walker& walker, const WalkStep& step);
  std::optional<TranslateAnswer> spare_walk(const TranslateRequest& request);
  const TranslateResult* from_buffer(const TranslateRequest& request);
  Walker* prefetching(Asid asid, VirtAddr va);
  void observe(const TranslateRequest& request);
  void show_prefetcher(const TranslateRequest& request);

  // Outside of time.
  WalkStep warm_walk(Walker& walker);
  std::optional<std::uint64_t> warm_entry(Walker& walker);
  void warm_prefetches();

  std::uint32_t number_of(const Walker& walker) const {
    return static_cast<std::uint32_t>(&walker - walkers_.data());
  }
  std::string about(const Walker& walker) const;  // "walker 1, VA 0x1234: "

  const TranslationControl& control_;
  PhysicalMemory& bytes_;
  TimelineModule& timeline_;
  const WalkerParams params_;
  Ports ports_;  // to memory
  const Cycle cache_latency_;
  WalkCache cache_;
  PteCache pte_cache_;
  PrefetchUnit prefetch_;
  TranslateResult buffered_;  // the last answer from the prefetch buffer
  std::vector<Walker> walkers_;
  std::deque<TranslateRequest> queue_;  // those still travelling included
  TranslationObserver* observer_ = nullptr;
  std::function<void()> look_;
  WalkerWatch* watch_ = nullptr;
  bool refused_ = false;
  std::uint32_t line_bytes_ = 0;  // 0: nobody wants neighbours
  WalkerStats stats_;
  WalkerDetail detail_;
};

}  // namespace mmu
