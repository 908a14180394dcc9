#include "hw/arch/page_table_format.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "hw/arch/errors.hpp"

namespace mmu::test {
namespace {

TEST(Formats, AreFoundByNameAndNothingElseIs) {
  EXPECT_EQ(format_names(),
            "sv32, sv39, sv48, sv57, x86-64-4level, x86-64-5level, aarch64-4k, aarch64-16k, "
            "aarch64-64k");
  ASSERT_NE(find_format("sv48"), nullptr);
  EXPECT_EQ(find_format("sv48")->name, "sv48");
  EXPECT_EQ(find_format("sv33"), nullptr);
  EXPECT_EQ(find_format(""), nullptr);
}

// RISC-V privileged specification: VA 39, 48, 57 bits, PA 56. Intel SDM: VA 48, 57, PA 52.
TEST(Formats, HaveTheGeometryOfTheManuals) {
  struct Row {
    const char* name;
    unsigned depth, va_bits, pa_bits;
  };
  constexpr Row kRows[] = {{"sv39", 3, 39, 56},
                           {"sv48", 4, 48, 56},
                           {"sv57", 5, 57, 56},
                           {"x86-64-4level", 4, 48, 52},
                           {"x86-64-5level", 5, 57, 52}};
  for (const Row& row : kRows) {
    const PageTableFormat& f = *find_format(row.name);
    EXPECT_EQ(f.depth, row.depth) << row.name;
    EXPECT_EQ(f.va_bits, row.va_bits) << row.name;
    EXPECT_EQ(f.pa_bits, row.pa_bits) << row.name;
    EXPECT_EQ(f.pte_bytes, 8) << row.name;
    for (unsigned level = 0; level < row.depth; ++level) {
      EXPECT_EQ(f.levels[level].lsb, 12 + 9 * level) << row.name;
      EXPECT_EQ(f.levels[level].width, 9) << row.name;
    }
  }
}

// "Sv32": VA 32, PA 34, entries of 4 bytes. Arm ARM D8.2.8 to D8.2.10: bits of the VA that index
// each level, the root's first, for 48 bits of VA.
TEST(Formats, HaveTheGeometryOfTheManualsWhereLevelsDiffer) {
  struct Row {
    const char* name;
    unsigned pte_bytes, page_shift;
    std::vector<unsigned> widths;
    std::vector<unsigned> maps;  // log2 of page sizes, the smallest first
  };
  const Row rows[] = {{"sv32", 4, 12, {10, 10}, {12, 22}},
                      {"aarch64-4k", 8, 12, {9, 9, 9, 9}, {12, 21, 30}},
                      {"aarch64-16k", 8, 14, {1, 11, 11, 11}, {14, 25}},
                      {"aarch64-64k", 8, 16, {6, 13, 13}, {16, 29}}};
  for (const Row& row : rows) {
    const PageTableFormat& f = *find_format(row.name);
    EXPECT_EQ(f.pte_bytes, row.pte_bytes) << row.name;
    EXPECT_EQ(f.page_shift, row.page_shift) << row.name;
    ASSERT_EQ(f.depth, row.widths.size()) << row.name;
    std::vector<unsigned> maps;
    for (unsigned i = 0; i < f.depth; ++i) {
      EXPECT_EQ(f.levels[i].width, row.widths[f.depth - 1 - i]) << row.name << i;
      if (f.levels[i].may_map) maps.push_back(f.levels[i].lsb);
    }
    EXPECT_EQ(maps, row.maps) << row.name;
  }
}

// Arm ARM table D8-13 and following: the level where a walk starts (0 the highest) by T0SZ.
TEST(Formats, T0szLeavesOutLevelsFromTheRoot) {
  struct Row {
    const char* name;
    unsigned t0sz, depth, root_width;
  };
  constexpr Row kRows[] = {
      {"aarch64-4k", 16, 4, 9},  {"aarch64-4k", 24, 4, 1},   {"aarch64-4k", 25, 3, 9},
      {"aarch64-4k", 39, 2, 4},  {"aarch64-16k", 17, 3, 11}, {"aarch64-16k", 39, 1, 11},
      {"aarch64-64k", 21, 3, 1}, {"aarch64-64k", 22, 2, 13}, {"aarch64-64k", 39, 1, 9}};
  for (const Row& row : kRows) {
    FormatOptions options;
    options.t0sz = row.t0sz;
    const PageTableFormat f = with_options(*find_format(row.name), options);
    EXPECT_TRUE(is_consistent(f)) << row.name << row.t0sz;
    EXPECT_EQ(f.depth, row.depth) << row.name << row.t0sz;
    EXPECT_EQ(f.levels[f.root_level()].width, row.root_width) << row.name << row.t0sz;
    EXPECT_FALSE(is_canonical(f, VirtAddr(std::uint64_t{1} << (64 - row.t0sz))));
    EXPECT_TRUE(is_canonical(f, VirtAddr((std::uint64_t{1} << (64 - row.t0sz)) - 1)));
  }
}

TEST(Formats, AnOptionOutOfItsRangeIsRefused) {
  FormatOptions options;
  options.t0sz = 40;
  EXPECT_THROW(with_options(*find_format("aarch64-4k"), options), ConfigError);
  options.maxphyaddr = 31;
  EXPECT_THROW(with_options(*find_format("x86-64-4level"), options), ConfigError);
}

// What an instruction of each family does besides: x86 sets A in tables, and by hardware only;
// sfence.vma with an address leaves walk caches alone, invlpg does not (SDM 3A, 4.10.4.1).
TEST(Formats, KnowWhatTheirFamilyDoes) {
  for (const char* name : {"sv39", "sv48", "sv57"}) {
    EXPECT_FALSE(find_format(name)->accessed_in_tables);
    EXPECT_TRUE(find_format(name)->ad_by_software_too);
    EXPECT_TRUE(find_format(name)->address_fence_leaf_only);
  }
  for (const char* name : {"x86-64-4level", "x86-64-5level"}) {
    EXPECT_TRUE(find_format(name)->accessed_in_tables);
    EXPECT_FALSE(find_format(name)->ad_by_software_too);
    EXPECT_FALSE(find_format(name)->address_fence_leaf_only);
  }
}

TEST(Canonical, TheBitsAboveRepeatTheHighestOne) {
  struct Row {
    std::uint64_t va;
    const char* fitting;
  };
#define AARCH64 "aarch64-4k, aarch64-16k, aarch64-64k"
  constexpr Row kRows[] = {
      {0, "sv32, sv39, sv48, sv57, x86-64-4level, x86-64-5level, " AARCH64},
      {0x0000'0000'ffff'ffff, "sv32, sv39, sv48, sv57, x86-64-4level, x86-64-5level, " AARCH64},
      {0x0000'0001'0000'0000, "sv39, sv48, sv57, x86-64-4level, x86-64-5level, " AARCH64},
      {0x0000'003f'ffff'ffff, "sv39, sv48, sv57, x86-64-4level, x86-64-5level, " AARCH64},
      {0x0000'0040'0000'0000, "sv48, sv57, x86-64-4level, x86-64-5level, " AARCH64},
      {0x0000'7fff'ffff'ffff, "sv48, sv57, x86-64-4level, x86-64-5level, " AARCH64},
      {0x0000'8000'0000'0000, "sv57, x86-64-5level, " AARCH64},
      {0x00ff'ffff'ffff'ffff, "sv57, x86-64-5level"},
      {0x0100'0000'0000'0000, ""},
      {0x8000'0000'0000'0000, ""},
      {0xfeff'ffff'ffff'ffff, ""},
      {0xff00'0000'0000'0000, "sv57, x86-64-5level"},
      {0xffff'7fff'ffff'ffff, "sv57, x86-64-5level"},
      {0xffff'8000'0000'0000, "sv48, sv57, x86-64-4level, x86-64-5level"},
      {0xffff'ffbf'ffff'ffff, "sv48, sv57, x86-64-4level, x86-64-5level"},
      {0xffff'ffc0'0000'0000, "sv39, sv48, sv57, x86-64-4level, x86-64-5level"},
      {~std::uint64_t{0}, "sv39, sv48, sv57, x86-64-4level, x86-64-5level"},
  };
#undef AARCH64
  for (const Row& row : kRows) {
    EXPECT_EQ(formats_that_fit(VirtAddr(row.va)), row.fitting) << std::hex << row.va;
  }
  EXPECT_TRUE(is_canonical(*find_format("sv39"), VirtAddr(0x3f'ffff'ffff)));
  EXPECT_FALSE(is_canonical(*find_format("sv39"), VirtAddr(0x40'0000'0000)));
}

TEST(Rights, AModifyReadsAndWrites) {
  struct Row {
    Rights rights;
    bool fetch, load, store, modify;
  };
  constexpr Row kRows[] = {
      {{true, true, true, true}, true, true, true, true},
      {{true, false, false, true}, false, true, false, false},
      {{false, true, false, true}, false, false, true, false},
      {{true, true, false, true}, false, true, true, true},
      {{false, false, true, true}, true, false, false, false},
      {{true, true, true, false}, false, false, false, false},  // the supervisor's
  };
  for (const Row& row : kRows) {
    EXPECT_EQ(row.rights.allow(AccessKind::kFetch), row.fetch);
    EXPECT_EQ(row.rights.allow(AccessKind::kLoad), row.load);
    EXPECT_EQ(row.rights.allow(AccessKind::kStore), row.store);
    EXPECT_EQ(row.rights.allow(AccessKind::kModify), row.modify);
  }
}

TEST(Consistency, AContradictionIsFound) {
  PageTableFormat f = *find_format("sv39");
  EXPECT_TRUE(is_consistent(f));
  f.frame.lsb = 7;  // overlaps D
  EXPECT_FALSE(is_consistent(f));
  f = *find_format("sv39");
  f.levels[1].width = 10;  // more entries than a table page holds, and a gap
  EXPECT_FALSE(is_consistent(f));
  f = *find_format("sv39");
  f.zero_in_any |= 0x40;  // A, reserved
  EXPECT_FALSE(is_consistent(f));
}

}  // namespace
}  // namespace mmu::test
