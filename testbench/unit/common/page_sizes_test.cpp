#include "hw/common/page_sizes.hpp"

#include <gtest/gtest.h>

namespace mmu {
namespace {

constexpr PageSizes of(unsigned shift) { return PageSizes{1} << shift; }

TEST(PageSizeName, IsReadAsThatSize) {
  EXPECT_EQ(page_size_name(std::uint64_t{1} << 12), "4K");
  for (unsigned shift = 12; shift < 50; ++shift) {
    EXPECT_EQ(read_page_sizes(page_size_name(std::uint64_t{1} << shift)), PageSizes{1} << shift);
  }
}

TEST(PageSizes, AreReadFromAListWithPlusSigns) {
  EXPECT_EQ(read_page_sizes("4K"), of(12));
  EXPECT_EQ(read_page_sizes("4K+2M"), of(12) | of(21));
  EXPECT_EQ(read_page_sizes("1G+64K+512G"), of(30) | of(16) | of(39));
  EXPECT_EQ(read_page_sizes("256T"), of(48));
}

TEST(PageSizes, AllHoldsEverySize) {
  for (const unsigned shift : {12U, 21U, 30U, 57U})
    EXPECT_TRUE(holds(*read_page_sizes("all"), shift));
}

TEST(PageSizes, OtherTextsAreNoList) {
  for (const char* text : {"", "4", "K", "3K", "2K", "4KB", "4k", "4K+", "+4K", "4K 2M", "4K+4K",
                           "4K+all", "-4K", "0K", "1024K", "4K,2M"}) {
    EXPECT_FALSE(read_page_sizes(text)) << text;
  }
}

TEST(PageSizes, OfAFormatAreThoseThatItCanMap) {
  using Shifts = std::vector<unsigned>;
  EXPECT_EQ(page_shifts(*find_format("sv39")), (Shifts{12, 21, 30}));
  EXPECT_EQ(page_shifts(*find_format("sv32")), (Shifts{12, 22}));
  EXPECT_EQ(page_shifts(*find_format("x86-64-5level")), (Shifts{12, 21, 30}));
  // Contiguous runs of 16 entries: 64K, 32M, 16G.
  EXPECT_EQ(page_shifts(*find_format("aarch64-4k")), (Shifts{12, 16, 21, 25, 30, 34}));
  FormatOptions napot;
  napot.napot = true;
  EXPECT_EQ(page_shifts(with_options(*find_format("sv39"), napot)), (Shifts{12, 16, 21, 30}));
}

}  // namespace
}  // namespace mmu
