// The names of the bits, against what hardware does with them (page_table_format.hpp), and against
// the manuals, by hand.
#include "hw/arch/entry_fields.hpp"

#include <gtest/gtest.h>

#include "hw/arch/walk.hpp"

namespace mmu::test {
namespace {

constexpr EntryUse kUses[] = {EntryUse::kTable, EntryUse::kLargePage, EntryUse::kPage};
constexpr const char* kFormats[] = {"sv32",          "sv39",       "sv57",        "x86-64-4level",
                                    "x86-64-5level", "aarch64-4k", "aarch64-16k", "aarch64-64k"};

template <class Fn>
void for_each_use(Fn fn) {
  for (const char* name : kFormats) {
    const PageTableFormat& f = *find_format(name);
    for (unsigned level = 0; level < f.depth; ++level) {
      for (const EntryUse use : kUses) {
        if ((use == EntryUse::kPage) != (level == 0)) continue;
        if (use == EntryUse::kLargePage && !f.maps_at(level)) continue;
        SCOPED_TRACE(std::string(name) + " level " + std::to_string(level));
        fn(f, level, use);
      }
    }
  }
}

std::string name_at(const PageTableFormat& f, unsigned level, EntryUse use, unsigned bit) {
  for (const EntryField& field : entry_fields(f, level, use)) {
    if (bit >= field.lsb && bit <= field.msb) return field.name;
  }
  return "none";
}
std::string name_of_mask(const PageTableFormat& f, unsigned level, EntryUse use,
                         std::uint64_t mask) {
  unsigned bit = 0;
  while ((mask >> bit & 1) == 0) ++bit;
  return name_at(f, level, use, bit);
}

TEST(EntryFields, CoverEveryBitOnce) {
  for_each_use([](const PageTableFormat& f, unsigned level, EntryUse use) {
    unsigned next = 0;
    for (const EntryField& field : entry_fields(f, level, use)) {
      EXPECT_EQ(field.lsb, next) << field.name;
      EXPECT_GE(field.msb, field.lsb) << field.name;
      next = field.msb + 1u;
    }
    EXPECT_EQ(next, 8u * f.pte_bytes);
  });
}

TEST(EntryFields, AreWhereHardwareLooks) {
  for_each_use([](const PageTableFormat& f, unsigned level, EntryUse use) {
    const auto expect = [&](std::uint64_t mask, std::initializer_list<const char*> names) {
      if (mask == 0) return;
      const std::string name = name_of_mask(f, level, use, mask);
      bool known = false;
      for (const char* wanted : names) known = known || name == wanted;
      EXPECT_TRUE(known) << std::hex << mask << " is called " << name;
    };
    expect(f.valid.mask, {"V", "P", "Valid"});
    if (use == EntryUse::kTable) {
      expect(f.table_rights.write.mask, {"R/W", "APTable"});
      expect(f.table_rights.user.mask, {"U/S", "APTable"});
      expect(f.table_rights.execute.mask, {"XD", "UXNTable"});
      expect(f.table_rights.privileged_execute.mask, {"PXNTable"});
      expect(f.global_table, {"G"});
      return;
    }
    expect(f.leaf_rights.read.mask, {"R"});
    expect(f.leaf_rights.write.mask, {"W", "R/W", "AP[2:1]"});
    expect(f.leaf_rights.execute.mask, {"X", "XD", "UXN"});
    expect(f.leaf_rights.user.mask, {"U", "U/S", "AP[2:1]"});
    expect(f.leaf_rights.privileged_execute.mask, {"PXN"});
    expect(f.accessed.mask, {"A", "AF"});
    expect(f.dirty.mask, {"D"});
    expect(f.global.mask, {"G", "nG"});
    if (f.pte_bytes == 8) expect(f.contiguous, {"N", "Contiguous"});
    const auto& types = level == 0 ? f.type_bits : f.type_bits_inner;
    for (const std::uint64_t type : types) expect(type, {"PBMT", "PWT", "PCD", "PAT", "AttrIndx"});
    const unsigned frame_msb = f.frame.lsb + f.frame.width - 1u;
    EXPECT_EQ(name_at(f, level, use, frame_msb),
              family_of(f) == Family::kRiscv ? "PPN" : "address");
  });
}

TEST(EntryFields, HaveTheNamesOfTheManuals) {
  struct Row {
    const char* format;
    unsigned level;
    EntryUse use;
    unsigned bit;
    const char* name;
  };
  constexpr EntryUse kTable = EntryUse::kTable, kLarge = EntryUse::kLargePage,
                     kPage = EntryUse::kPage;
  const Row rows[] = {{"sv39", 0, kPage, 9, "RSW"},
                      {"sv39", 0, kPage, 54, "reserved"},
                      {"sv39", 0, kPage, 61, "PBMT"},
                      {"sv39", 0, kPage, 63, "N"},
                      {"sv39", 1, kTable, 2, "XWR"},
                      {"sv32", 0, kPage, 31, "PPN"},
                      {"x86-64-4level", 0, kPage, 7, "PAT"},
                      {"x86-64-4level", 0, kPage, 59, "PK"},
                      {"x86-64-4level", 1, kLarge, 7, "PS"},
                      {"x86-64-4level", 1, kLarge, 12, "PAT"},
                      {"x86-64-4level", 1, kLarge, 20, "reserved"},
                      {"x86-64-4level", 1, kLarge, 21, "address"},
                      {"x86-64-4level", 2, kLarge, 29, "reserved"},
                      {"x86-64-4level", 2, kLarge, 30, "address"},
                      {"x86-64-4level", 3, kTable, 63, "XD"},
                      {"aarch64-4k", 0, kPage, 5, "NS"},
                      {"aarch64-4k", 0, kPage, 8, "SH"},
                      {"aarch64-4k", 0, kPage, 12, "address"},
                      {"aarch64-4k", 0, kPage, 51, "DBM"},
                      {"aarch64-4k", 1, kTable, 59, "PXNTable"},
                      {"aarch64-4k", 1, kTable, 63, "NSTable"},
                      {"aarch64-16k", 1, kLarge, 24, "reserved"},
                      {"aarch64-16k", 1, kLarge, 25, "address"},
                      {"aarch64-64k", 0, kPage, 16, "address"}};
  for (const Row& row : rows) {
    EXPECT_EQ(name_at(*find_format(row.format), row.level, row.use, row.bit), row.name)
        << row.format << " bit " << row.bit;
  }
  EXPECT_EQ(entry_name(*find_format("x86-64-5level"), 4), "PML5E");
  EXPECT_EQ(entry_name(*find_format("x86-64-4level"), 1), "PDE");
  EXPECT_EQ(entry_name(*find_format("sv39"), 2), "level 2 entry");
  EXPECT_EQ(entry_name(*find_format("aarch64-64k"), 2), "level 1 entry") << "from the root down";
}

TEST(EntryFields, AValueWithoutAMeaningOfItsOwnHasTheLastOne) {
  const EntryField reserved{"reserved", 60, 54, {"", "must be 0"}};
  EXPECT_EQ(reserved.meaning_of(0), "");
  EXPECT_EQ(reserved.meaning_of(1), "must be 0");
  EXPECT_EQ(reserved.meaning_of(77), "must be 0");
  EXPECT_EQ(reserved.value_in(std::uint64_t{5} << 54), 5u);
}

}  // namespace
}  // namespace mmu::test
