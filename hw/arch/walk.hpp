// The page walk as a pure automaton: it says which entry to fetch and is told its contents.
// It owns no memory and no clock, so the SystemC walker, the OS model and the RTL co-simulation
// all run this same object.
#pragma once

#include <variant>

#include "hw/arch/address.hpp"
#include "hw/arch/page_table_format.hpp"

namespace mmu {

struct Translation {
  PhysAddr base;            ///< first byte of the mapped page
  unsigned page_shift = 0;  ///< log2 page size, bytes
  Rights rights;
  bool global = false;
  bool accessed = false;
  bool dirty = false;
  std::uint8_t level = 0;               ///< of the entry; several entries may form one page
  std::uint8_t memory_type = 0;         ///< RISC-V PBMT; x86 PAT:PCD:PWT; AArch64 AttrIndx
  bool accessed_before_rights = false;  ///< of two reasons to fault, the first

  /// Where `va`, which lies in the page, is in physical memory.
  PhysAddr of(VirtAddr va) const { return base + va.offset(page_shift); }
};

enum class FaultKind : std::uint8_t {
  kNonCanonical,  ///< the format cannot express the address; found before any read
  kNotPresent,
  kMalformed,   ///< a reserved bit or combination
  kMisaligned,  ///< a large page whose frame is not aligned to it
  kNoRight,
  kNotAccessed,  ///< A is clear and left to software (RISC-V Svade)
  kNotDirty,     ///< a store, D is clear and left to software
  kAddressSize,  ///< a physical address beyond the size that the format was given (AArch64)
  kAccessFault,  ///< memory answered the read or the update of an entry with an error
};
std::string_view name_of(FaultKind kind);

struct Fault {
  FaultKind kind = FaultKind::kNotPresent;
  VirtAddr va;
  unsigned level = 0;  ///< of the entry that caused it
};

/// Who sets A and D: hardware by an atomic update (x86, RISC-V Svadu) or software after a fault
/// (RISC-V Svade).
enum class AdUpdate : std::uint8_t { kHardware, kFault };

/// What an access may do with a translation that is known.
enum class Verdict : std::uint8_t {
  kOk,
  kFault,       ///< see fault_of()
  kNeedsWalk,   ///< A or D must be set first: by a walk
  kNeedsDirty,  ///< a store to a clean page, and D may not be set yet (not the oldest access)
};

/// Privileged spec 4.3.2 steps 6 to 9: rights first, then A, then D.
constexpr Verdict judge(const Translation& to, AccessKind kind, AdUpdate ad, bool may_set_dirty,
                        AccessContext context = {}) {
  if (!to.rights.allow(kind, context)) return Verdict::kFault;
  const bool clean_store = writes(kind) && !to.dirty;
  if (ad == AdUpdate::kFault) return to.accessed && !clean_store ? Verdict::kOk : Verdict::kFault;
  if (!to.accessed) return Verdict::kNeedsWalk;
  if (!clean_store) return Verdict::kOk;
  return may_set_dirty ? Verdict::kNeedsWalk : Verdict::kNeedsDirty;
}

/// The reason behind Verdict::kFault.
constexpr FaultKind fault_of(const Translation& to, AccessKind kind, AccessContext context = {}) {
  if (to.accessed_before_rights && !to.accessed) return FaultKind::kNotAccessed;
  if (!to.rights.allow(kind, context)) return FaultKind::kNoRight;
  return to.accessed ? FaultKind::kNotDirty : FaultKind::kNotAccessed;
}

/// The same as a whole, for an access to `va`.
constexpr Fault fault_at(const Translation& to, AccessKind kind, AccessContext context,
                         VirtAddr va) {
  return {fault_of(to, kind, context), va, to.level};
}

/// What the entries above hand down to a leaf.
struct Inherited {
  Rights rights;
  bool global = false;
};

/// Result of one step. `Descend`: fetch the entry at `Walk::entry_address()` next.
struct Descend {};
using WalkStep = std::variant<Descend, Translation, Fault>;

class Walk {
 public:
  Walk() = default;
  /// A walk from `table` at `level`; a page-walk-cache hit starts below the root.
  Walk(const PageTableFormat& format, VirtAddr va, PhysAddr table, unsigned level,
       Inherited inherited = {});
  /// From the root.
  Walk(const PageTableFormat& format, VirtAddr va, PhysAddr root)
      : Walk(format, va, root, format.root_level()) {}

  PhysAddr entry_address() const;
  unsigned level() const { return level_; }
  VirtAddr va() const { return va_; }
  PhysAddr table() const { return table_; }
  Inherited inherited() const { return inherited_; }

  /// Consumes the entry at `entry_address()`. After anything but Descend the walk is over.
  WalkStep consume(std::uint64_t pte);

 private:
  WalkStep fault(FaultKind kind) const { return Fault{kind, va_, level_}; }
  WalkStep descend(std::uint64_t pte);
  WalkStep map(std::uint64_t pte) const;

  const PageTableFormat* format_ = nullptr;
  VirtAddr va_;
  PhysAddr table_;
  unsigned level_ = 0;
  Inherited inherited_;
};

/// What the entry `pte`, whose step was `step`, must become before a walk for `kind` may use it;
/// `pte` itself if nothing is to be updated. D is set only with `may_set_dirty`.
std::uint64_t with_ad_bits(const PageTableFormat& format, std::uint64_t pte, const WalkStep& step,
                           AccessKind kind, AdUpdate ad, bool may_set_dirty,
                           AccessContext context = {});

/// Entry that points to `table`, granting everything (the leaf decides); A is clear.
std::uint64_t encode_table(const PageTableFormat& format, PhysAddr table);

/// Entry that maps `base` at `level`.
/// Requires levels[level].may_map and `base` aligned to the page.
std::uint64_t encode_leaf(const PageTableFormat& format, unsigned level, PhysAddr base,
                          Rights rights, bool accessed, bool dirty);

/// The leaf `pte` of `level` as one of the neighbours that form one page: each of them keeps the
/// frame of its own place in the group, of which Svnapot says the size in the low bits instead.
/// Requires levels[level].contiguous.
std::uint64_t as_part_of_group(const PageTableFormat& format, unsigned level, std::uint64_t pte);

}  // namespace mmu
