// Which request a walker takes, and what walkers share: lines, memory slots, ports to memory. A
// request is accepted 8 cycles after it was made, if a walker is free; a walk of three reads takes
// 37 cycles.
#include "testbench/support/mmu_test.hpp"

namespace mmu {
namespace {

using Order = WalkerParams::Order;

constexpr std::uint64_t kVa = 0x4000'0000;
constexpr std::uint64_t kPa = 0x80'0000;
constexpr std::uint64_t kPage = 0x1000;
constexpr std::uint64_t kRegion = 0x20'0000;  // another leaf table

class WalkerReadsTest : public MmuTest {
 protected:
  WalkerReadsTest() {
    for (const std::uint64_t far : {std::uint64_t{0}, kRegion}) {
      for (std::uint64_t page = 0; page < 16; ++page) {
        map(kVa + far + page * kPage, kPa + page * kPage);
      }
    }
  }
  const WalkerStats& stats() { return mmu().walker().stats(); }
};

TEST_F(WalkerReadsTest, FirstInFirstOutIsTheOrderOfArrival) {
  make();
  ask(1, 1, kVa);
  ask(2, 2, kVa + kPage);
  ask(3, 3, kVa + 2 * kPage);
  expect_answer(2, 84);   // the first's result is in 46: accepted in 47
  expect_answer(3, 122);  // 85 + 37
}

TEST_F(WalkerReadsTest, LastInFirstOutTakesTheYoungestThatHasArrived) {
  params.walker.order = Order::kLifo;
  make();
  ask(1, 1, kVa);
  ask(2, 2, kVa + kPage);
  ask(3, 3, kVa + 2 * kPage);
  ask(40, 4, kVa + 3 * kPage);  // arrives in 48: too late for the choice in 47
  expect_answer(3, 84);
  expect_answer(4, 122);  // 85 + 37
  expect_answer(2, 160);  // 123 + 37
}

TEST_F(WalkerReadsTest, ShortestFirstTakesTheWalkThatNeedsTheFewestReads) {
  params.walker.order = Order::kShortestFirst;
  params.walk_cache.level1 = {4, 0};
  make();
  ask(1, 1, kVa);  // 9 + 1 + 36 + 1 = 47
  ask(2, 2, kVa + kRegion);
  ask(3, 3, kVa + kPage);
  ask(4, 4, kVa + 2 * kPage);  // as short as the third, which is older
  expect_answer(3, 62);        // 48 + 1 + 12 + 1
  expect_answer(4, 77);        // 63 + 14
  expect_answer(2, 116);       // 78 + 38
}

// What is known of the root's entry alone spares one read of three.
TEST_F(WalkerReadsTest, ShortestFirstKnowsAWalkThatSkipsTheRootFromOneThatDoesNot) {
  constexpr std::uint64_t kGigabyte = 0x4000'0000;  // another entry of the root
  params.walker.order = Order::kShortestFirst;
  params.walk_cache.level2 = {4, 0};
  map(kVa + kGigabyte, kPa);
  make();
  ask(1, 1, kVa);  // 9 + 1 + 36 + 1 = 47
  ask(2, 2, kVa + kGigabyte);
  ask(3, 3, kVa + kPage);
  expect_answer(3, 74);   // 48 + 1 + 24 + 1
  expect_answer(2, 113);  // 75 + 1 + 36 + 1
}

TEST_F(WalkerReadsTest, ShortestFirstAsksThePteTaggedCacheToo) {
  params.walker.order = Order::kShortestFirst;
  params.walk_cache.organisation = WalkCacheParams::Organisation::kPteTagged;
  params.walk_cache.latency_cycles = 0;
  make();
  ask(1, 1, kVa);
  ask(2, 2, kVa + kRegion);
  ask(3, 3, kVa + kPage);
  expect_answer(3, 60);  // 47 + 1 + 12
  expect_answer(2, 86);  // 61 + 1 + 24: the root's entry is known
}

TEST_F(WalkerReadsTest, AReadOfALineUnderWayWaitsForIt) {
  params.walker.count = 2;
  params.walker.shared_line_bytes = 64;
  make();
  ask(1, 1, kVa);
  ask(5, 2, kVa + kPage);  // its first read would be offered in 14, the first's is there in 20
  expect_answer(2, 46);    // from there on both go on together
  EXPECT_EQ(stats().reads, 3u);
  EXPECT_EQ(stats().reads_shared, 3u);
  EXPECT_EQ(memory.requests.size(), 3u);
}

TEST_F(WalkerReadsTest, WithoutSharingEachReadsForItself) {
  params.walker.count = 2;
  make();
  ask(1, 1, kVa);
  ask(5, 2, kVa + kPage);
  expect_answer(2, 50);  // 5 + 8 + 37
  EXPECT_EQ(stats().reads, 6u);
}

TEST_F(WalkerReadsTest, ALineIsUnderWayUpToTheCycleBeforeItIsThere) {
  params.walker.count = 3;
  params.walker.shared_line_bytes = 64;
  make();
  ask(1, 1, kVa);
  ask(10, 2, kVa + kPage);  // offered in 19
  expect_answer(2, 46);
  ask(101, 3, kVa + 2 * kPage);
  ask(111, 4, kVa + 3 * kPage);  // offered in 120, when the data is there
  expect_answer(4, 156);         // 111 + 45
}

TEST_F(WalkerReadsTest, AnotherLineIsNotShared) {
  params.walker.count = 2;
  params.walker.shared_line_bytes = 64;
  make();
  ask(1, 1, kVa);
  ask(1, 2, kVa + 8 * kPage);  // the leaf's entry is 64 bytes away
  expect_answer(2, 46);
  EXPECT_EQ(stats().reads_shared, 2u);  // the root's and level 1's
  EXPECT_EQ(stats().reads, 4u);
}

TEST_F(WalkerReadsTest, AReadThatIsAnsweredLaterAnswersAllThatWaitForItsLine) {
  params.walker.count = 2;
  params.walker.shared_line_bytes = 64;
  memory.answers_later = true;
  make();
  ask(1, 1, kVa);
  ask(5, 2, kVa + kPage);
  at(30, Rank::kDram, [this] { mmu().walker().memory_reply->accessed(0, 30, Served::kMemory); });
  at(50, Rank::kDram, [this] { mmu().walker().memory_reply->accessed(0, 50, Served::kMemory); });
  at(70, Rank::kDram, [this] { mmu().walker().memory_reply->accessed(0, 70, Served::kMemory); });
  expect_answer(1, 72);
  ASSERT_NE(core.reply_to(2), nullptr);
  EXPECT_EQ(core.reply_to(2)->at, 72u);
  EXPECT_EQ(stats().reads, 3u);
}

TEST_F(WalkerReadsTest, AMemorySlotIsInUseUpToTheCycleOfItsData) {
  params.walker.count = 2;
  params.walker.memory_slots = 1;
  make();
  ask(1, 1, kVa);
  ask(1, 2, kVa + kRegion);
  // Reads in 10, 21, 32, 43, 54 and 65, by turns: each 10 + 1 cycles after the one before.
  expect_answer(1, 66);  // 54 + 12
  expect_answer(2, 77);  // 65 + 12
}

TEST_F(WalkerReadsTest, AReadOfferedInTheCycleOfThatDataWaitsOneMore) {
  params.walker.count = 2;
  params.walker.memory_slots = 1;
  make();
  ask(1, 1, kVa);             // its first read is accepted in 10, its data is there in 20
  ask(11, 2, kVa + kRegion);  // offered in 20, accepted in 21
  expect_answer(1, 66);       // as above from here on
  expect_answer(2, 77);
}

TEST_F(WalkerReadsTest, AnUpdateTakesAMemorySlotToo) {
  params.walker.count = 2;
  params.walker.memory_slots = 1;
  map(kVa, kPa, 0, true, /*accessed=*/false);
  make();
  ask(1, 1, kVa);
  ask(1, 2, kVa + kRegion);
  // As above; the update, to be offered in 66, finds the slot in use up to 75.
  expect_answer(2, 77);
  expect_answer(1, 88);  // 76 + 12
}

TEST_F(WalkerReadsTest, TwoMemorySlotsAreEnoughForTwoWalkers) {
  params.walker.count = 2;
  params.walker.memory_slots = 2;
  make();
  ask(1, 1, kVa);
  ask(1, 2, kVa + kRegion);
  expect_answer(1, 46);
  ASSERT_NE(core.reply_to(2), nullptr);
  EXPECT_EQ(core.reply_to(2)->at, 46u);
}

TEST_F(WalkerReadsTest, SoManyReadsACycleAreSentAndTheNextInTheNext) {
  params.walker.count = 3;
  params.walker.reads_per_cycle = 2;
  make();
  ask(1, 1, kVa);
  ask(1, 2, kVa + kRegion);
  ask(1, 3, kVa + kPage);
  expect_answer(1, 46);  // reads in 10, 22 and 34
  EXPECT_EQ(core.reply_to(2)->at, 46u);
  expect_answer(3, 47);  // 11, 23 and 35
}

TEST_F(WalkerReadsTest, WithOneReadACycleWalkersFollowEachOther) {
  params.walker.count = 3;
  params.walker.reads_per_cycle = 1;
  make();
  ask(1, 1, kVa);
  ask(1, 2, kVa + kRegion);
  ask(1, 3, kVa + kPage);
  expect_answer(1, 46);
  expect_answer(2, 47);
  expect_answer(3, 48);
}

TEST_F(WalkerReadsTest, AnUpdateIsOneOfThem) {
  params.walker.count = 2;
  params.walker.reads_per_cycle = 1;
  map(kVa, kPa, 0, true, /*accessed=*/false);
  make();
  ask(1, 1, kVa);             // its update is sent in 46
  ask(37, 2, kVa + kRegion);  // its first read could be
  expect_answer(1, 58);       // 46 + 12
  expect_answer(2, 83);       // 47 + 36
}

TEST_F(WalkerReadsTest, ASharedReadIsNone) {
  params.walker.count = 2;
  params.walker.reads_per_cycle = 1;
  params.walker.shared_line_bytes = 64;
  make();
  ask(1, 1, kVa);
  ask(1, 2, kVa + kPage);  // all of its entries lie in the first's lines
  expect_answer(2, 46);
  EXPECT_EQ(stats().reads_shared, 3u);
}

}  // namespace
}  // namespace mmu
