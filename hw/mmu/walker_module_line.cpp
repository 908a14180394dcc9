// What else the cache line of an entry holds: the neighbours that a sector can be filled with.
#include "hw/mmu/walker_module.hpp"

namespace mmu {

// The entries of the aligned group of 16 that lie in the line of the one read, in the cycle in
// which its read is accepted.
void WalkerModule::take_line(Walker& walker) {
  const unsigned bytes = control_.format->pte_bytes;
  const PhysAddr entry = walker.walk.entry_address();
  const PhysAddr group(entry.value() & ~std::uint64_t{NeighbourPages::kMost * bytes - 1});
  walker.in_line = 0;
  for (unsigned i = 0; i < NeighbourPages::kMost; ++i) {
    const PhysAddr at = group + std::uint64_t{i} * bytes;
    if (at.value() / line_bytes_ != entry.value() / line_bytes_) continue;
    if (!bytes_.permits(at, bytes, false)) continue;
    walker.line[i] = bytes_.load(at, bytes);
    walker.in_line = static_cast<std::uint16_t>(walker.in_line | 1U << i);
  }
}

// Leaves of the same size, as global as the page itself, with A set.
NeighbourPages WalkerModule::neighbours_of(const Walker& walker, const Translation& to) const {
  NeighbourPages found;
  const Level& level = control_.format->levels[walker.walk.level()];
  if (to.page_shift != level.lsb || (1U << level.width) < NeighbourPages::kMost) return found;
  for (unsigned i = 0; i < NeighbourPages::kMost; ++i) {
    if ((walker.in_line >> i & 1) == 0) continue;
    const VirtAddr va = NeighbourPages::address(walker.walk.va(), to.page_shift, i);
    Walk beside(*control_.format, va, walker.walk.table(), walker.walk.level(),
                walker.walk.inherited());
    const WalkStep step = beside.consume(walker.line[i]);
    const auto* page = std::get_if<Translation>(&step);
    if (page == nullptr || page->page_shift != to.page_shift) continue;
    if (!page->accessed || page->global != to.global) continue;
    found.add(i, *page);
  }
  return found;
}

}  // namespace mmu
