#include "sim/process/page_map.hpp"

#include <fmt/format.h>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

class Reader {
 public:
  Reader(const PageTableFormat& format, const PhysicalMemory& memory)
      : format_(format), memory_(memory) {}

  void read_table(PhysAddr table, unsigned level, std::uint64_t va, Inherited inherited);
  PageMap map;

 private:
  void add_page(VirtAddr va, std::uint64_t pte, const WalkStep& step);
  std::uint64_t canonical(std::uint64_t va) const {
    const bool upper = format_.sign_extended && (va >> (format_.va_bits - 1) & 1) != 0;
    return upper ? va | ~std::uint64_t{0} << (format_.va_bits - 1) : va;
  }

  const PageTableFormat& format_;
  const PhysicalMemory& memory_;
};

void Reader::read_table(PhysAddr table, unsigned level, std::uint64_t va, Inherited inherited) {
  map.tables[level].push_back(table);
  const Level& bits = format_.levels[level];
  for (std::uint64_t i = 0; i < std::uint64_t{1} << bits.width; ++i) {
    const std::uint64_t pte = memory_.load(table + i * format_.pte_bytes, format_.pte_bytes);
    if (pte == 0) continue;
    const VirtAddr here(canonical(va | i << bits.lsb));
    Walk walk(format_, here, table, level, inherited);
    // An entry that is not valid but not zero keeps the frame of a page without rights.
    const WalkStep step = walk.consume(pte | format_.valid.value);
    if (std::holds_alternative<Descend>(step)) {
      read_table(walk.table(), walk.level(), here.value(), walk.inherited());
    } else {
      add_page(here, pte, step);
    }
  }
}

void Reader::add_page(VirtAddr va, std::uint64_t pte, const WalkStep& step) {
  const auto* to = std::get_if<Translation>(&step);
  if (to == nullptr) {
    throw ModelError(fmt::format("the page table holds {:#x} for VA {:#x}, which maps nothing", pte,
                                 va.value()));
  }
  MappedPage page;
  page.va = va;
  page.level = to->level;
  page.shift = format_.levels[to->level].lsb;
  page.frame = to->of(va);
  page.grouped = to->page_shift != page.shift;
  page.accessed = to->accessed;
  page.dirty = to->dirty;
  page.rights = to->rights;
  if (!format_.valid.holds(pte)) page.rights.read = page.rights.write = page.rights.execute = false;
  map.pages.push_back(page);
}

}  // namespace

PageMap read_page_map(const PageTableFormat& format, const PhysicalMemory& memory, PhysAddr root) {
  Reader reader(format, memory);
  reader.read_table(root, format.root_level(), 0, {});
  return std::move(reader.map);
}

}  // namespace mmu
