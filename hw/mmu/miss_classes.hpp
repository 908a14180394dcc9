// Why look-ups of a TLB miss: the classes of Hill and Smith ("Evaluating Associativity in CPU
// Caches", IEEE Transactions on Computers 38(12), 1989), and fences.
#pragma once

#include <cstdint>
#include <list>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "hw/arch/software_interface.hpp"
#include "hw/common/fields.hpp"
#include "hw/link/translation.hpp"

namespace mmu {

struct MissClassStats {
  std::uint64_t cold = 0, capacity = 0, conflict = 0, fence = 0;

  std::uint64_t sum() const { return cold + capacity + conflict + fence; }
  static constexpr auto fields() {
    using S = MissClassStats;
    return std::make_tuple(
        field("cold", "requests", "what it needs was never entered before", &S::cold),
        field("capacity", "requests", "a fully associative LRU array would miss too", &S::capacity),
        field("conflict", "requests", "such an array would hit", &S::conflict),
        field("fence", "requests", "a fence removed it last", &S::fence));
  }
};
static_assert(lists_every_counter<MissClassStats>());

/// What a miss comes to.
enum class MissKind : std::uint8_t {
  kSent,          ///< sent to the next level
  kSentForBits,   ///< likewise, though the entry is here: a walk must set A or D first
  kJoined,        ///< waits for an outstanding one of the same 4 KiB page
  kOnItsWay,      ///< waits for an entry that a refill brings
  kNotCanonical,  ///< no page can have this address
};

/// Puts each miss into one class. For that it runs a twin: a fully associative array of as many
/// entries as the TLB has in all, LRU, for pages of all sizes, that sees the same look-ups, refills
/// and fences.
class MissClasses {
 public:
  explicit MissClasses(std::uint64_t entries) : entries_(entries) {}

  /// A look-up that misses. Replays are classified, since others may join them, and not counted.
  void missed(const TranslateRequest& request, MissKind kind);
  /// A look-up that finds the entry of `to` for `va`, whatever the verdict.
  void used(Asid asid, VirtAddr va, const Translation& to);
  /// The answer to the miss of `va`, at the time when the TLB would enter it.
  void entered(Asid asid, VirtAddr va, const Translation& to);
  /// A fence takes an entry out of the TLB itself.
  void fenced(Asid asid, VirtAddr page, const Translation& to);
  /// The same fence takes what it covers out of the twin.
  void fence(const FenceScope& scope);

  const MissClassStats& stats() const { return stats_; }

 private:
  using Class = std::uint64_t MissClassStats::*;
  /// A page that was entered at some time.
  struct Page {
    VirtAddr page;
    Asid asid = 0;
    unsigned shift = 0;
    bool global = false;
    bool in_twin = false;
    bool fenced = false;                       ///< a fence has removed it last
    std::uint64_t changed = 0;                 ///< when it came or went last; grows
    Class brought_by = &MissClassStats::cold;  ///< class of the miss that entered it last
    std::list<Page*>::iterator place;          ///< in the twin
  };
  struct Size {
    unsigned shift;
    bool global;
  };

  static std::uint64_t key(Asid asid, VirtAddr va, unsigned shift, bool global);
  Page& page_of(Asid asid, VirtAddr va, const Translation& to);
  Page* find(Asid asid, VirtAddr va);  // the one in the twin, else the one that changed last
  Class classify(const TranslateRequest& request);
  Class class_of(const TranslateRequest& request, MissKind kind);
  void use(Page& page);  // the most recently used one of the twin from now on
  void leave(Page& page, bool by_fence);

  const std::uint64_t entries_;
  std::unordered_map<std::uint64_t, Page> pages_;
  std::vector<Size> sizes_;                             // of pages_
  std::list<Page*> twin_;                               // most recently used first
  std::unordered_map<std::uint64_t, Class> last_miss_;  // by 4 KiB page and ASID
  std::uint64_t clock_ = 0;
  MissClassStats stats_;
};

}  // namespace mmu
