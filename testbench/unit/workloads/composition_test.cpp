// phases and mix: who has the core when, and dependences across others' records.
#include <cmath>

#include "testbench/unit/workloads/workload_test.hpp"

namespace mmu::traces {
namespace {

/// Of each data record, the number of the area that it lies in, as letters: "aabba".
std::string areas(const Generated& all) {
  std::string text;
  for (const DataAccess& access : data_of(all)) {
    char which = 'a';
    for (std::size_t i = 0; i < all.events.size(); ++i) {
      if (access.record.address >= area(all, i)) which = static_cast<char>('a' + i);
    }
    text += which;
  }
  return text;
}

TEST(PhasesWorkload, GoThroughTheirPartsInOrder) {
  EXPECT_EQ(areas(generated("phases:[gups:accesses=3],[gups:accesses=2],repeat=2")), "aaabbaaabb");
}

TEST(PhasesWorkload, GoOnWhereTheyWere) {
  const Generated all = generated("phases:[sequential:accesses=3],[gups:accesses=1],repeat=2");
  const auto data = data_of(all);
  EXPECT_EQ(data[4].record.address, area(all, 0) + 24);  // words 0, 1, 2 were in the first round
}

TEST(MixWorkload, EndsWhenAllPartsHaveEnded) {
  const std::string all = areas(generated("mix:[gups:accesses=10],[gups:accesses=500]"));
  EXPECT_EQ(std::count(all.begin(), all.end(), 'a'), 10);
  EXPECT_EQ(std::count(all.begin(), all.end(), 'b'), 500);
  EXPECT_EQ(all.back(), 'b');
}

// While both run, 3 of 4 operations are of the first; 5 standard deviations of 4000: 137.
TEST(MixWorkload, ChoosesByWeight) {
  const std::string all =
      areas(generated("mix:3*[gups:accesses=100K],[gups:accesses=100K]")).substr(0, 4000);
  EXPECT_NEAR(static_cast<double>(std::count(all.begin(), all.end(), 'a')), 3000, 137);
}

TEST(MixWorkload, StaysForAWholeTurn) {
  const std::string all = areas(generated("mix:turn=4,[gups:accesses=400],[gups:accesses=400]"));
  for (std::size_t i = 0; i < 400; i += 4) {
    EXPECT_EQ(all.substr(i, 4), std::string(4, all[i])) << i;
  }
}

TEST(MixWorkload, APartThatEndsInItsTurnHasEnded) {
  const std::string all = areas(
      generated("mix:turn=50,[phases:[gups:accesses=2],[gups:accesses=1]],[gups:accesses=5]"));
  EXPECT_EQ(all.size(), 8u);
}

TEST(MixWorkload, KeepsDependencesAcrossOthersRecords) {
  const Generated all = generated("mix:[chase:accesses=100],[gups:accesses=100]");
  const auto data = data_of(all);
  const std::string where = areas(all);
  std::size_t last = std::string::npos;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const bool chases = where[i] == 'a';
    EXPECT_EQ(data[i].record.depends_on, !chases || last == std::string::npos ? 0 : i - last);
    if (chases) last = i;
  }
}

TEST(MixWorkload, PartsHaveCodeOfTheirOwn) {
  const Generated all = generated("mix:[gups:accesses=100],[gups:accesses=100]");
  const auto data = data_of(all);
  const std::string where = areas(all);
  for (std::size_t i = 1; i < data.size(); ++i) {
    EXPECT_EQ(data[i].pc == data[i - 1].pc, where[i] == where[i - 1]);
  }
}

}  // namespace
}  // namespace mmu::traces
