// The system software of the fuzz: spaces, tables at fixed places, and stores of entries.
#pragma once

#include <array>
#include <vector>

#include "hw/arch/software_interface.hpp"
#include "testbench/fuzz/paging.hpp"
#include "testbench/fuzz/sequence.hpp"

namespace mmu::fuzz {

/// Where page-table pages lie: nothing else may be read by walkers.
inline constexpr std::uint64_t kTablesBegin = 0x10'0000;
inline constexpr std::uint64_t kTablesEnd = 0x80'0000;

class Software {
 public:
  /// Makes the tables of all spaces, with every page mapped; A and D are clear.
  Software(const Paging& paging, PhysicalMemory& memory);

  PhysAddr root_of(std::uint32_t space) const { return roots_[space]; }
  /// Does what `event` says to the tables of `space`; accesses, fences, switches and states are no
  /// business of this class.
  void apply(const Event& event, std::uint32_t space);

 private:
  struct Region {
    std::vector<PhysAddr> entries;   ///< map a large page, or point to one of ...
    std::array<PhysAddr, 2> leaves;  ///< ... these tables; several: of a root that is not shared
    unsigned current = 0;
    PhysAddr giant;  ///< the entry above, if it may map; else 0
    PhysAddr table;  ///< that it points to
  };
  PhysAddr new_table();
  void make_tables(std::uint32_t space, std::uint32_t region);
  PhysAddr small_entry(const Region& region, std::uint32_t page) const;
  std::uint64_t leaf(const Event& event, std::uint64_t frame, unsigned level, bool grouped) const;
  std::uint64_t pointer(PhysAddr table) const;
  void map_small(const Event& event, Region& region, bool grouped, bool all);
  void map_large(const Event& event, std::uint32_t space, std::uint32_t number);
  void set(const Region& region, std::uint64_t pte);
  void store(PhysAddr entry, std::uint64_t pte) { memory_.store(entry, paging_.pte_bytes, pte); }
  void change(PhysAddr entry, std::uint64_t clear, std::uint64_t set);
  VirtAddr address(std::uint32_t page) const { return address_of(paging_, page); }

  const Paging& paging_;
  PhysicalMemory& memory_;
  std::uint64_t next_table_ = kTablesBegin;
  std::array<PhysAddr, kSpaces> roots_;
  std::array<std::array<Region, kRegions>, kSpaces> regions_;
};

}  // namespace mmu::fuzz
