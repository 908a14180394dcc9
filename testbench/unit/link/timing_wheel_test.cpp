#include "hw/link/timing_wheel.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <utility>
#include <vector>

namespace mmu {
namespace {

constexpr Cycle kSlots = TimingWheel::kSlots;

using Key = std::pair<Cycle, Rank>;

Key pop(TimingWheel& wheel) {
  const TimingWheel::Entry entry = wheel.pop();
  return {entry.at, entry.rank};
}

std::vector<Key> drain(TimingWheel& wheel) {
  std::vector<Key> order;
  while (wheel.next() != kNever) order.push_back(pop(wheel));
  return order;
}

TEST(TimingWheel, HoldsNothingAtFirst) {
  const TimingWheel wheel;
  EXPECT_EQ(wheel.next(), kNever);
}

TEST(TimingWheel, PopsByCycleThenRankWhateverTheOrderOfPosting) {
  TimingWheel wheel;
  wheel.post(9, Rank::kDram);
  wheel.post(3, Rank::kIssue);
  wheel.post(3, Rank::kStlb);
  wheel.post(0, Rank::kReplay);
  EXPECT_EQ(wheel.next(), 0u);
  const std::vector<Key> expected = {
      {0, Rank::kReplay}, {3, Rank::kStlb}, {3, Rank::kIssue}, {9, Rank::kDram}};
  EXPECT_EQ(drain(wheel), expected);
}

TEST(TimingWheel, PostingTwiceIsPostingOnceNearAndFar) {
  TimingWheel wheel;
  for (const Cycle at : {Cycle{5}, Cycle{5}, 3 * kSlots, 3 * kSlots}) wheel.post(at, Rank::kWalk);
  const std::vector<Key> expected = {{5, Rank::kWalk}, {3 * kSlots, Rank::kWalk}};
  EXPECT_EQ(drain(wheel), expected);
}

TEST(TimingWheel, PostingTwiceIsPostingOnceWhenTheSecondComesAfterTheFirstHasComeNear) {
  TimingWheel wheel;
  wheel.post(1, Rank::kWalk);
  wheel.post(kSlots + 10, Rank::kWalk);  // far: kSlots + 10 after cycle 0
  wheel.post(20, Rank::kWalk);
  pop(wheel);
  pop(wheel);  // cycle 20: kSlots + 10 is near now
  wheel.post(kSlots + 10, Rank::kWalk);
  EXPECT_EQ(drain(wheel), (std::vector<Key>{{kSlots + 10, Rank::kWalk}}));
}

TEST(TimingWheel, TheLastNearSlotAndTheFirstFarOneKeepTheirOrder) {
  TimingWheel wheel;
  wheel.post(kSlots, Rank::kDram);       // far
  wheel.post(kSlots - 1, Rank::kIssue);  // near
  const std::vector<Key> expected = {{kSlots - 1, Rank::kIssue}, {kSlots, Rank::kDram}};
  EXPECT_EQ(drain(wheel), expected);
}

TEST(TimingWheel, CyclesThatShareASlotAreNotMixedUp) {
  TimingWheel wheel;
  wheel.post(7, Rank::kStlb);
  wheel.post(7 + kSlots, Rank::kWalk);
  wheel.post(7 + 2 * kSlots, Rank::kDram);
  const std::vector<Key> expected = {
      {7, Rank::kStlb}, {7 + kSlots, Rank::kWalk}, {7 + 2 * kSlots, Rank::kDram}};
  EXPECT_EQ(drain(wheel), expected);
}

// The search for the next entry starts in the middle of a word of 64 slots and must come back to
// the part of that word that lies behind its start: the latest cycles of all.
TEST(TimingWheel, FindsAnEntryBehindItsStartInTheSameWord) {
  for (const Cycle start : {Cycle{1}, Cycle{63}, Cycle{100}, kSlots - 1, kSlots + 37}) {
    TimingWheel wheel;
    wheel.post(start, Rank::kIssue);
    ASSERT_EQ(pop(wheel), Key(start, Rank::kIssue));
    const Cycle latest_near = start + kSlots - 1;
    wheel.post(latest_near, Rank::kL2);
    wheel.post(start, Rank::kIssue);
    EXPECT_EQ(pop(wheel), Key(start, Rank::kIssue));
    EXPECT_EQ(wheel.next(), latest_near) << "from " << start;
    EXPECT_EQ(pop(wheel), Key(latest_near, Rank::kL2));
    EXPECT_EQ(wheel.next(), kNever);
  }
}

TEST(TimingWheel, AnEntryInTheCyclePoppedLastIsNext) {
  TimingWheel wheel;
  wheel.post(4, Rank::kDram);
  wheel.post(6, Rank::kDram);
  pop(wheel);
  wheel.post(4, Rank::kIssue);
  EXPECT_EQ(pop(wheel), Key(4, Rank::kIssue));
  EXPECT_EQ(pop(wheel), Key(6, Rank::kDram));
}

TEST(TimingWheel, TurningOnBringsFarEntriesNear) {
  TimingWheel wheel;
  wheel.post(5000, Rank::kWalk);
  wheel.turn_to(4999);
  wheel.post(5000, Rank::kDram);
  wheel.post(4999, Rank::kIssue);
  const std::vector<Key> expected = {
      {4999, Rank::kIssue}, {5000, Rank::kDram}, {5000, Rank::kWalk}};
  EXPECT_EQ(drain(wheel), expected);
}

TEST(TimingWheel, AgreesWithASortedSetOverRandomPostsPopsAndTurns) {
  std::mt19937_64 random(20260726);
  const Cycle spreads[] = {1, 3, 70, kSlots - 1, kSlots, kSlots + 1, 5 * kSlots, 1'000'000};
  for (unsigned round = 0; round < 100; ++round) {
    TimingWheel wheel;
    std::set<Key> expected;
    Cycle now = 0;
    const Cycle spread = spreads[round % std::size(spreads)];
    for (unsigned step = 0; step < 2000; ++step) {
      const std::uint64_t dice = random() % 16;
      if (dice < 8) {
        const Key key{now + random() % (spread + 1), static_cast<Rank>(random() % kRanks)};
        wheel.post(key.first, key.second);
        expected.insert(key);
      } else if (dice == 8) {
        const Cycle limit = expected.empty() ? now + spread : expected.begin()->first;
        now += random() % (limit - now + 1);
        wheel.turn_to(now);
      } else if (!expected.empty()) {
        ASSERT_EQ(pop(wheel), *expected.begin()) << "round " << round << ", step " << step;
        now = expected.begin()->first;
        expected.erase(expected.begin());
      }
      ASSERT_EQ(wheel.next(), expected.empty() ? kNever : expected.begin()->first)
          << "round " << round << ", step " << step;
    }
    EXPECT_EQ(drain(wheel), std::vector<Key>(expected.begin(), expected.end()));
  }
}

}  // namespace
}  // namespace mmu
