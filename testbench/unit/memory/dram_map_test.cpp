#include <gtest/gtest.h>

#include <set>
#include <string>

#include "hw/arch/errors.hpp"
#include "hw/dram/dram_timing.hpp"

namespace mmu {
namespace {

DramParams params(std::uint32_t channels, std::uint32_t ranks, std::uint32_t banks,
                  std::uint32_t row_bytes) {
  DramParams p;
  p.channels = channels;
  p.ranks = ranks;
  p.banks = banks;
  p.row_bytes = row_bytes;
  return p;
}

void expect_place(const DramMap& map, std::uint64_t address, std::uint32_t channel,
                  std::uint32_t bank, std::uint64_t row) {
  const DramPlace place = map.place_of(PhysAddr(address));
  EXPECT_EQ(place.channel, channel) << address;
  EXPECT_EQ(place.bank, bank) << address;
  EXPECT_EQ(place.row, row) << address;
}

// Lines of 64 bytes, 4 a row: line number = row | rank 1 bit | bank 2 bits | column 2 bits |
// channel 1 bit.
TEST(DramMap, SplitsALineNumberAsSpecified) {
  const DramMap map(params(2, 2, 4, 256), 64);
  expect_place(map, 0, 0, 0, 0);
  expect_place(map, 63, 0, 0, 0);
  expect_place(map, 64, 1, 8, 0);           // channel 1: its banks are 8 to 15
  expect_place(map, 2 * 64, 0, 0, 0);       // next column
  expect_place(map, 8 * 64, 0, 1, 0);       // next bank
  expect_place(map, 32 * 64, 0, 4, 0);      // rank 1: banks 4 to 7
  expect_place(map, 64 * 64, 0, 0 ^ 1, 1);  // row 1: bank 0 XOR 1
  // row 5, rank 1, bank 2, column 3, channel 1: line 320 + 32 + 16 + 6 + 1 = 375. Bank
  // 2 XOR (5 mod 4) = 3: (1 x 2 + 1) x 4 + 3 = 15.
  expect_place(map, 375 * 64, 1, 15, 5);
}

TEST(DramMap, EachShapeParameterMovesLines) {
  const std::uint64_t address = 16 * 64;                               // line 16
  expect_place(DramMap(params(1, 1, 4, 256), 64), address, 0, 1, 1);   // bank 0 XOR 1, row 1
  expect_place(DramMap(params(16, 1, 4, 256), 64), 64, 1, 4, 0);       // 16 channels
  expect_place(DramMap(params(1, 2, 4, 256), 64), address, 0, 4, 0);   // now rank 1
  expect_place(DramMap(params(1, 1, 8, 256), 64), address, 0, 4, 0);   // now bank 4
  expect_place(DramMap(params(1, 1, 4, 1024), 64), address, 0, 1, 0);  // longer row: bank 1
  expect_place(DramMap(params(2, 1, 4, 256), 64), 64, 1, 4, 0);        // channel 1, its bank 0
  expect_place(DramMap(params(2, 1, 4, 256), 128), 64, 0, 0, 0);       // still line 0
}

TEST(DramMap, RowsOfOneBankNumberSpreadOverAllBanks) {
  const DramMap map(params(1, 1, 8, 256), 64);
  std::set<std::uint32_t> banks;
  for (std::uint64_t row = 0; row < 8; ++row) banks.insert(map.place_of(PhysAddr(row * 2048)).bank);
  EXPECT_EQ(banks.size(), 8u);
}

TEST(DramMap, NoTwoLinesShareAPlaceAndAColumn) {
  const DramMap map(params(2, 2, 4, 256), 64);
  std::set<std::pair<std::uint32_t, std::uint64_t>> rows;
  for (std::uint64_t line = 0; line < 1024; ++line) {
    const DramPlace place = map.place_of(PhysAddr(line * 64));
    EXPECT_EQ(place.bank / 8, place.channel);
    rows.insert({place.bank, place.row});
  }
  EXPECT_EQ(rows.size(), 256u) << "1024 lines of 4 a row";
}

std::string error_of(const DramParams& p, std::uint32_t line_bytes = 64) {
  try {
    DramMap(p, line_bytes);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(DramMap, NamesWhatMustBeAPowerOfTwo) {
  EXPECT_EQ(error_of(params(3, 1, 4, 256)), "dram.channels must be a power of two, is 3");
  EXPECT_EQ(error_of(params(1, 3, 4, 256)), "dram.ranks must be a power of two, is 3");
  EXPECT_EQ(error_of(params(1, 1, 12, 256)), "dram.banks must be a power of two, is 12");
  EXPECT_EQ(error_of(params(1, 1, 4, 1000)), "dram.row_bytes must be a power of two, is 1000");
  EXPECT_EQ(error_of(params(1, 1, 4, 64), 128),
            "dram.row_bytes must be a multiple of the line of the caches (128), is 64");
  EXPECT_EQ(error_of(params(1, 1, 1, 64)), "");
}

TEST(DramClock, ConvertsOddRatiosExactly) {
  const DramClock clock(333, 833);
  EXPECT_EQ(clock.clock_of(0), 0u);
  EXPECT_EQ(clock.clock_of(1), 1u);  // 333 ps
  EXPECT_EQ(clock.clock_of(2), 1u);  // 666 ps
  EXPECT_EQ(clock.clock_of(3), 2u);  // 999 ps
  EXPECT_EQ(clock.cycle_of(1), 3u);  // 833 / 333 = 2.5
  EXPECT_EQ(clock.cycle_of(2), 6u);  // 1666 / 333 = 5.003
  EXPECT_EQ(clock.clock_of(833), 333u);
  EXPECT_EQ(clock.cycle_of(333), 833u);
}

TEST(DramClock, FindsTheFirstCycleOfAClockWhicheverSideIsFaster) {
  for (const auto& [core, dram] : {std::pair{333u, 833u}, {833u, 333u}, {250u, 625u}, {7u, 7u}}) {
    const DramClock clock(core, dram);
    for (std::uint64_t k = 0; k < 500; ++k) {
      std::uint64_t first = 0;
      while ((first * core + dram - 1) / dram < k) ++first;
      EXPECT_EQ(clock.first_cycle_in(k), first) << core << ' ' << dram << ' ' << k;
    }
  }
}

TEST(DramClock, ZeroPeriodsAreRefusedByName) {
  EXPECT_THROW(DramClock(250, 0), ConfigError);
  EXPECT_THROW(DramClock(0, 625), ConfigError);
}

}  // namespace
}  // namespace mmu
