#include "hw/arch/entry_fields.hpp"

#include <utility>

namespace mmu {
namespace {

using Meaning = std::array<std::string_view, 4>;

constexpr std::string_view kReserved = "reserved: must be 0";

/// Collects fields from bit 0 up: each begins where the one before ends.
class Bits {
 public:
  Bits& to(unsigned msb, std::string name, Meaning meaning = {}) {
    fields_.push_back({std::move(name), static_cast<std::uint8_t>(msb),
                       static_cast<std::uint8_t>(next_), meaning, false});
    next_ = msb + 1;
    return *this;
  }
  Bits& bit(std::string name, std::string_view clear, std::string_view set) {
    return to(next_, std::move(name), {clear, set});
  }
  Bits& frame_to(unsigned msb, std::string name) {
    to(msb, std::move(name));
    fields_.back().is_frame = true;
    return *this;
  }
  /// Nothing if the next field begins at `msb` + 1 already.
  Bits& reserved_to(unsigned msb) {
    return msb + 1 == next_ ? *this : to(msb, "reserved", {"", kReserved});
  }
  Bits& ignored_to(unsigned msb) { return to(msb, "ignored"); }
  std::vector<EntryField> take() { return std::move(fields_); }

 private:
  std::vector<EntryField> fields_;
  unsigned next_ = 0;
};

/// RISC-V privileged specification, "Sv32" and "Sv39"; "Svnapot", "Svpbmt".
std::vector<EntryField> riscv_fields(const PageTableFormat& f, EntryUse use) {
  constexpr std::string_view kInPointer = "reserved in a pointer: must be 0";
  const bool pointer = use == EntryUse::kTable;
  Bits bits;
  bits.bit("V", "not valid", "valid");
  if (pointer) {
    bits.to(3, "XWR", {"none set: a pointer to the next table"})
        .bit("U", "", kInPointer)
        .bit("G", "", "all mappings below are global")
        .bit("A", "", kInPointer)
        .bit("D", "", kInPointer);
  } else {
    bits.bit("R", "no loads", "loads")
        .bit("W", "no stores", "stores")
        .bit("X", "no fetches", "fetches")
        .bit("U", "supervisor mode only", "user mode")
        .bit("G", "of its address space", "global: of all address spaces")
        .bit("A", "not accessed", "accessed")
        .bit("D", "clean", "dirty");
  }
  bits.to(9, "RSW", {"for software"}).frame_to(f.pte_bytes == 4 ? 31 : 53, "PPN");
  if (f.pte_bytes == 4) return bits.take();
  bits.reserved_to(60);
  if (pointer) {
    bits.to(62, "PBMT", {"", kInPointer}).bit("N", "", kInPointer);
  } else {
    bits.to(62, "PBMT", {"PMA: as the memory is", "NC: not cached", "IO: not cached", kReserved})
        .bit("N", "a page by itself", "one of 16 pages that form 64 KiB");
  }
  return bits.take();
}

/// Intel SDM vol. 3A, "Paging-Structure Entries" of 4-level and 5-level paging.
std::vector<EntryField> x86_fields(const PageTableFormat& f, unsigned level, EntryUse use) {
  const bool pointer = use == EntryUse::kTable;
  Bits bits;
  bits.bit("P", "not present", "present")
      .bit("R/W", pointer ? "no writes below" : "no writes", "writes")
      .bit("U/S", pointer ? "supervisor only below" : "supervisor only", "user")
      .bit("PWT", "write-back", "write-through")
      .bit("PCD", "cached", "not cached")
      .bit("A", "not accessed", "accessed");
  if (pointer) {
    bits.ignored_to(6).bit("PS", "a pointer to the next table",
                           level > 2 ? kReserved : "maps a page");
    bits.ignored_to(11).frame_to(51, "address").ignored_to(62);
  } else {
    bits.bit("D", "clean", "dirty");
    if (use == EntryUse::kPage) {
      bits.bit("PAT", "", "memory type: high bit");
    } else {
      bits.bit("PS", "", level > 2 ? kReserved : "maps a page");
    }
    bits.bit("G", "of its address space", "global: of all address spaces").ignored_to(11);
    if (use == EntryUse::kLargePage) {
      bits.bit("PAT", "", "memory type: high bit").reserved_to(f.levels[level].lsb - 1u);
    }
    bits.frame_to(51, "address").ignored_to(58).to(62, "PK", {"protection key; not modelled"});
  }
  return bits.bit("XD", "fetches", pointer ? "no fetches below" : "no fetches").take();
}

/// Arm ARM (DDI 0487) D8.3, "Translation table descriptor formats", stage 1, 48-bit addresses.
std::vector<EntryField> arm_fields(const PageTableFormat& f, unsigned level, EntryUse use) {
  Bits bits;
  bits.bit("Valid", "not valid", "valid");
  if (use == EntryUse::kTable) {
    return bits.bit("Type", "block", "table")
        .ignored_to(11)
        .reserved_to(f.page_shift - 1u)
        .frame_to(47, "address")
        .reserved_to(50)
        .ignored_to(58)
        .bit("PXNTable", "", "EL1 executes nothing below")
        .bit("UXNTable", "", "EL0 executes nothing below")
        .to(62, "APTable",
            {"no limit", "EL0 has no access below", "no writes below",
             "no writes, and EL0 has no access, below"})
        .bit("NSTable", "", "non-secure; not modelled")
        .take();
  }
  const bool page = use == EntryUse::kPage;
  return bits.bit("Type", page ? "reserved" : "block", page ? "page" : "table")
      .to(4, "AttrIndx", {"memory type, an index of MAIR"})
      .bit("NS", "", "non-secure; not modelled")
      .to(7, "AP[2:1]",
          {"EL1 reads and writes, EL0 neither", "EL1 and EL0 read and write",
           "EL1 reads, EL0 does not", "EL1 and EL0 read"})
      .to(9, "SH", {"not shareable", "reserved", "outer shareable", "inner shareable"})
      .bit("AF", "not accessed", "accessed")
      .bit("nG", "global: of all address spaces", "of its ASID")
      .reserved_to(f.levels[level].lsb - 1u)
      .frame_to(47, "address")
      .reserved_to(49)
      .bit("GP", "", "guarded page; not modelled")
      .bit("DBM", "", "dirty state by hardware; not modelled")
      .bit("Contiguous", "by itself", "one of a group of neighbours that form one page")
      .bit("PXN", "EL1 may execute", "EL1 never executes")
      .bit("UXN", "EL0 may execute", "EL0 never executes")
      .to(58, "software")
      .ignored_to(63)
      .take();
}

}  // namespace

Family family_of(const PageTableFormat& f) {
  if (f.contiguity == Contiguity::kHint) return Family::kArm;
  return f.accessed_in_tables ? Family::kX86 : Family::kRiscv;
}

std::string_view EntryField::meaning_of(std::uint64_t value) const {
  std::uint64_t last = meaning.size() - 1;
  while (last > 0 && meaning[last].empty()) --last;
  return meaning[value < last ? value : last];
}

EntryUse use_of(const PageTableFormat& f, unsigned level, std::uint64_t pte) {
  const bool table = f.table.holds(pte);
  if (family_of(f) == Family::kRiscv && table) return EntryUse::kTable;  // at level 0 too
  if (level == 0) return EntryUse::kPage;
  return table ? EntryUse::kTable : EntryUse::kLargePage;
}

std::vector<EntryField> entry_fields(const PageTableFormat& f, unsigned level, EntryUse use) {
  switch (family_of(f)) {
    case Family::kX86:
      return x86_fields(f, level, use);
    case Family::kArm:
      return arm_fields(f, level, use);
    case Family::kRiscv:
      break;
  }
  return riscv_fields(f, use);
}

std::string entry_name(const PageTableFormat& f, unsigned level) {
  constexpr std::string_view kIntel[] = {"PTE", "PDE", "PDPTE", "PML4E", "PML5E"};
  if (family_of(f) == Family::kX86) return std::string(kIntel[level]);
  return "level " + std::to_string(family_of(f) == Family::kArm ? 3 - level : level) + " entry";
}

}  // namespace mmu
