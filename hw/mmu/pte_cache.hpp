// A page-table cache: pointers to tables under the physical address that they were read from. It
// serves a walker's read instead of memory, level by level, where a WalkCache skips levels.
#pragma once

#include <vector>

#include "hw/arch/walk.hpp"
#include "hw/common/set_assoc.hpp"
#include "hw/link/held_translations.hpp"
#include "hw/mmu/walk_params.hpp"

namespace mmu {

class PteCache {
 public:
  /// Throws ConfigError for an impossible shape. Empty if the organisation is another one.
  PteCache(const WalkCacheParams& params, unsigned pte_bytes, std::uint64_t seed)
      : pte_bytes_(pte_bytes),
        pointers_("mmu.walk_cache.shared", shape_of(params).entries, shape_of(params).ways,
                  params.replacement, seed) {}

  bool is_on() const { return pointers_.sets() != 0; }

  /// The entry that was read at `entry`, marked as used; nullptr if it is not known.
  const std::uint64_t* find(PhysAddr entry) { return pointers_.find(key(entry), key(entry)); }
  /// The level of the first read of `walk`, which it begins; nothing is marked as used.
  unsigned first_read(Walk walk) {
    while (walk.level() != 0) {
      const std::uint64_t* known =
          pointers_.peek(key(walk.entry_address()), key(walk.entry_address()));
      if (known == nullptr) break;
      walk.consume(*known);
    }
    return walk.level();
  }
  void fill(PhysAddr entry, std::uint64_t pte) { pointers_.insert(key(entry), key(entry), pte); }

  std::vector<HeldEntry> held() const {
    std::vector<HeldEntry> entries;
    pointers_.for_each([&](std::uint64_t key, std::uint64_t pte) {
      entries.push_back({PhysAddr(key * pte_bytes_), pte});
    });
    return entries;
  }

  /// Removes everything, since no entry says which addresses and address spaces it serves; returns
  /// how many entries that were.
  std::uint64_t fence() {
    std::uint64_t removed = 0;
    pointers_.erase_if([&](std::uint64_t, std::uint64_t) {
      ++removed;
      return true;
    });
    return removed;
  }

 private:
  static WalkCacheParams::LevelParams shape_of(const WalkCacheParams& params) {
    const bool wanted = params.organisation == WalkCacheParams::Organisation::kPteTagged;
    return wanted ? params.shared : WalkCacheParams::LevelParams{};
  }
  std::uint64_t key(PhysAddr entry) const { return entry.value() / pte_bytes_; }

  std::uint64_t pte_bytes_;
  SetAssoc<std::uint64_t> pointers_;
};

}  // namespace mmu
