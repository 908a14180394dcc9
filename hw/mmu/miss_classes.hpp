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
#include "hw/common/page_sizes.hpp"
#include "hw/link/translation.hpp"
#include "hw/mmu/tlb_params.hpp"

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
  kJoined,        ///< waits for an outstanding one of the same smallest page
  kOnItsWay,      ///< waits for an entry that a refill brings
  kNotCanonical,  ///< no page can have this address
};

/// Of how many pages an entry is.
struct SectorShape {
  unsigned shift = 0;                ///< log2 of the pages that an entry covers ...
  PageSizes of = ~std::uint64_t{0};  ///< ... if they are of one of these sizes; else one page
};

/// Puts each miss into one class. For that it runs a twin: a fully associative array of as many
/// entries as the TLB has in all, LRU, for pages of all sizes, with the same sectors, that sees the
/// same look-ups, refills and fences.
class MissClasses {
 public:
  explicit MissClasses(std::uint64_t entries, SectorShape sectors = {})
      : entries_(entries), sectors_{sectors} {}
  /// `page_shift`: of the smallest page, by which misses join.
  MissClasses(const TlbParams& params, unsigned page_shift);

  /// A look-up that misses. Replays are classified, since others may join them, and not counted.
  void missed(const TranslateRequest& request, MissKind kind);
  /// A look-up that finds the entry of `to` for `va`, whatever the verdict.
  void used(Asid asid, VirtAddr va, const Translation& to);
  /// The answer to the miss of `va`, at the time when the TLB would enter it.
  void entered(Asid asid, VirtAddr va, const Translation& to);
  /// `to`, for `beside`, comes with the answer to the miss of `va` that has just been entered.
  void entered_beside(Asid asid, VirtAddr va, VirtAddr beside, const Translation& to);
  /// The page leaves TLB and twin by the rules of another level's inclusion.
  void left(Asid asid, VirtAddr va, const Translation& to);
  /// A fence takes a page out of the TLB itself.
  void fenced(Asid asid, VirtAddr page, const Translation& to);
  /// The same fence takes what it covers out of the twin.
  void fence(const FenceScope& scope);

  /// What was classified until now is not counted.
  void start_counting() { stats_ = {}; }
  const MissClassStats& stats() const { return stats_; }

 private:
  using Class = std::uint64_t MissClassStats::*;
  struct Page;
  /// What one entry covers: a page, or a sector.
  struct Group {
    std::vector<Page*> pages;             ///< those that are in the twin
    std::list<Group*>::iterator place{};  ///< there, unless it has no pages
  };
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
    Group* group = nullptr;
  };
  struct Size {
    unsigned shift;
    bool global;
  };

  /// Of the page of 2^shift bytes that holds `va`, or of what 2^sector_shift such pages cover.
  static std::uint64_t key(Asid asid, VirtAddr va, unsigned shift, bool global,
                           unsigned sector_shift = 0);
  unsigned sector_shift_of(unsigned page_shift) const;
  Page& page_of(Asid asid, VirtAddr va, const Translation& to);
  Page* find(Asid asid, VirtAddr va);  // the one in the twin, else the one that changed last
  Class classify(const TranslateRequest& request);
  Class class_of(const TranslateRequest& request, MissKind kind);
  void use(Page& page);  // the most recently used one of the twin from now on
  void leave(Page& page, bool by_fence);
  void displace(Group& group);

  const std::uint64_t entries_;
  const unsigned page_shift_ = kBasePageShift;
  std::vector<SectorShape> sectors_;  // of each array
  std::unordered_map<std::uint64_t, Page> pages_;
  std::vector<Size> sizes_;  // of pages_
  std::unordered_map<std::uint64_t, Group> groups_;
  std::list<Group*> twin_;                              // most recently used first
  std::unordered_map<std::uint64_t, Class> last_miss_;  // by smallest page, ASID
  std::uint64_t clock_ = 0;
  MissClassStats stats_;
};

}  // namespace mmu
