// Page-walk caches that skip levels: the longest known prefix of a walk. Tagged by VA and ASID; one
// small array for each level, or one for all.
#pragma once

#include <string>
#include <vector>

#include "hw/arch/software_interface.hpp"
#include "hw/common/set_assoc.hpp"
#include "hw/link/held_translations.hpp"
#include "hw/mmu/walk_params.hpp"

namespace mmu {

class WalkCache {
 public:
  /// Throws ConfigError for an impossible shape. Empty if the organisation is another one.
  WalkCache(const PageTableFormat& format, const WalkCacheParams& params, std::uint64_t seed)
      : format_(format), is_split_(params.organisation == WalkCacheParams::Organisation::kSplit) {
    const bool unified = params.organisation == WalkCacheParams::Organisation::kUnified;
    if (!is_split_) {
      const WalkCacheParams::LevelParams shape =
          unified ? params.shared : WalkCacheParams::LevelParams{};
      arrays_.emplace_back("mmu.walk_cache.shared", shape.entries, shape.ways, params.replacement,
                           seed);
    }
    for (unsigned level = 1; is_split_ && level < format.depth; ++level) {
      const WalkCacheParams::LevelParams& shape = params.of_level(level);
      arrays_.emplace_back("mmu.walk_cache.level" + std::to_string(level), shape.entries,
                           shape.ways, params.replacement, seed);
    }
  }

  /// A walk for `va` that starts as deep as known tables allow. `format` has the levels of the one
  /// given at construction.
  Walk start(const PageTableFormat& format, Asid asid, VirtAddr va, PhysAddr root) {
    for (unsigned level = 1; level < format_.depth; ++level) {
      if (const Table* table = array(level).find(index(va, level), key(asid, va, level))) {
        return {format, va, table->base, level - 1, table->inherited};
      }
    }
    return {format, va, root};
  }

  /// The level at which start() would begin; nothing is marked as used.
  unsigned start_level(Asid asid, VirtAddr va) {
    for (unsigned level = 1; level < format_.depth; ++level) {
      if (array(level).peek(index(va, level), key(asid, va, level)) != nullptr) return level - 1;
    }
    return format_.root_level();
  }

  /// Remembers the table that `walk` has just descended to.
  void fill(Asid asid, const Walk& walk) {
    const unsigned level = walk.level() + 1;
    array(level).insert(index(walk.va(), level), key(asid, walk.va(), level),
                        {walk.table(), walk.inherited()});
  }

  /// Removes what `scope` covers: all of an ASID, or what lies on the path of an address. Returns
  /// how many entries that were.
  std::uint64_t fence(const FenceScope& scope) {
    std::uint64_t removed = 0;
    for (SetAssoc<Table>& tables : arrays_) {
      tables.erase_if([&](std::uint64_t of, const Table&) {
        const bool gone = (!scope.asid || of >> kAsidShift == *scope.asid) &&
                          (!scope.va || of << 16 == key(0, *scope.va, level_of(of)) << 16);
        removed += gone ? 1 : 0;
        return gone;
      });
    }
    return removed;
  }

  std::vector<HeldPointer> held() const {
    std::vector<HeldPointer> pointers;
    for (const SetAssoc<Table>& tables : arrays_) {
      tables.for_each([&](std::uint64_t key, const Table& table) {
        const unsigned level = level_of(key);
        const std::uint64_t index = key & ((std::uint64_t{1} << kLevelShift) - 1);
        pointers.push_back({static_cast<Asid>(key >> kAsidShift),
                            VirtAddr(index << format_.levels[level].lsb), level, table.base,
                            table.inherited});
      });
    }
    return pointers;
  }

  /// True if `scope` covers the entry that fill() would make.
  bool is_covered(const FenceScope& scope, Asid asid, const Walk& walk) const {
    const unsigned lsb = format_.levels[walk.level() + 1].lsb;
    return (!scope.asid || *scope.asid == asid) &&
           (!scope.va || scope.va->aligned_down(lsb) == walk.va().aligned_down(lsb));
  }

 private:
  struct Table {
    PhysAddr base;
    Inherited inherited;
  };

  // Keys: 44:0 the address above the entry's span (43 bits at level 1), 47:45 level, 63:48 ASID.
  static constexpr unsigned kLevelShift = 45;
  static constexpr unsigned kAsidShift = 48;
  static unsigned level_of(std::uint64_t key) {
    return static_cast<unsigned>(key >> kLevelShift & 7);
  }
  std::uint64_t index(VirtAddr va, unsigned level) const {
    return va.value() >> format_.levels[level].lsb;
  }
  std::uint64_t key(Asid asid, VirtAddr va, unsigned level) const {
    return index(va, level) | std::uint64_t{level} << kLevelShift |
           std::uint64_t{asid} << kAsidShift;
  }
  SetAssoc<Table>& array(unsigned level) { return arrays_[is_split_ ? level - 1 : 0]; }

  const PageTableFormat& format_;
  bool is_split_;
  std::vector<SetAssoc<Table>> arrays_;  // split: [level - 1]; else one
};

}  // namespace mmu
