// What a structure of the MMU holds, for those who look into it: checkers and tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "hw/link/translation.hpp"

namespace mmu {

/// The table that an entry of `level` points to.
struct HeldPointer {
  Asid asid = 0;
  VirtAddr va;
  unsigned level = 0;
  PhysAddr table;
  Inherited inherited;
};

/// A page-table entry, by the address that it was read from.
struct HeldEntry {
  PhysAddr at;
  std::uint64_t pte = 0;
};

struct HeldTranslations {
  std::string name;  ///< of the structure
  std::vector<HeldPage> pages;
  std::vector<HeldPointer> pointers;
  std::vector<HeldEntry> entries;
  bool includes = false;  ///< it must hold every page that a structure before it holds ...
  bool excludes = false;  ///< it must hold no page that the structure right before it holds
  std::size_t reach = ~std::size_t{0};  ///< ... of so many right before it
};

}  // namespace mmu
