// The system software of the fuzz: spaces, tables at fixed places, and stores of entries.
#pragma once

#include <array>
#include <functional>

#include "hw/arch/software_interface.hpp"
#include "testbench/fuzz/sequence.hpp"

namespace mmu::fuzz {

/// Where page-table pages lie: nothing else may be read by walkers.
inline constexpr std::uint64_t kTablesBegin = 0x10'0000;
inline constexpr std::uint64_t kTablesEnd = 0x20'0000;

class Software {
 public:
  /// Makes the tables of all spaces, with every page mapped; A and D are clear.
  Software(bool x86, PhysicalMemory& memory);

  PhysAddr root_of(std::uint32_t space) const { return roots_[space]; }
  /// Does what `event` says to the tables of `space`; accesses, fences and switches are no
  /// business of this class.
  void apply(const Event& event, std::uint32_t space);

 private:
  struct Region {
    PhysAddr entry;                  ///< maps 2 MiB, or points to one of
    std::array<PhysAddr, 2> leaves;  ///< ... these tables
    unsigned current = 0;
  };
  PhysAddr new_table();
  PhysAddr entry_of(PhysAddr root, VirtAddr va);  // of the region; makes the tables above
  std::uint64_t leaf(const Event& event, std::uint64_t frame, bool large) const;
  std::uint64_t pointer(PhysAddr table) const;
  void change(PhysAddr entry, std::uint64_t clear, std::uint64_t set);

  bool x86_;
  PhysicalMemory& memory_;
  std::uint64_t next_table_ = kTablesBegin;
  std::array<PhysAddr, kSpaces> roots_;
  std::array<std::array<Region, kRegions>, kSpaces> regions_;
};

}  // namespace mmu::fuzz
