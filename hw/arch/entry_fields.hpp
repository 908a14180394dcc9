// The bits of page-table entries by the names that the manuals give them, for people to read. Data
// beside the formats (page_table_format.hpp), which say what hardware does with the same bits.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hw/arch/page_table_format.hpp"

namespace mmu {

/// Whose manual describes a format: how entries and faults are named.
enum class Family : std::uint8_t { kRiscv, kX86, kArm };
Family family_of(const PageTableFormat& format);

/// What an entry that is valid is used as.
enum class EntryUse : std::uint8_t { kTable, kLargePage, kPage };

struct EntryField {
  std::string name;  ///< as the manual spells it
  std::uint8_t msb = 0, lsb = 0;
  /// Of the values 0, 1, 2, 3; a larger value has the last one that is given. Empty: no comment.
  std::array<std::string_view, 4> meaning{};
  bool is_frame = false;  ///< the number of the page or table that the entry points to

  std::uint64_t value_in(std::uint64_t pte) const {
    const std::uint64_t above = pte >> lsb;
    return msb - lsb == 63 ? above : above & ((std::uint64_t{1} << (msb - lsb + 1)) - 1);
  }
  std::string_view meaning_of(std::uint64_t value) const;
};

/// How a walk reads `pte` at `level`, if it is valid.
EntryUse use_of(const PageTableFormat& format, unsigned level, std::uint64_t pte);

/// All bits of an entry, lowest first, each in one field.
std::vector<EntryField> entry_fields(const PageTableFormat& format, unsigned level, EntryUse use);

/// What the manual calls an entry of `level`: "PDE", "level 1 entry". Arm counts from the root
/// down.
std::string entry_name(const PageTableFormat& format, unsigned level);

}  // namespace mmu
