// Sums by section 9 of docs/timing.md: tRCD = tRP = tCL = 10, tRAS = 20, burst 4.
#include "testbench/reference/dram.hpp"

#include <gtest/gtest.h>

namespace mmu::reference {
namespace {

using Kind = MemoryAnswer::Kind;

const DramParams kParams = {1000, 1, 1, 16, 8192, 10, 10, 10, 20, 4, 0, 1, 2};
constexpr std::uint64_t kNextRow = 16 * 8192;  // row 1 of bank 0 XOR 1

struct Bench {
  explicit Bench(const DramParams& params, std::uint32_t core_period_ps = 1000)
      : dram(params, core_period_ps, 64) {}
  MemoryAnswer read(Cycle at, std::uint64_t address) {
    return dram.access({at, MemoryOp::kRead, false, address},
                       [this](Cycle f, Served) { replies.push_back(f); });
  }
  Dram dram;
  std::vector<Cycle> replies;
};

TEST(ReferenceDram, ClosedThenOpenRow) {
  Bench bench(kParams);
  EXPECT_EQ(bench.read(1, 0).at, 1U + 10 + 10 + 4);
  // Free again in 25 - 10 = 15.
  EXPECT_EQ(bench.read(14, 64).kind, Kind::kLater);
  bench.dram.cycle(14);
  EXPECT_TRUE(bench.replies.empty());
  bench.dram.cycle(15);
  EXPECT_EQ(bench.replies, std::vector<Cycle>{29});  // the bus is free in 25
  EXPECT_EQ(bench.dram.stats.row_hits, 1U);
}

TEST(ReferenceDram, ConflictWaitsForTras) {
  Bench bench(kParams);
  bench.read(1, 0);
  // Bank 0 has row 1 where address bits say bank 1. max(15, 1 + 20) + 10 = 31, + 20 + 4.
  EXPECT_EQ(bench.read(15, kNextRow + 8192).at, 55U);
  EXPECT_EQ(bench.dram.stats.row_conflicts, 1U);
}

TEST(ReferenceDram, QueueFullRefuses) {
  Bench bench(kParams);
  bench.read(1, 0);
  EXPECT_EQ(bench.read(2, 64).kind, Kind::kLater);
  EXPECT_EQ(bench.read(2, 128).kind, Kind::kLater);
  EXPECT_EQ(bench.read(2, 192).kind, Kind::kRefused);
}

TEST(ReferenceDram, RowHitsGoFirst) {
  Bench bench(kParams);
  bench.read(1, 0);
  bench.read(2, kNextRow + 8192);  // the older
  bench.read(3, 64);
  bench.dram.cycle(15);
  EXPECT_EQ(bench.dram.stats.row_hits, 1U);
  EXPECT_EQ(bench.dram.stats.row_conflicts, 0U);
}

TEST(ReferenceDram, RefreshClosesTheRowAndTakesItsTime) {
  DramParams params = kParams;
  params.t_refi = 100;
  params.t_rfc = 30;
  Bench bench(params);
  bench.read(1, 0);
  EXPECT_EQ(bench.read(105, 0).at, 130U + 24);
  EXPECT_EQ(bench.read(150, 0).at, 150U + 14);  // not again
}

TEST(ReferenceDram, ClocksAreConvertedUpwards) {
  DramParams params = kParams;
  params.clock_ps = 625;
  Bench bench(params, 250);
  // k = ceil(250 / 625) = 1, data ends in 25: ceil(25 * 625 / 250) = ceil(62.5).
  EXPECT_EQ(bench.read(1, 0).at, 63U);
}

}  // namespace
}  // namespace mmu::reference
