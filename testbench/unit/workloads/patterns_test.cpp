// Where the simple patterns go, said by formulas.
#include <set>

#include "testbench/unit/workloads/workload_test.hpp"

namespace mmu::traces {
namespace {

std::vector<std::uint64_t> offsets(const std::string& text) {
  const Generated all = generated(text);
  std::vector<std::uint64_t> list;
  for (const DataAccess& access : data_of(all)) {
    list.push_back(access.record.address - area(all, 0));
  }
  return list;
}

TEST(SequentialWorkload, GoesWordByWordAndBeginsAgain) {
  const auto at = offsets("sequential:bytes=4KiB,accesses=1100");
  for (std::size_t i = 0; i < at.size(); ++i) ASSERT_EQ(at[i], i % 512 * 8);
}

TEST(StrideWorkload, TouchesExactlyEveryStridesPage) {
  std::set<std::uint64_t> pages;
  for (const std::uint64_t at : offsets("stride:bytes=1MiB,stride=12KiB,accesses=1K")) {
    pages.insert(at / 4096);
  }
  std::set<std::uint64_t> expected;  // 0, 3, 6 ... of 256
  for (std::uint64_t page = 0; page < 256; page += 3) expected.insert(page);
  EXPECT_EQ(pages, expected);
}

// The last 8 bytes of the array are reached, and nothing behind them.
TEST(StrideWorkload, StaysInTheArray) {
  const auto at =
      offsets("stride:bytes=4KiB,stride=1368,accesses=6");  // 4096 - 8 = 4088 < 3 * 1368
  EXPECT_EQ(at, (std::vector<std::uint64_t>{0, 1368, 2736, 0, 1368, 2736}));
  const auto all = offsets("stride:bytes=4KiB,stride=584,accesses=9");  // 7 * 584 = 4088
  EXPECT_EQ(all, (std::vector<std::uint64_t>{0, 584, 1168, 1752, 2336, 2920, 3504, 4088, 0}));
}

// 256 pages, 255 degrees of freedom: 330.5 is passed by one sample in a thousand.
TEST(GupsWorkload, ChangesWordsOfAllPagesAlike) {
  const Generated all = generated("gups:bytes=1MiB,accesses=100K");
  std::vector<double> counts(256), expected(256, 100'000.0 / 256);
  for (const DataAccess& access : data_of(all)) {
    ASSERT_EQ(access.record.kind, AccessKind::kModify);
    ASSERT_EQ(access.record.address % 8, 0u);
    ++counts.at((access.record.address - area(all, 0)) / 4096);
  }
  EXPECT_LT(chi_square(counts, expected), 330.5);
}

// Of 100,000 accesses 30 % are stores: 6 standard deviations are 870.
TEST(UniformWorkload, WritesAsManyPercentAsItIsTold) {
  double stores = 0;
  for (const DataAccess& access : data_of(generated("uniform:accesses=100K,writes=30"))) {
    stores += access.record.kind == AccessKind::kStore ? 1 : 0;
  }
  EXPECT_NEAR(stores, 30'000, 870);
}

// sum over 1/i to 16384 is 10.28, so the most popular item takes 9.7 % of theta 1; 5 deviations.
TEST(ZipfWorkload, PutsPopularItemsFirstOrAnywhere) {
  const auto share_of = [](const std::vector<std::uint64_t>& at, std::uint64_t offset) {
    double count = 0;
    for (const std::uint64_t a : at) count += a == offset ? 1 : 0;
    return count / static_cast<double>(at.size());
  };
  const auto sorted = offsets("zipf:bytes=1MiB,theta=1,accesses=100K,order=sorted");
  EXPECT_NEAR(share_of(sorted, 0), 1 / 10.28, 0.005);
  EXPECT_NEAR(share_of(sorted, 64), 1 / 10.28 / 2, 0.0035);
  const auto scattered = offsets("zipf:bytes=1MiB,theta=1,accesses=100K");
  EXPECT_LT(share_of(scattered, 0), 0.01);
}

TEST(ChaseWorkload, VisitsEveryNodeOnceInOneCycle) {
  for (const char* const order : {"random", "sequential"}) {
    const auto at = offsets("chase:bytes=64KiB,accesses=2048,order=" + std::string(order));
    std::set<std::uint64_t> seen(at.begin(), at.begin() + 1024);
    EXPECT_EQ(seen.size(), 1024u) << order;
    EXPECT_EQ(*seen.rbegin(), 65536u - 64);
    for (std::size_t i = 0; i < 1024; ++i) ASSERT_EQ(at[i], at[i + 1024]) << order;
  }
}

TEST(ChaseWorkload, EachLoadNeedsTheOneBefore) {
  const auto data = data_of(generated("chase:bytes=64KiB,accesses=100"));
  EXPECT_EQ(data[0].record.depends_on, 0u);
  for (std::size_t i = 1; i < data.size(); ++i) EXPECT_EQ(data[i].record.depends_on, 1u);
}

}  // namespace
}  // namespace mmu::traces
