#include "hw/common/set_assoc.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace mmu {
namespace {

SetAssoc<int> lru(std::uint64_t entries, std::uint64_t ways) {
  return {"array", entries, ways, Replacement::kLru, 1};
}

TEST(SetAssoc, FindsWhatWasInserted) {
  auto array = lru(8, 2);
  EXPECT_FALSE(array.insert(1, 101, 7));
  ASSERT_NE(array.find(1, 101), nullptr);
  EXPECT_EQ(*array.find(1, 101), 7);
  EXPECT_EQ(array.find(1, 105), nullptr);
  EXPECT_EQ(array.find(2, 102), nullptr);
}

TEST(SetAssoc, IndexIsTakenModuloTheSets) {
  auto array = lru(8, 2);
  ASSERT_EQ(array.sets(), 4u);
  array.insert(2, 102, 0);
  array.insert(1, 101, 0);
  array.insert(5, 105, 0);
  const auto displaced = array.insert(9, 109, 0);
  ASSERT_TRUE(displaced) << "1, 5 and 9 are 1 mod 4";
  EXPECT_EQ(displaced->key, 101u);
  EXPECT_NE(array.find(2, 102), nullptr);
}

// Keys far apart in steps of powers of two: whatever remembers places must not mix them up.
TEST(SetAssoc, KeysWithEqualLowBitsAreKeptApart) {
  auto array = lru(64, 4);
  const auto key = [](int i) { return std::uint64_t{3} + (std::uint64_t{1} << (4 + i)); };
  for (int i = 0; i < 3; ++i) array.insert(3, key(i), i);
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 3; ++i) {
      ASSERT_NE(array.find(3, key(i)), nullptr) << i;
      EXPECT_EQ(*array.find(3, key(i)), i);
    }
    EXPECT_EQ(array.find(3, key(20)), nullptr);
  }
}

TEST(SetAssoc, WhatHasGoneIsNotFoundThoughItWasAMomentAgo) {
  auto array = lru(2, 2);
  array.insert(0, 5, 1);
  array.insert(0, 6, 2);
  array.find(0, 5);
  array.find(0, 6);
  array.insert(0, 7, 3);
  EXPECT_EQ(array.find(0, 5), nullptr);
  array.erase_if([](std::uint64_t key, int) { return key == 6; });
  EXPECT_EQ(array.find(0, 6), nullptr);
  EXPECT_EQ(*array.find(0, 7), 3);
}

TEST(SetAssoc, UseMayBeMarkedLater) {
  auto array = lru(2, 2);
  array.insert(0, 5, 1);
  array.insert(0, 6, 2);
  array.mark_used(array.peek(0, 5));
  EXPECT_EQ(array.insert(0, 7, 3)->key, 6u);
}

TEST(SetAssoc, InsertingAKeyAgainOverwritesAndDisplacesNothing) {
  auto array = lru(2, 2);
  array.insert(0, 5, 1);
  array.insert(0, 6, 2);
  EXPECT_FALSE(array.insert(0, 5, 3));
  EXPECT_EQ(*array.find(0, 5), 3);
  EXPECT_EQ(*array.find(0, 6), 2);
}

TEST(SetAssoc, DisplacedEntryIsHandedOutWithItsValue) {
  auto array = lru(2, 2);
  array.insert(0, 5, 1);
  array.insert(0, 6, 2);
  const auto displaced = array.insert(0, 7, 3);
  ASSERT_TRUE(displaced);
  EXPECT_EQ(displaced->key, 5u);
  EXPECT_EQ(displaced->value, 1);
}

TEST(SetAssoc, NumberOfSetsNeedNotBeAPowerOfTwo) {
  auto array = lru(6, 2);  // 3 sets
  ASSERT_EQ(array.sets(), 3u);
  for (std::uint64_t index = 0; index < 6; ++index) {
    EXPECT_FALSE(array.insert(index, index, static_cast<int>(index))) << index;
  }
  // Set 1 holds keys 1 and 4; index 7 mod 3 is 1.
  const auto displaced = array.insert(7, 7, 7);
  ASSERT_TRUE(displaced);
  EXPECT_EQ(displaced->key, 1u);
  EXPECT_NE(array.find(4, 4), nullptr);
}

TEST(SetAssoc, ZeroWaysMeansFullyAssociative) {
  auto array = lru(5, 0);
  EXPECT_EQ(array.sets(), 1u);
  EXPECT_EQ(array.ways(), 5u);
  for (std::uint64_t key = 0; key < 5; ++key) EXPECT_FALSE(array.insert(key * 977, key, 0));
  EXPECT_TRUE(array.insert(3, 9, 0));
}

TEST(SetAssoc, AnEmptyArrayNeverHitsAndTakesNothing) {
  for (const std::uint64_t ways : {0u, 4u}) {
    auto array = lru(0, ways);
    EXPECT_FALSE(array.insert(3, 9, 1));
    EXPECT_EQ(array.find(3, 9), nullptr);
    EXPECT_EQ(array.peek(3, 9), nullptr);
  }
}

TEST(SetAssoc, WaysThatDoNotDivideTheEntriesAreRefusedByName) {
  try {
    SetAssoc<int>("mmu.dtlb", 10, 4, Replacement::kLru, 1);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(), "mmu.dtlb: 4 ways do not divide 10 entries");
  }
}

TEST(SetAssoc, TreePlruNeedsAPowerOfTwo) {
  EXPECT_THROW(SetAssoc<int>("x", 12, 3, Replacement::kTreePlru, 1), ConfigError);
  EXPECT_NO_THROW(SetAssoc<int>("x", 12, 4, Replacement::kTreePlru, 1));
}

class EveryPolicy : public testing::TestWithParam<Replacement> {};
INSTANTIATE_TEST_SUITE_P(Policies, EveryPolicy,
                         testing::Values(Replacement::kLru, Replacement::kTreePlru,
                                         Replacement::kRandom, Replacement::kFifo,
                                         Replacement::kBitPlru, Replacement::kNru,
                                         Replacement::kSrrip));
static_assert(sizeof(kReplacementNames) / sizeof(kReplacementNames[0]) == 7,
              "a new policy goes into the list above");

TEST_P(EveryPolicy, FillsEmptyWaysFirstAlsoThoseOfErasedEntries) {
  SetAssoc<int> array("array", 4, 4, GetParam(), 1);
  for (std::uint64_t key = 0; key < 4; ++key) ASSERT_FALSE(array.insert(0, key, 0)) << key;
  array.erase_if([](std::uint64_t key, int) { return key == 1 || key == 2; });
  EXPECT_EQ(array.find(0, 1), nullptr);
  EXPECT_FALSE(array.insert(0, 11, 0));
  EXPECT_FALSE(array.insert(0, 12, 0));
  EXPECT_TRUE(array.insert(0, 13, 0));
}

TEST_P(EveryPolicy, NeverGivesUpAnEntryOfAnotherSet) {
  SetAssoc<int> array("array", 8, 4, GetParam(), 1);
  for (std::uint64_t key = 0; key < 4; ++key) array.insert(1, key, 0);
  for (std::uint64_t key = 10; key < 200; ++key) array.insert(0, key, 0);
  for (std::uint64_t key = 0; key < 4; ++key) EXPECT_NE(array.peek(1, key), nullptr);
}

TEST_P(EveryPolicy, GivesUpTheOnlyWay) {
  SetAssoc<int> array("array", 2, 1, GetParam(), 1);
  for (std::uint64_t key = 0; key < 20; ++key) {
    const auto gone = array.insert(0, key, 0);
    ASSERT_EQ(gone.has_value(), key != 0);
    if (gone) {
      EXPECT_EQ(gone->key, key - 1);
    }
    array.find(0, key);
  }
}

TEST_P(EveryPolicy, HoldsASetThatFits) {
  SetAssoc<int> array("array", 4, 4, GetParam(), 1);
  for (std::uint64_t key = 0; key < 4; ++key) array.insert(0, key, 0);
  for (unsigned use = 0; use < 100; ++use) EXPECT_NE(array.find(0, use * 7 % 4), nullptr);
  EXPECT_FALSE(array.insert(0, 2, 9));  // overwriting displaces nothing
}

/// Marking an entry twice in a row is marking it once: TLBs and caches leave the second out.
TEST_P(EveryPolicy, UsingAgainAtOnceChangesNothing) {
  SetAssoc<int> once("array", 8, 8, GetParam(), 1);
  SetAssoc<int> twice("array", 8, 8, GetParam(), 1);
  std::uint64_t key = 1;
  for (unsigned step = 0; step < 2000; ++step) {
    key = key * 6364136223846793005u + 1442695040888963407u;
    const std::uint64_t wanted = key >> 60;
    const bool hit = once.find(0, wanted) != nullptr;
    ASSERT_EQ(twice.find(0, wanted) != nullptr, hit) << step;
    twice.find(0, wanted);
    if (hit) continue;
    const auto a = once.insert(0, wanted, 0);
    const auto b = twice.insert(0, wanted, 0);
    ASSERT_EQ(a.has_value(), b.has_value());
    if (a) {
      ASSERT_EQ(a->key, b->key) << step;
    }
  }
}

TEST_P(EveryPolicy, FillsThePlaceOfAnEntryThatWasErasedFirst) {
  SetAssoc<int> array("array", 4, 4, GetParam(), 1);
  for (std::uint64_t key = 0; key < 4; ++key) array.insert(0, key, 0);
  array.find(0, 2);  // the most recently used one, even
  array.erase(array.peek(0, 2));
  EXPECT_EQ(array.peek(0, 2), nullptr);
  EXPECT_FALSE(array.insert(0, 9, 0)) << "displaces nothing";
  for (const std::uint64_t key : {0u, 1u, 3u, 9u}) EXPECT_NE(array.peek(0, key), nullptr);
}

TEST_P(EveryPolicy, ListsEachLiveEntryOnce) {
  SetAssoc<int> array("array", 8, 4, GetParam(), 1);
  array.insert(0, 1, 10);
  array.insert(1, 2, 20);
  array.insert(0, 3, 30);
  array.erase_if([](std::uint64_t, int value) { return value == 20; });
  int sum = 0;
  array.for_each([&](std::uint64_t, int value) { sum += value; });
  EXPECT_EQ(sum, 40);
}

}  // namespace
}  // namespace mmu
