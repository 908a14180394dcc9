// One case of the fuzz: a machine and a list of events, both drawn from one seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hw/mmu/mmu_params.hpp"
#include "testbench/fuzz/paging.hpp"

namespace mmu::fuzz {

enum class Op : std::uint8_t {
  kAccess,
  kMap,            ///< the page's leaf anew: another frame, other rights; or those of its group
  kUnmap,          ///< the same leaf to zero
  kProtect,        ///< other rights, the rest stays
  kClearAccessed,  ///< of the same leaf, by software
  kClearDirty,
  kMalform,  ///< RISC-V: W without R; AArch64: a block at the last level
  kPromote,  ///< the region's large leaf in place of what there was; or those of its group
  kDemote,   ///< a pointer to the other of the region's two leaf tables
  kDetach,   ///< neither
  kMisalign,
  kFence,
  kSwitch,        ///< to another ASID, which gets the space of that number: perhaps a new one
  kUngroup,       ///< the leaves of the page's group anew, each by itself
  kPromoteGiant,  ///< the leaf above the region's entry, where the format has such
  kDemoteGiant,   ///< the pointer in its place
  kState,         ///< privilege and what goes with it, for the accesses from here on
};

struct Event {
  Op op = Op::kAccess;
  std::uint32_t gap = 0;  ///< cycles after the event before
  std::uint32_t page = 0;
  AccessKind kind = AccessKind::kLoad;
  bool may_set_dirty = false;
  std::uint32_t frame = 0;
  Rights rights;
  bool global = false, accessed = false, dirty = false;
  bool grouped = false;                                      ///< Svnapot; the contiguous hint
  CoreState state;                                           ///< kState
  std::uint32_t asid = 0;                                    ///< its index
  std::uint32_t space = 0;                                   ///< kSwitch
  bool of_asid = false, of_page = false, leaf_only = false;  ///< kFence

  std::string text(const Paging& paging) const;
};

/// Pages 0 to 15 lie in four regions, each of one entry of level 1: 0 and 1 side by side, 2 under
/// another entry of the level above, 3 at the other end of the address space, shared by all spaces.
/// Page 16 is not canonical.
inline constexpr std::uint32_t kPagesOfRegion = 4;
inline constexpr std::uint32_t kRegions = 4;
inline constexpr std::uint32_t kPages = kRegions * kPagesOfRegion;
inline constexpr std::uint32_t kSharedRegion = 3;
inline constexpr std::uint32_t kAsids = 3;
inline constexpr std::uint32_t kSpaces = 4;
VirtAddr address_of(const Paging& paging, std::uint32_t page);
/// The third has the highest bit of so many set, the others the lowest ones.
Asid asid_of(std::uint32_t index, unsigned bits);
/// The table format of such an MMU, with the ASID bits that it holds.
PageTableFormat format_of(const MmuParams& mmu);

struct Sequence {
  std::uint64_t seed = 0;  ///< of what memory does
  MmuParams mmu;
  bool run_ahead = true;
  std::uint32_t slowest_read = 10;  ///< cycles
  std::uint32_t refusals = 0;       ///< of page-table reads and updates, percent
  std::uint32_t later = 0;          ///< percent that are not answered at once
  std::vector<Event> events;

  std::string text() const;
};

Sequence random_sequence(std::uint64_t seed, std::uint32_t events);

}  // namespace mmu::fuzz
