#include "os_model/page_table.hpp"

#include "hw/arch/errors.hpp"

namespace mmu::os {

PageTable::PageTable(const PageTableFormat& format, PhysicalMemory& memory, FrameAllocator& tables)
    : format_(format), memory_(memory), tables_(tables), root_(take_zeroed()) {}

PhysAddr PageTable::take_zeroed() {
  const PhysAddr table = tables_.take();
  for (std::uint64_t at = 0; at < format_.page_bytes(); at += format_.pte_bytes) {
    memory_.store(table + at, format_.pte_bytes, 0);
  }
  return table;
}

PhysAddr PageTable::make_table(TrapLog& log) {
  ++log.work.tables_made;
  return take_zeroed();
}

void PageTable::write(PhysAddr entry, std::uint64_t pte, TrapLog& log) {
  const bool was = load(entry) != 0;
  memory_.store(entry, format_.pte_bytes, pte);
  ++log.work.entries_written;
  if (was != (pte != 0)) {
    live_[entry.aligned_down(format_.page_shift).value()] += was ? -1u : 1u;
  }
}

std::uint64_t PageTable::encode(const Leaf& leaf) const {
  const Rights readable{true, false, false, true};  // what makes it a leaf, and not zero
  const std::uint64_t single =
      encode_leaf(format_, leaf.level, leaf.frame, leaf.valid() ? leaf.rights : readable,
                  leaf.accessed, leaf.dirty);
  const std::uint64_t pte = leaf.grouped ? as_part_of_group(format_, leaf.level, single) : single;
  return leaf.valid() ? pte : pte & ~format_.valid.mask;
}

PageTable::End PageTable::descend(VirtAddr va, unsigned down_to) const {
  Walk walk(format_, va, root_);
  for (;;) {
    const std::uint64_t pte = load(walk.entry_address());
    if (walk.level() == down_to || !format_.valid.holds(pte)) return {walk, pte};
    Walk next = walk;
    if (!std::holds_alternative<Descend>(next.consume(pte))) return {walk, pte};
    walk = next;
  }
}

std::optional<Leaf> PageTable::find(VirtAddr va) const {
  End end = descend(va, 0);
  if (end.pte == 0) return std::nullopt;
  const PhysAddr entry = end.walk.entry_address();
  const WalkStep step = end.walk.consume(end.pte | format_.valid.value);
  const auto* to = std::get_if<Translation>(&step);
  if (to == nullptr) throw ModelError("os_model: the page table holds an entry nobody wrote");
  Leaf leaf;
  leaf.level = to->level;
  leaf.shift = format_.levels[to->level].lsb;
  leaf.grouped = to->page_shift != leaf.shift;
  leaf.page = va.aligned_down(leaf.shift);
  leaf.frame = to->of(leaf.page);
  leaf.rights = to->rights;
  if (!format_.valid.holds(end.pte)) leaf.rights = {false, false, false, true};
  leaf.accessed = to->accessed;
  leaf.dirty = to->dirty;
  leaf.entry = entry;
  return leaf;
}

std::optional<Leaf> PageTable::first(std::uint64_t from, std::uint64_t end) const {
  while (from < end) {
    const End found = descend(VirtAddr(from), 0);
    if (found.pte != 0) return find(VirtAddr(from));
    const std::uint64_t span = std::uint64_t{1} << format_.levels[found.walk.level()].lsb;
    const std::uint64_t next = (from / span + 1) * span;
    if (next <= from) break;  // the end of the 64-bit space
    from = next;
  }
  return std::nullopt;
}

bool PageTable::has_room(Range range, unsigned level) const {
  const std::uint64_t step = std::uint64_t{1} << format_.levels[level].lsb;
  for (std::uint64_t at = range.start; at < range.end; at += step) {
    if (descend(VirtAddr(at), level).pte != 0) return false;
  }
  return true;
}

Range PageTable::whole_of(const Leaf& leaf) const {
  if (!leaf.grouped) return leaf.range();
  const unsigned shift = format_.group_shift(leaf.level);
  const std::uint64_t start = leaf.page.aligned_down(shift).value();
  return {start, start + (std::uint64_t{1} << shift)};
}

void PageTable::map(const Leaf& leaf, TrapLog& log) {
  End end = descend(leaf.page, leaf.level);
  while (end.pte == 0 && end.walk.level() != leaf.level) {
    const std::uint64_t pte = encode_table(format_, make_table(log));
    write(end.walk.entry_address(), pte, log);
    end.walk.consume(pte);
  }
  if (end.pte != 0) throw ModelError("os_model: a page is mapped where one is already");
  write(end.walk.entry_address(), encode(leaf), log);
  mapped_bytes_ += leaf.range().bytes();
}

void PageTable::rewrite(const Leaf& leaf, TrapLog& log) { write(leaf.entry, encode(leaf), log); }

void PageTable::unmap(const Leaf& leaf, TrapLog& log) {
  std::array<PhysAddr, kMaxLevels> entries;
  Walk walk(format_, leaf.page, root_);
  for (unsigned level = format_.root_level();; --level) {
    entries[level] = walk.entry_address();
    if (level == leaf.level) break;
    walk.consume(load(walk.entry_address()));
  }
  write(entries[leaf.level], 0, log);
  mapped_bytes_ -= leaf.range().bytes();
  for (unsigned level = leaf.level; level < format_.root_level(); ++level) {
    const PhysAddr table = entries[level].aligned_down(format_.page_shift);
    if (live_[table.value()] != 0) break;
    live_.erase(table.value());
    write(entries[level + 1], 0, log);
    tables_.give_back(table);
    log.table_freed(leaf.page);
  }
}

/// Each entry of a group may have an A and D of its own. Every page of it is fenced ("Svnapot":
/// software must invalidate all of them).
void PageTable::split_group(const Leaf& leaf, TrapLog& log) {
  const Range group = whole_of(leaf);
  for (std::uint64_t at = group.start; at < group.end; at += leaf.range().bytes()) {
    Leaf part = *find(VirtAddr(at));
    part.grouped = false;
    rewrite(part, log);
    if (part.valid()) log.stale(part.page);
  }
}

void PageTable::split(const Leaf& leaf, TrapLog& log) {
  if (leaf.grouped) return split_group(leaf, log);
  const PhysAddr table = make_table(log);
  const Level& below = format_.levels[leaf.level - 1];
  Leaf part = leaf;
  part.level = leaf.level - 1;
  part.shift = below.lsb;
  for (std::uint64_t i = 0; i < std::uint64_t{1} << below.width; ++i) {
    part.frame = leaf.frame + (i << below.lsb);
    write(table + i * format_.pte_bytes, encode(part), log);
  }
  write(leaf.entry, encode_table(format_, table), log);
  if (leaf.valid()) log.stale(leaf.page);
}

}  // namespace mmu::os
