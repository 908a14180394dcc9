#include "os_model/page_table.hpp"

#include "hw/arch/errors.hpp"

namespace mmu::os {

PageTable::PageTable(const PageTableFormat& format, PhysicalMemory& memory, FrameAllocator& tables)
    : format_(format), memory_(memory), tables_(tables), root_(take_zeroed()) {}

PhysAddr PageTable::take_zeroed() {
  const PhysAddr table = tables_.take();
  for (std::uint64_t at = 0; at < kFrameBytes; at += format_.pte_bytes) {
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
  if (was != (pte != 0)) live_[entry.aligned_down(kFrameShift).value()] += was ? -1u : 1u;
}

std::uint64_t PageTable::encode(const Leaf& leaf) const {
  if (leaf.valid()) {
    return encode_leaf(format_, leaf.level, leaf.frame, leaf.rights, leaf.accessed, leaf.dirty);
  }
  const Rights readable{true, false, false, true};  // what makes it a leaf, and not zero
  return encode_leaf(format_, leaf.level, leaf.frame, readable, leaf.accessed, leaf.dirty) &
         ~format_.valid.mask;
}

Leaf PageTable::decode(VirtAddr va, PhysAddr entry, std::uint64_t pte,
                       const Translation& to) const {
  Leaf leaf{va.aligned_down(to.page_shift),
            to.page_shift == kFrameShift ? 0u : 1u,
            to.base,
            to.rights,
            to.accessed,
            to.dirty,
            entry};
  if (!format_.valid.holds(pte)) leaf.rights = {false, false, false, true};
  return leaf;
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
  return decode(va, entry, end.pte, *to);
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

bool PageTable::has_room_for_block(VirtAddr va) const { return descend(va, 1).pte == 0; }

void PageTable::map(const Leaf& leaf, TrapLog& log) {
  End end = descend(leaf.page, leaf.level);
  while (end.pte == 0 && end.walk.level() != leaf.level) {
    const std::uint64_t pte = encode_table(format_, make_table(log));
    write(end.walk.entry_address(), pte, log);
    end.walk.consume(pte);
  }
  if (end.pte != 0) throw ModelError("os_model: a page is mapped where one is already");
  write(end.walk.entry_address(), encode(leaf), log);
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
  for (unsigned level = leaf.level; level < format_.root_level(); ++level) {
    const PhysAddr table = entries[level].aligned_down(kFrameShift);
    if (live_[table.value()] != 0) break;
    live_.erase(table.value());
    write(entries[level + 1], 0, log);
    tables_.give_back(table);
    log.table_freed(leaf.page);
  }
}

void PageTable::split(const Leaf& leaf, TrapLog& log) {
  const PhysAddr table = make_table(log);
  Leaf part = leaf;
  part.level = 0;
  for (std::uint64_t i = 0; i < kFramesInBlock; ++i) {
    part.frame = leaf.frame + i * kFrameBytes;
    write(table + i * format_.pte_bytes, encode(part), log);
  }
  write(leaf.entry, encode_table(format_, table), log);
  if (leaf.valid()) log.stale(leaf.page);
}

}  // namespace mmu::os
