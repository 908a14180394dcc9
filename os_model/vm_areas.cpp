#include "os_model/vm_areas.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <utility>

#include "hw/arch/errors.hpp"

namespace mmu::os {

const VmArea* VmAreas::find(std::uint64_t address) const {
  const VmArea* area = last_from(address);
  return area != nullptr && area->range.holds(address) ? area : nullptr;
}

const VmArea* VmAreas::last_from(std::uint64_t address) const {
  const auto after = areas_.upper_bound(address);
  return after == areas_.begin() ? nullptr : &std::prev(after)->second;
}

VmAreas::Map::iterator VmAreas::first_in(Range range) {
  auto it = areas_.upper_bound(range.start);
  if (it != areas_.begin() && std::prev(it)->second.range.end > range.start) --it;
  return it;
}

bool VmAreas::is_free(Range range) const {
  const auto next = areas_.lower_bound(range.start);
  return find(range.start) == nullptr && (next == areas_.end() || next->first >= range.end);
}

std::uint64_t VmAreas::first_hole(Range range) const {
  std::uint64_t at = range.start;
  while (at < range.end) {
    const VmArea* area = find(at);
    if (area == nullptr) return at;
    at = area->range.end;
  }
  return range.end;
}

const VmArea* VmAreas::stack_above(std::uint64_t address) const {
  const auto next = areas_.upper_bound(address);
  return next != areas_.end() && next->second.kind == AreaKind::kStack ? &next->second : nullptr;
}

std::optional<VmAreas::Cover> VmAreas::cover(Range range) const {
  auto it = areas_.upper_bound(range.start);
  if (it != areas_.begin() && std::prev(it)->second.range.end > range.start) --it;
  std::optional<Cover> found;
  for (; it != areas_.end() && it->first < range.end; ++it) {
    const Rights rights = it->second.rights;
    if (!found) found = Cover{rights, false, true};
    found->shared = found->shared && it->second.shared;
    found->mixed = found->mixed || !(found->rights == rights);
    found->rights = either(found->rights, rights);
  }
  return found;
}

void VmAreas::insert(VmArea area) {
  if (!is_free(area.range)) throw ModelError("os_model: VM areas overlap");
  const std::uint64_t start = area.range.start;
  const auto it = areas_.emplace(start, std::move(area)).first;
  ++changes_;
  join_with_next(it);
  if (it != areas_.begin()) join_with_next(std::prev(it));
}

void VmAreas::join_with_next(Map::iterator area) {
  const auto next = std::next(area);
  if (next == areas_.end() || !area->second.goes_on_in(next->second)) return;
  area->second.range.end = next->second.range.end;
  areas_.erase(next);
  ++changes_;
}

void VmAreas::split_at(std::uint64_t address) {
  const VmArea* area = find(address);
  if (area == nullptr || area->range.start == address) return;
  const VmArea tail = area->from(address);
  areas_.at(area->range.start).range.end = address;
  areas_.emplace(address, tail);
  ++changes_;
}

void VmAreas::remove(Range range) {
  split_at(range.start);
  split_at(range.end);
  auto it = areas_.lower_bound(range.start);
  while (it != areas_.end() && it->first < range.end) {
    it = areas_.erase(it);
    ++changes_;
  }
}

void VmAreas::grow_down(std::uint64_t start, std::uint64_t lower) {
  if (!is_free({lower, start})) throw ModelError("os_model: a stack grows into another area");
  VmArea area = areas_.at(start);
  areas_.erase(start);
  area.range.start = lower;
  areas_.emplace(lower, std::move(area));
  ++changes_;
}

bool VmAreas::protect(Range range, Rights rights) {
  auto it = first_in(range);
  if (it == areas_.end() || it->first >= range.end) return false;
  split_at(range.start);
  split_at(range.end);
  for (it = areas_.lower_bound(range.start); it != areas_.end() && it->first < range.end; ++it) {
    if (it->second.rights == rights) continue;
    it->second.rights = rights;
    ++changes_;
  }
  const std::uint64_t before = range.start == 0 ? 0 : range.start - 1;
  for (it = first_in({before, range.end}); it != areas_.end() && it->first < range.end;) {
    const auto size = areas_.size();
    join_with_next(it);
    if (areas_.size() == size) ++it;
  }
  return true;
}

std::optional<Range> VmAreas::find_room(std::uint64_t bytes, std::uint64_t bottom,
                                        std::uint64_t top) const {
  auto below = areas_.lower_bound(top);
  for (std::uint64_t end = top;; end = std::min(end, below->first)) {
    const bool none = below == areas_.begin();
    if (!none) --below;
    const std::uint64_t floor = none ? bottom : std::max(bottom, below->second.range.end);
    if (end >= floor && end - floor >= bytes) return Range{end - bytes, end};
    if (none || end <= bottom) return std::nullopt;
  }
}

std::string VmAreas::describe() const {
  std::string text;
  for (const auto& [start, area] : areas_) {
    std::array<char, 96> line{};
    std::snprintf(line.data(), line.size(), "%08llx-%08llx %c%c%c%c %08llx 00:00 0",
                  static_cast<unsigned long long>(start),
                  static_cast<unsigned long long>(area.range.end), area.rights.read ? 'r' : '-',
                  area.rights.write ? 'w' : '-', area.rights.execute ? 'x' : '-',
                  area.shared ? 's' : 'p', static_cast<unsigned long long>(area.offset));
    text += line.data();
    if (!area.name.empty()) text += "  " + area.name;
    text += '\n';
  }
  return text;
}

}  // namespace mmu::os
