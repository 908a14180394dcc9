// Which entry has to go, worked out by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "hw/common/set_assoc.hpp"

namespace mmu {
namespace {

/// One set, filled with the keys 0, 1, ... ways-1, in ways 0, 1, ...
SetAssoc<int> full_set(Replacement policy, std::uint64_t ways, std::uint64_t seed = 1) {
  SetAssoc<int> array("array", ways, ways, policy, seed);
  for (std::uint64_t key = 0; key < ways; ++key) array.insert(0, key, 0);
  return array;
}

std::vector<std::uint64_t> victims(SetAssoc<int>& array, unsigned count) {
  std::vector<std::uint64_t> gone;
  for (unsigned i = 0; i < count; ++i) gone.push_back(array.insert(0, 100 + i, 0)->key);
  return gone;
}

using Keys = std::vector<std::uint64_t>;

TEST(Lru, GivesUpInTheOrderOfLastUse) {
  auto array = full_set(Replacement::kLru, 4);
  array.find(0, 0);
  array.find(0, 2);
  array.insert(0, 1, 9);  // overwriting is a use
  // Last uses in order: 3 (filled), 0, 2, 1; then the first newcomer.
  EXPECT_EQ(victims(array, 5), (Keys{3, 0, 2, 1, 100}));
}

TEST(Lru, PeekIsNoUse) {
  auto array = full_set(Replacement::kLru, 2);
  array.peek(0, 0);
  EXPECT_EQ(victims(array, 1), Keys{0});
}

// Nodes of 4 ways: the root chooses a half, each half a way. Each use points the nodes on its
// path to the other side. Filling 0 1 2 3: root -> left half (3 was last), left -> 0, right -> 2.
TEST(TreePlru, FollowsTheBitsAwayFromTheLastUses) {
  auto array = full_set(Replacement::kTreePlru, 4);
  // Victim 0; using way 0: root -> right, left -> 1. Victim 2 (right -> 2): root -> left,
  // right -> 3. Victim 1: root -> right, left -> 0. Victim 3.
  EXPECT_EQ(victims(array, 4), (Keys{0, 2, 1, 3}));
}

TEST(TreePlru, DiffersFromLruWhereItShould) {
  auto array = full_set(Replacement::kTreePlru, 4);
  array.find(0, 0);  // root -> right, left -> 1
  array.find(0, 2);  // root -> left, right -> 3
  // True LRU would give up 1, then 3. The tree: left half, way 1; then root -> right: way 3.
  EXPECT_EQ(victims(array, 2), (Keys{1, 3}));
  auto other = full_set(Replacement::kTreePlru, 4);
  other.find(0, 0);  // root -> right (-> 2): LRU would give up 1
  EXPECT_EQ(victims(other, 1), Keys{2});
}

TEST(TreePlru, OfOneWayGivesUpThatWay) {
  auto array = full_set(Replacement::kTreePlru, 1);
  EXPECT_EQ(victims(array, 2), (Keys{0, 100}));
}

TEST(Fifo, GivesUpInTheOrderOfEnteringWhateverIsUsed) {
  auto array = full_set(Replacement::kFifo, 4);
  array.find(0, 0);
  array.find(0, 1);
  array.insert(0, 0, 9);  // overwriting does not move it
  EXPECT_EQ(victims(array, 5), (Keys{0, 1, 2, 3, 100}));
}

TEST(Fifo, AnEntryInTheWayOfAnErasedOneIsTheYoungest) {
  auto array = full_set(Replacement::kFifo, 3);
  array.erase_if([](std::uint64_t key, int) { return key == 0; });
  array.insert(0, 50, 0);
  EXPECT_EQ(victims(array, 3), (Keys{1, 2, 50}));
}

// Bits after filling 0 1 2 3: the fourth use would set all, so only way 3 stays set: 0001.
TEST(BitPlru, GivesUpTheLowestWayWithAClearBit) {
  auto array = full_set(Replacement::kBitPlru, 4);
  array.find(0, 0);  // 1001
  // Way 1 goes (1101), then way 2: the last clear one, so 0010; then way 0 (1010), way 1 (1110),
  // and way 3 (0001).
  EXPECT_EQ(victims(array, 5), (Keys{1, 2, 0, 100, 3}));
}

TEST(BitPlru, DiffersFromLruWhereItShould) {
  auto array = full_set(Replacement::kBitPlru, 4);  // 0001
  array.find(0, 2);                                 // 0011
  array.find(0, 1);                                 // 0111
  array.find(0, 0);                                 // all: 1000
  // LRU would give up 3, then 2. Way 1 here (1100), then way 2 (1110).
  EXPECT_EQ(victims(array, 2), (Keys{1, 2}));
}

// One bit: 1 is "not recently used". A fill and a use clear it; when none is set, all are.
TEST(Nru, SetsAllBitsOnlyWhenAVictimIsNeeded) {
  auto array = full_set(Replacement::kNru, 4);  // 0000
  // All set (1111), way 0 goes (0111), way 1 (0011).
  EXPECT_EQ(victims(array, 2), (Keys{0, 1}));
  array.find(0, 2);  // 0001
  // Way 3 (0000); then all set: way 0.
  auto gone =
      std::vector<std::uint64_t>{array.insert(0, 200, 0)->key, array.insert(0, 201, 0)->key};
  EXPECT_EQ(gone, (Keys{3, 100}));
}

// Two-bit predictions: a fill 2, a use 0, the victim the lowest way with 3 (Jaleel et al., figure
// 4 of the paper's hit-priority policy).
TEST(Srrip, KeepsWhatWasUsedThroughAScan) {
  auto array = full_set(Replacement::kSrrip, 4);  // 2222
  array.find(0, 0);
  array.find(0, 1);  // 0022
  // Ageing: 1133; way 2 goes (1123), way 3 (1122). Then 2233: way 2 (2223), way 3 (2222). Then
  // 3333: way 0 (2333), way 1 (2233).
  EXPECT_EQ(victims(array, 6), (Keys{2, 3, 100, 101, 0, 1}));
}

TEST(Srrip, AgesAllByTheSame) {
  auto array = full_set(Replacement::kSrrip, 2);
  array.find(0, 0);
  array.find(0, 1);  // 00
  // 33 after three steps: way 0 goes (23).
  EXPECT_EQ(victims(array, 1), Keys{0});
  array.find(0, 100);                           // 03
  EXPECT_EQ(array.insert(0, 300, 0)->key, 1u);  // 02
  array.find(0, 300);                           // 00, and again both age alike
  EXPECT_EQ(array.insert(0, 301, 0)->key, 100u);
}

TEST(RandomReplacement, IsReproducedByItsSeed) {
  auto a = full_set(Replacement::kRandom, 8, 7);
  auto b = full_set(Replacement::kRandom, 8, 7);
  auto c = full_set(Replacement::kRandom, 8, 8);
  const auto of_a = victims(a, 64);
  EXPECT_EQ(of_a, victims(b, 64));
  EXPECT_NE(of_a, victims(c, 64));
}

TEST(RandomReplacement, GivesUpEveryWayAboutEquallyOften) {
  for (const std::uint64_t ways : {3u, 8u}) {
    auto array = full_set(Replacement::kRandom, ways);
    std::vector<unsigned> times(ways);
    std::vector<std::uint64_t> in_way(ways);
    for (std::uint64_t w = 0; w < ways; ++w) in_way[w] = w;
    for (std::uint64_t key = 1000; key < 1000 + 3000 * ways; ++key) {
      const std::uint64_t gone = array.insert(0, key, 0)->key;
      for (std::uint64_t w = 0; w < ways; ++w) {
        if (in_way[w] != gone) continue;
        ++times[w];
        in_way[w] = key;
      }
    }
    // 3000 expected, standard deviation below 55: six of them.
    for (const unsigned n : times) EXPECT_NEAR(n, 3000.0, 330.0);
  }
}

class HeldToSomeWays : public testing::TestWithParam<Replacement> {};

TEST_P(HeldToSomeWays, OthersAreLeftAlone) {
  auto array = full_set(GetParam(), 8);
  std::vector<std::uint64_t> in_way = {0, 1, 2};
  std::vector<unsigned> times(3);
  for (unsigned i = 0; i < 200; ++i) {
    if (i % 3 == 0) array.find(0, 5);
    const auto gone = array.insert(0, 100 + i, 0, 3);
    ASSERT_TRUE(gone.has_value());
    const auto way = std::find(in_way.begin(), in_way.end(), gone->key);
    ASSERT_NE(way, in_way.end()) << gone->key;
    *way = 100 + i;
    ++times[static_cast<std::size_t>(way - in_way.begin())];
  }
  for (const unsigned n : times) EXPECT_GE(n, 30u);  // no policy forgets one of them
  for (std::uint64_t key = 3; key < 8; ++key) EXPECT_NE(array.peek(0, key), nullptr) << key;
}

TEST_P(HeldToSomeWays, EmptyOnesBehindAreNotTaken) {
  SetAssoc<int> array("array", 4, 4, GetParam(), 1);
  EXPECT_FALSE(array.insert(0, 0, 0, 2));
  EXPECT_FALSE(array.insert(0, 1, 0, 2));
  EXPECT_TRUE(array.insert(0, 2, 0, 2));
  EXPECT_FALSE(array.insert(0, 3, 0));  // whoever is not held to them takes such a way
  EXPECT_FALSE(array.insert(0, 4, 0));
  EXPECT_TRUE(array.insert(0, 5, 0));
}
INSTANTIATE_TEST_SUITE_P(EveryPolicy, HeldToSomeWays,
                         testing::Values(Replacement::kLru, Replacement::kTreePlru,
                                         Replacement::kRandom, Replacement::kFifo,
                                         Replacement::kBitPlru, Replacement::kNru,
                                         Replacement::kSrrip));

TEST(Lru, GivesUpTheLastUsedOfSomeWays) {
  auto array = full_set(Replacement::kLru, 4);
  array.find(0, 0);
  EXPECT_EQ(array.insert(0, 100, 0, 3)->key, 1u);
  EXPECT_EQ(array.insert(0, 101, 0, 3)->key, 2u);
  EXPECT_EQ(array.insert(0, 102, 0, 3)->key, 0u);
}

// The root points to the right half, which has none of the first two ways; the left one to way 1.
// Of the first three it has way 2, whatever points to way 3.
TEST(TreePlru, PassesHalvesWithoutSuchWays) {
  auto array = full_set(Replacement::kTreePlru, 4);
  array.find(0, 0);
  EXPECT_EQ(array.insert(0, 100, 0, 2)->key, 1u);
  auto other = full_set(Replacement::kTreePlru, 4);
  other.find(0, 2);
  other.find(0, 0);  // root -> right, right -> 3
  EXPECT_EQ(other.insert(0, 100, 0, 3)->key, 2u);
}

}  // namespace
}  // namespace mmu
