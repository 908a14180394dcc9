// The page table that a run leaves in physical memory, read as the hardware reads it.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "hw/arch/software_interface.hpp"

namespace mmu::test {

/// Fails the test if two pages share a frame, or two entries a table.
class TableReader {
 public:
  static constexpr std::uint64_t kFrame = 4096;

  TableReader(const PhysicalMemory& memory, const PageTableFormat& format)
      : memory_(memory), format_(format) {}

  void read(PhysAddr table, unsigned level, std::uint64_t va) {
    EXPECT_TRUE(tables.insert(table.value()).second) << "a table is used twice";
    const Level& bits = format_.levels[level];
    for (std::uint64_t i = 0; i < std::uint64_t{1} << bits.width; ++i) {
      const std::uint64_t here = va + (i << bits.lsb);
      Walk walk(format_, VirtAddr(here), table, level);
      const WalkStep step = walk.consume(memory_.load(walk.entry_address(), format_.pte_bytes));
      if (std::holds_alternative<Descend>(step)) {
        read(walk.table(), level - 1, here);
      } else if (const auto* to = std::get_if<Translation>(&step)) {
        const PhysAddr base = to->of(VirtAddr(here));  // of a group each entry has its part
        for (std::uint64_t f = 0; f < std::uint64_t{1} << bits.lsb; f += kFrame) {
          EXPECT_TRUE(frames.insert(base.value() + f).second) << "a frame is mapped twice";
        }
        large_pages += level > 0;
        grouped_pages += to->page_shift != bits.lsb;
        ++pages_of[to->page_shift];
      }
    }
  }

  std::set<std::uint64_t> tables, frames;
  std::uint64_t large_pages = 0, grouped_pages = 0;
  std::map<unsigned, std::uint64_t> pages_of;  ///< by page_shift: entries

 private:
  const PhysicalMemory& memory_;
  const PageTableFormat& format_;
};

}  // namespace mmu::test
