// Where the cycles of an access went: named parts, each ending where the next begins.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "hw/arch/page_table_format.hpp"
#include "hw/link/cycle.hpp"

namespace mmu {

/// Where data was found.
enum class Served : std::uint8_t { kL1, kL2, kLlc, kMemory };
inline constexpr unsigned kServedPlaces = 4;
inline constexpr std::string_view kServedNames[] = {"l1", "l2", "llc", "memory"};

/// The parts of both stacks.
enum class Part : std::uint8_t {
  kIssue,        ///< cycle stack only: nothing was under way that blocked
  kDependence,   ///< waits for the data that its address is computed from
  kL1Tlb,        ///< first-level look-up, waiting for its port included
  kL2Itlb,       ///< look-up in a second level for instructions alone, waiting as in the STLB
  kStlb,         ///< second-level look-up, waiting for port, slot and walker queue included
  kLevel3,       ///< look-up in the third level of TLB, waiting included as in the second
  kLevel4,       ///< likewise in the fourth
  kMergeWait,    ///< joined a miss under way, in any level
  kWalkerQueue,  ///< waits for a free walker
  kWalkCache,    ///< walk-cache look-up
  kAdUpdate,     ///< atomic updates of A and D; waiting to be the oldest, to set D
  kFence,        ///< waits to be looked up, until a fence has been carried out
  kFaultDrain,   ///< from a page fault known to the trap entered
  kFaultOs,      ///< the OS serves the page fault
  kSystemCall,   ///< cycle stack only: the OS serves a system call
  kData,         ///< + Served: from translation to data
  kPteRead = kData + kServedPlaces,  ///< + level * kServedPlaces + Served
};
inline constexpr unsigned kParts =
    static_cast<unsigned>(Part::kPteRead) + kMaxLevels * kServedPlaces;

constexpr Part data_part(Served from) {
  return static_cast<Part>(static_cast<unsigned>(Part::kData) + static_cast<unsigned>(from));
}
constexpr Part pte_part(unsigned level, Served from) {
  return static_cast<Part>(static_cast<unsigned>(Part::kPteRead) + level * kServedPlaces +
                           static_cast<unsigned>(from));
}
/// True for the parts that exist because addresses are translated (traps of the OS are not).
constexpr bool is_translation(Part part) {
  return (part >= Part::kL1Tlb && part <= Part::kFence) || part >= Part::kPteRead;
}
/// As in results: "stlb", "data_llc", "pte_level0_memory".
std::string name_of(Part part);

struct Segment {
  Cycle end;  ///< the segment lasts from the end of the one before up to here
  Part part;
};
/// Ends do not decrease.
using Story = std::vector<Segment>;

/// Cycles by part.
using Stack = std::array<std::uint64_t, kParts>;
inline std::uint64_t& at(Stack& stack, Part part) { return stack[static_cast<unsigned>(part)]; }
inline std::uint64_t at(const Stack& stack, Part part) {
  return stack[static_cast<unsigned>(part)];
}

}  // namespace mmu
