// The decisions of one translation lookaside buffer: what hits, what is replaced, what a fence
// removes. Up to three arrays, each for page sizes of its own.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "hw/arch/software_interface.hpp"
#include "hw/common/page_sizes.hpp"
#include "hw/common/set_assoc.hpp"
#include "hw/link/held_translations.hpp"
#include "hw/link/translation.hpp"
#include "hw/mmu/mmu_params.hpp"

namespace mmu {

struct TlbEntry {
  TranslateResult result;  ///< what a look-up that is allowed is answered
  Cycle ready_at = 0;      ///< the cycle in which a refill under way brings it
  VirtAddr page;
  Asid asid = 0;
  AccessContext context;                ///< for which `allowed` was worked out
  std::uint8_t allowed = 0;             ///< bit k: an access of kind k needs nothing more
  std::uint32_t latency = 0;            ///< cycles from look-up to answer
  SetAssoc<TlbEntry>* array = nullptr;  ///< that it lies in; nullptr: no entry
  const TlbEntry* sector = nullptr;     ///< the way that holds it with its neighbours, or nullptr
  mutable bool prefetched = false;      ///< and not used since

  /// False: judge() tells.
  bool allows(AccessKind kind, AccessContext in) const {
    return context == in && (allowed >> static_cast<unsigned>(kind) & 1) != 0;
  }
};

/// A page that was found not long ago, with what a plain hit needs of its entry.
struct RecentPage {
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};
  std::uint64_t number = kNone;  ///< of the 4 KiB page: address >> 12
  PhysAddr base;                 ///< of the 4 KiB page
  const TlbEntry* entry = nullptr;
  std::uint32_t latency = 0;
  Asid asid = 0;
  std::uint8_t allowed = 0;  ///< as TlbEntry's, in the context of all zeros
};

class Tlb {
 public:
  /// Throws ConfigError, naming `what`, for an impossible shape.
  Tlb(const std::string& what, const TlbParams& params, const PageTableFormat& format,
      std::uint64_t seed);

  /// Without entries nothing can be entered, and looking costs nothing.
  bool is_off() const { return arrays_.front().entries.sets() == 0; }
  /// Cycles from look-up to the certainty that nothing matches.
  std::uint32_t miss_latency() const { return miss_latency_; }

  /// The entry that maps `va` in `asid`; nullptr on a miss. Use is marked by mark_used().
  const TlbEntry* look_up(Asid asid, VirtAddr va) {
    for (const Probe& probe : probes_) {
      const std::uint64_t index = va.value() >> probe.shift;
      const TlbEntry* entry = probe.array->peek(index, key(asid, va, probe));
      if (entry != nullptr && probe.sectors != nullptr) entry = page_of(*entry, va, probe);
      if (entry != nullptr) return entry;
    }
    return nullptr;
  }

  /// The place for the page of `va` in what is remembered; it may hold another one.
  const RecentPage& recent(VirtAddr va) const { return recent_[recent_index(va)]; }
  /// From now on until something is entered or removed, recent(va) stands for look_up(). Entries of
  /// arrays that stamp() cannot mark, and pages of sectors, are not remembered. Requires an entry
  /// that was entered in the context of all zeros.
  void remember(Asid asid, VirtAddr va, const TlbEntry& entry) {
    if (!entry.array->marks_by_stamp() || entry.sector != nullptr) return;
    remembers_ = true;
    recent_[recent_index(va)] = {
        va.value() >> kBasePageShift,
        entry.result.to.of(va.aligned_down(kBasePageShift)),
        &entry,
        entry.latency,
        asid,
        entry.allowed,
    };
  }

  /// Requires what look_up() has returned, with nothing inserted since.
  void mark_used(const TlbEntry* entry) {
    entry->array->mark_used(entry->sector == nullptr ? entry : entry->sector);
  }

  enum class Entered : std::uint8_t { kNot, kIntoEmptyWay, kDisplacedAnother };
  /// Enters `page`; not if no array holds pages of this size. What an entry that has to go for it
  /// holds is added to `given_up`, the lowest page first (nullptr: nobody asks).
  Entered insert(const HeldPage& page, AdUpdate ad, std::vector<HeldPage>* given_up);

  /// Enters `beside`, a page of the same size beside that of `va`, which has just been entered, if
  /// both belong to one sector and it is not there yet. True if so.
  bool insert_neighbour(VirtAddr va, const HeldPage& beside, AdUpdate ad);
  bool has_sectors() const { return has_sectors_; }
  /// The other pages of the sector that `entry` lies in, of those that are there by cycle `by`.
  NeighbourPages beside(const TlbEntry& entry, Cycle by) const;

  /// The next hit of each page is looked up.
  void forget() {
    if (remembers_) recent_.fill({});
    remembers_ = false;
  }

  bool holds(const HeldPage& page) { return place_of(page) != nullptr; }
  enum class Removed : std::uint8_t { kNothing, kPageOfSector, kEntry };
  Removed remove(const HeldPage& page);

  /// All pages; of a sector one by one.
  std::vector<HeldPage> held() const;

  /// Calls fn(entry) for each page that `scope` covers, those in sectors one by one.
  template <class Fn>
  void for_each_covered(const FenceScope& scope, Fn fn) const {
    const auto look_at = [&](const TlbEntry& entry) {
      const Translation& to = entry.result.to;
      if (scope.covers(entry.asid, entry.page, to.page_shift, to.global)) fn(entry);
    };
    for (const Array& array : arrays_) {
      array.entries.for_each([&](std::uint64_t, const TlbEntry& entry) {
        if (array.sector_shift == 0) return look_at(entry);
        const std::size_t first = array.entries.place_of(&entry) << array.sector_shift;
        for (std::size_t i = 0; i < std::size_t{1} << array.sector_shift; ++i) {
          if (array.pages[first + i].array != nullptr) look_at(array.pages[first + i]);
        }
      });
    }
  }

  /// Removes what `scope` covers, of a sector only the pages; returns how many entries that were.
  std::uint64_t fence(const FenceScope& scope);

 private:
  struct Array {
    SetAssoc<TlbEntry> entries;
    std::vector<unsigned> shifts;       // of the page sizes that it holds, in the order of probing
    unsigned sector_shift = 0;          // log2 of the pages that an entry covers
    std::vector<TlbEntry> pages;        // with sectors: of each way
    std::uint64_t large_page_ways = 0;  // those that all but pages of shifts[0] may take; 0: any
  };
  /// A page size that has been entered, and whether as global: each costs one look.
  struct Probe {
    unsigned page_shift;
    bool global;
    std::uint64_t tag;  ///< the part of the key that does not depend on address and ASID
    SetAssoc<TlbEntry>* array;
    std::uint32_t latency;
    unsigned shift;       ///< of what an entry covers
    Array* sectors;       ///< nullptr: an entry covers one page
    std::uint64_t among;  ///< of the first so many ways of its set a new entry takes one
    bool operator<(const Probe& other) const {
      return page_shift != other.page_shift ? page_shift < other.page_shift : global < other.global;
    }
  };

  TlbEntry make_entry(const Probe& probe, const HeldPage& page, AdUpdate ad) const;
  static HeldPage held_page(const TlbEntry& entry) {
    return {entry.page, entry.asid, entry.result.to, entry.ready_at, entry.context};
  }
  TlbEntry* place_of(const HeldPage& page);
  TlbEntry* new_sector(const Probe& probe, const TlbEntry& entry, std::uint64_t tag,
                       std::vector<HeldPage>* given_up, bool& displaced);
  /// Number of the page of `va` among those of all ways.
  static std::size_t page_number(const TlbEntry& sector, VirtAddr va, const Probe& probe) {
    const std::size_t in_sector =
        va.value() >> probe.page_shift & ((1U << probe.sectors->sector_shift) - 1);
    return (probe.array->place_of(&sector) << probe.sectors->sector_shift) + in_sector;
  }
  static const TlbEntry* page_of(const TlbEntry& sector, VirtAddr va, const Probe& probe) {
    const TlbEntry& page = probe.sectors->pages[page_number(sector, va, probe)];
    return page.array != nullptr ? &page : nullptr;
  }
  bool drop_pages(Array& array, const TlbEntry& sector, const FenceScope& scope);

  static std::size_t recent_index(VirtAddr va) {
    return va.value() >> kBasePageShift & (kRecentPages - 1);
  }
  void add_array(const std::string& what, const TlbArrayParams& params,
                 const PageTableFormat& format, std::uint64_t seed, PageSizes& taken);
  const Probe* probe_for(const Translation& to);

  // The page number with a one above it, which tells the page size (bits 45:0); 46 global; 63:48
  // address space, of entries that are not global.
  static constexpr unsigned kKeyVaBits = 57;
  static std::uint64_t key(Asid asid, VirtAddr va, const Probe& probe) {
    return ((va.value() << (64 - kKeyVaBits)) >> (64 - kKeyVaBits + probe.shift)) |
           (probe.global ? 0 : std::uint64_t{asid} << 48) | probe.tag;
  }

  std::vector<Array> arrays_;  // the base one first
  bool has_sectors_ = false;
  std::uint32_t latency_, probe_cycles_, miss_latency_;
  static constexpr std::size_t kRecentPages = 64;
  std::array<RecentPage, kRecentPages> recent_{};
  bool remembers_ = false;     // recent_ holds something
  std::vector<Probe> probes_;  // smallest page first
};

}  // namespace mmu
