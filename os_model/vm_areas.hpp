// The areas of one address space, in order of address, without overlap.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "os_model/vm_area.hpp"

namespace mmu::os {

class VmAreas {
  using Map = std::map<std::uint64_t, VmArea>;  // by start

 public:
  /// What the areas say of a page.
  struct Cover {
    Rights rights;       ///< of all areas that have a part of the page
    bool mixed = false;  ///< they do not agree
    bool shared = true;  ///< all of them are MAP_SHARED
  };

  /// The area that holds `address`; nullptr if none does. Valid until the next change.
  const VmArea* find(std::uint64_t address) const;
  bool is_free(Range range) const;
  /// The last area that starts at or below `address`; nullptr if none does.
  const VmArea* last_from(std::uint64_t address) const;
  /// The first address of `range` that no area holds; its end if there is none.
  std::uint64_t first_hole(Range range) const;
  /// The area that may grow down to `address`: the next one above, if it is a stack.
  const VmArea* stack_above(std::uint64_t address) const;
  /// Nothing if no area has a part of `range`.
  std::optional<Cover> cover(Range range) const;

  /// Requires is_free(area.range). Joins it with neighbours that are more of the same.
  void insert(VmArea area);
  /// Takes `range` out of the areas, which may split some.
  void remove(Range range);
  /// The area that starts at `start` begins at `lower` from now on. Requires room for it.
  void grow_down(std::uint64_t start, std::uint64_t lower);
  /// Sets the rights of what there is in `range`; false if there is nothing.
  bool protect(Range range, Rights rights);

  /// The highest `bytes` free below `top` and not below `bottom`; nothing if there is no room.
  std::optional<Range> find_room(std::uint64_t bytes, std::uint64_t bottom,
                                 std::uint64_t top) const;

  std::uint64_t size() const { return areas_.size(); }
  /// Pairs of start and area, by start.
  Map::const_iterator begin() const { return areas_.begin(); }
  Map::const_iterator end() const { return areas_.end(); }
  /// Areas made, removed, split or resized so far.
  std::uint32_t changes() const { return changes_; }
  /// One line each, as in /proc/PID/maps.
  std::string describe() const;

 private:
  Map::iterator first_in(Range range);
  void split_at(std::uint64_t address);
  void join_with_next(Map::iterator area);

  Map areas_;
  std::uint32_t changes_ = 0;
};

}  // namespace mmu::os
