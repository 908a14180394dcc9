// Page-walk caches: the longest known prefix of a walk. One small cache for each level.
#pragma once

#include <string>
#include <vector>

#include "hw/arch/software_interface.hpp"
#include "hw/common/set_assoc.hpp"
#include "hw/mmu/mmu_params.hpp"

namespace mmu {

class WalkCache {
 public:
  /// Throws ConfigError for an impossible shape.
  WalkCache(const PageTableFormat& format, const WalkCacheParams& params, std::uint64_t seed)
      : format_(format) {
    for (unsigned level = 1; level < format.depth; ++level) {
      const WalkCacheParams::LevelParams& shape = params.of_level(level);
      tables_.emplace_back("mmu.walk_cache.level" + std::to_string(level), shape.entries,
                           shape.ways, params.replacement, seed);
    }
  }

  /// A walk for `va` that starts as deep as known tables allow. `format` has the levels of the one
  /// given at construction.
  Walk start(const PageTableFormat& format, Asid asid, VirtAddr va, PhysAddr root) {
    for (unsigned level = 1; level < format_.depth; ++level) {
      if (const Table* table = tables_[level - 1].find(index(va, level), key(asid, va, level))) {
        return {format, va, table->base, level - 1, table->inherited};
      }
    }
    return {format, va, root};
  }

  /// Remembers the table that `walk` has just descended to.
  void fill(Asid asid, const Walk& walk) {
    const unsigned level = walk.level() + 1;
    tables_[level - 1].insert(index(walk.va(), level), key(asid, walk.va(), level),
                              {walk.table(), walk.inherited()});
  }

  /// Removes what `scope` covers: all of an ASID, or what lies on the path of an address. Returns
  /// how many entries that were.
  std::uint64_t fence(const FenceScope& scope) {
    std::uint64_t removed = 0;
    for (unsigned level = 1; level < format_.depth; ++level) {
      tables_[level - 1].erase_if([&](std::uint64_t of, const Table&) {
        const bool gone = (!scope.asid || of >> kAsidShift == *scope.asid) &&
                          (!scope.va || of << 16 == key(0, *scope.va, level) << 16);
        removed += gone ? 1 : 0;
        return gone;
      });
    }
    return removed;
  }

  /// True if `scope` covers the entry that fill() would make.
  bool is_covered(const FenceScope& scope, Asid asid, const Walk& walk) const {
    const unsigned lsb = format_.levels[walk.level() + 1].lsb;
    return (!scope.asid || *scope.asid == asid) &&
           (!scope.va || scope.va->aligned_down(lsb) == walk.va().aligned_down(lsb));
  }

 private:
  static constexpr unsigned kAsidShift = 48;
  struct Table {
    PhysAddr base;
    Inherited inherited;
  };
  std::uint64_t index(VirtAddr va, unsigned level) const {
    return va.value() >> format_.levels[level].lsb;
  }
  std::uint64_t key(Asid asid, VirtAddr va, unsigned level) const {
    return (index(va, level) << 16 >> 16) | std::uint64_t{asid} << kAsidShift;
  }

  const PageTableFormat& format_;
  std::vector<SetAssoc<Table>> tables_;  // [level - 1]
};

}  // namespace mmu
