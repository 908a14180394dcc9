// A page table made by hand, without an operating system.
#pragma once

#include "hw/arch/software_interface.hpp"

namespace mmu {

/// Tables are made as pages need them, one after the other.
class HandMadeTable {
 public:
  /// Tables lie from the page behind `base` on.
  HandMadeTable(PhysicalMemory& bytes, PhysAddr base) : bytes_(bytes), base_(base) {}

  /// Maps the page of `va` at `level`, in the format and under the root of `control`; the address
  /// of its entry.
  PhysAddr map(const TranslationControl& control, std::uint64_t va, std::uint64_t pa,
               unsigned level, const Rights& rights, bool accessed, bool dirty) {
    const PageTableFormat& format = *control.format;
    Walk walk(format, VirtAddr(va), control.root);
    while (walk.level() != level) {
      const PhysAddr entry = walk.entry_address();
      std::uint64_t pte = bytes_.load(entry, 8);
      if (pte == 0) {
        pte = encode_table(format, base_ + format.page_bytes() * ++tables_);
        bytes_.store(entry, 8, pte);
      }
      walk.consume(pte);
    }
    bytes_.store(walk.entry_address(), 8,
                 encode_leaf(format, level, PhysAddr(pa), rights, accessed, dirty));
    return walk.entry_address();
  }

 private:
  PhysicalMemory& bytes_;
  PhysAddr base_;
  std::uint64_t tables_ = 0;
};

}  // namespace mmu
