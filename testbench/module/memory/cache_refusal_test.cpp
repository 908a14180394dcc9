// Miss slots, and who asks again when: the cache as the one that refuses, and as the refused.
#include "testbench/module/memory/cache_fixture.hpp"

namespace mmu {
namespace {

TEST_F(CacheModuleTest, WithoutAFreeSlotARequestIsRefusedAndChangesNothing) {
  params_.miss_slots = 1;
  memory_.answers_later = true;
  ask(5, 1, 0);
  ask(6, 2, 1);
  run_to(20);
  expect_refused(2, kNever);
  EXPECT_EQ(memory_.requests.size(), 1u);
  EXPECT_EQ(cache().stats().refused, 1u);
  EXPECT_EQ(cache().stats().accesses, 1u);
  EXPECT_TRUE(low_.rooms.empty());
}

TEST_F(CacheModuleTest, RoomIsSignalledAsSoonAsTheSlotsEndIsKnown) {
  params_.miss_slots = 1;
  ask(5, 1, 0);  // sent in 8, in use up to 18
  ask(6, 2, 1, MemoryOp::kRead, 1);
  run_to(7);
  EXPECT_TRUE(high_.rooms.empty());
  run_to(8);
  ASSERT_EQ(high_.rooms.size(), 1u);
  EXPECT_EQ(high_.rooms[0].told, 8u);
  EXPECT_EQ(high_.rooms[0].at, 19u);
  EXPECT_TRUE(low_.rooms.empty()) << "it was not refused";
}

TEST_F(CacheModuleTest, SlotCanBeTakenAgainInExactlyTheCycleAfterItsAnswer) {
  params_.miss_slots = 1;
  ask(5, 1, 0);  // in use up to 18
  ask(9, 2, 1);
  ask(18, 3, 1);
  ask(19, 4, 1);
  run_to(30);
  expect_refused(2, 19);
  expect_refused(3, 19);
  EXPECT_TRUE(answers_.at(4).is_later());
  expect_reply(low_, 4, 22, 32, Served::kMemory);  // 19 + 3, + 10
  EXPECT_EQ(cache().stats().refused, 2u);
}

TEST_F(CacheModuleTest, EachMissSlotHoldsOneLine) {
  params_.miss_slots = 3;
  memory_.answers_later = true;
  for (std::uint32_t id = 0; id < 5; ++id) ask(5, id, id);
  ask(6, 5, 2);  // merges need no slot
  run_to(20);
  EXPECT_TRUE(answers_.at(2).is_later());
  expect_refused(3, kNever);
  expect_refused(4, kNever);
  EXPECT_TRUE(answers_.at(5).is_later());
}

TEST_F(CacheModuleTest, EarliestOfSeveralSlotsIsNamed) {
  memory_.answers_later = true;
  ask(5, 1, 0);
  ask(5, 2, 1);
  answer(10, 0, 40);
  answer(11, 1, 30);
  ask(10, 3, 3);
  ask(11, 4, 3, MemoryOp::kRead, 1);
  run_to(20);
  expect_refused(3, 41);
  expect_refused(4, 31);
  ASSERT_EQ(low_.rooms.size(), 1u) << "told 41 by the answer, 31 when it became known";
  EXPECT_EQ(low_.rooms[0].told, 11u);
  EXPECT_EQ(low_.rooms[0].at, 31u);
}

TEST_F(CacheModuleTest, RefusedRequesterIsRememberedUntilItGetsASlot) {
  memory_.answers_later = true;
  ask(5, 1, 0);
  ask(5, 2, 1);
  ask(6, 3, 2);
  answer(10, 0, 12);
  ask(11, 4, 1);  // a merge needs no slot and forgets nothing
  answer(12, 1, 14);
  ask(13, 5, 2);  // slot 0 is free: accepted
  answer(20, 0, 22);
  run_to(30);
  ASSERT_EQ(low_.rooms.size(), 2u);
  EXPECT_EQ(low_.rooms[0].at, 13u);
  EXPECT_EQ(low_.rooms[1].at, 15u);
  EXPECT_TRUE(answers_.at(5).is_later());
}

TEST_F(CacheModuleTest, WriteBackThatBringsARefusedLineGivesRoomInTheNextCycle) {
  params_.miss_slots = 1;
  memory_.answers_later = true;
  ask(5, 1, 1);
  ask(6, 2, 0);
  write_back(7, 3, 0, 1);
  run_to(7);
  expect_refused(2, kNever);
  ASSERT_EQ(low_.rooms.size(), 1u);
  EXPECT_EQ(low_.rooms[0].at, 8u);
  ask(8, 4, 0);
  run_to(8);
  expect_now(4, 11, Served::kL2);
}

TEST_F(CacheModuleTest, RefusedByTheNextLevelItAsksAgainInTheCycleThatIsNamed) {
  memory_.refusing = true;
  memory_.retry_at = 15;
  ask(5, 1, 0);
  run_to(14);
  ASSERT_EQ(memory_.refused.size(), 1u);
  EXPECT_EQ(memory_.refused[0].at, 8u);
  memory_.refusing = false;
  run_to(20);
  ASSERT_EQ(memory_.requests.size(), 1u);
  EXPECT_EQ(memory_.requests[0].at, 15u);
  expect_reply(low_, 1, 15, 25, Served::kMemory);
}

TEST_F(CacheModuleTest, RefusedByTheNextLevelItAsksAgainInEachCycleOfRoom) {
  memory_.refusing = true;
  ask(5, 1, 0);
  CacheModule& asked = cache();
  at(10, Rank::kDram, [&] { asked.next_reply->memory_room(10); });
  at(10, Rank::kLlc, [&] { asked.next_reply->memory_room(13); });
  run_to(12);
  ASSERT_EQ(memory_.refused.size(), 2u);
  EXPECT_EQ(memory_.refused[1].at, 10u);
  memory_.refusing = false;
  run_to(30);
  ASSERT_EQ(memory_.requests.size(), 1u);
  EXPECT_EQ(memory_.requests[0].at, 13u);
}

TEST_F(CacheModuleTest, RefusedMissHoldsBackLaterOnesAndWriteBacks) {
  params_.miss_slots = 8;
  write(5, 1, 0);  // both lines of set 0, one of them dirty
  ask(5, 2, 2);
  run_to(20);
  memory_.requests.clear();
  ask(30, 3, 4);  // sent in 33; line 0 goes out
  at(33, Rank::kL1d, [&] {
    memory_.refusing = true;
    memory_.retry_at = 40;
  });
  ask(31, 4, 1);  // due in 34
  ask(31, 5, 3);
  run_to(39);
  ASSERT_EQ(memory_.requests.size(), 1u);
  memory_.refusing = false;
  run_to(50);
  ASSERT_EQ(memory_.requests.size(), 4u);
  EXPECT_EQ(memory_.requests[1].address, PhysAddr(1 * 64));
  EXPECT_EQ(memory_.requests[2].address, PhysAddr(3 * 64));
  EXPECT_EQ(memory_.requests[3].op, MemoryOp::kWriteback);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(memory_.requests[i].at, 40u) << i;
}

TEST_F(CacheModuleTest, WriteBacksWaitWhileAMissIsRefusedEvenIfTheyWouldBeAccepted) {
  params_.miss_slots = 8;
  write(5, 1, 0);
  ask(5, 2, 2);
  ask(30, 3, 4);  // sent in 33: line 0 goes out, from 34 on
  ask(31, 4, 1);  // due in 34, refused
  at(33, Rank::kL1d, [&] { memory_.refusing_reads = true; });
  at(40, Rank::kDram, [&] { cache().next_reply->memory_room(40); });
  run_to(39);
  EXPECT_EQ(cache().stats().writebacks_out, 0u);
  memory_.refusing_reads = false;
  run_to(40);
  EXPECT_EQ(cache().stats().writebacks_out, 1u);
}

}  // namespace
}  // namespace mmu
