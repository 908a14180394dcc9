// Writes, victims and write-backs.
#include "testbench/module/memory/cache_fixture.hpp"

namespace mmu {
namespace {

/// Cycles of the write-backs that memory has got, with their addresses.
std::vector<std::pair<Cycle, std::uint64_t>> write_backs(const FakeMemory& memory) {
  std::vector<std::pair<Cycle, std::uint64_t>> found;
  for (const MemoryRequest& request : memory.requests) {
    if (request.op == MemoryOp::kWriteback) {
      EXPECT_FALSE(request.pte);
      found.emplace_back(request.at, request.address.value());
    }
  }
  return found;
}
using Found = std::vector<std::pair<Cycle, std::uint64_t>>;

TEST_F(CacheModuleTest, DirtyVictimIsOfferedInTheCycleAfterTheAnswer) {
  write(5, 1, 0);
  ask(6, 2, 2);
  ask(20, 3, 4);  // sent and answered in 23: line 0 has to go
  run_to(23);
  EXPECT_EQ(memory_.requests[0].op, MemoryOp::kRead) << "a miss of a write fetches the line";
  EXPECT_EQ(cache().stats().evictions, 1u);
  EXPECT_EQ(write_backs(memory_), Found{}) << "one cycle early";
  run_to(24);
  EXPECT_EQ(write_backs(memory_), (Found{{24, 0}}));
  EXPECT_EQ(cache().stats().writebacks_out, 1u);
}

TEST_F(CacheModuleTest, CleanVictimIsForgotten) {
  ask(5, 1, 0);
  ask(6, 2, 2);
  ask(20, 3, 4);
  ask(40, 4, 0);
  run_to(60);
  EXPECT_EQ(write_backs(memory_), Found{});
  EXPECT_EQ(cache().stats().evictions, 2u);
  EXPECT_TRUE(answers_.at(4).is_later()) << "it is gone";
}

TEST_F(CacheModuleTest, WriteToALineThatIsHereMakesItDirty) {
  ask(5, 1, 0);
  ask(6, 2, 2);
  write(20, 3, 0);
  ask(21, 4, 2);  // line 0 is the older one
  ask(22, 5, 4);
  run_to(40);
  expect_now(3, 23, Served::kL2);
  EXPECT_EQ(write_backs(memory_), (Found{{26, 0}}));  // 22 + 3 + 1
}

TEST_F(CacheModuleTest, WriteThatJoinsAMissMakesItsFillDirty) {
  memory_.answers_later = true;
  ask(5, 1, 0);
  write(6, 2, 0);
  answer(10, 0, 12);
  run_to(11);
  memory_.answers_later = false;
  ask(20, 3, 2);
  ask(21, 4, 4);
  run_to(40);
  EXPECT_EQ(write_backs(memory_), (Found{{25, 0}}));  // 21 + 3 + 1
}

TEST_F(CacheModuleTest, PageTableUpdateIsAWrite) {
  ask(5, 1, 0, MemoryOp::kWrite, 0, true);
  ask(6, 2, 2);
  ask(20, 3, 4);
  run_to(30);
  EXPECT_EQ(write_backs(memory_), (Found{{24, 0}}));
}

TEST_F(CacheModuleTest, SlotTakenAgainStartsClean) {
  params_.miss_slots = 1;
  write(5, 1, 1);  // slot free from 19 on
  ask(20, 2, 0);
  ask(40, 3, 2);
  ask(60, 4, 4);  // line 0 goes, clean
  run_to(80);
  EXPECT_EQ(cache().stats().evictions, 1u);
  EXPECT_EQ(write_backs(memory_), Found{});
}

TEST_F(CacheModuleTest, WriteBackOfALineThatIsHereMarksItDirtyAndUsed) {
  ask(5, 1, 0);
  ask(6, 2, 2);
  write_back(20, 3, 0);
  ask(21, 4, 4);  // line 2 is the older one now
  ask(40, 5, 6);  // then line 0
  run_to(60);
  EXPECT_EQ(write_backs(memory_), (Found{{44, 0}}));
  EXPECT_EQ(cache().stats().writebacks_in, 1u);
  EXPECT_EQ(cache().stats().accesses, 4u) << "a write-back is no access";
  EXPECT_EQ(cache().stats().evictions, 2u);
}

TEST_F(CacheModuleTest, WriteBackOfALineOnItsWayMakesTheFillDirty) {
  memory_.answers_later = true;
  ask(5, 1, 0);
  write_back(6, 2, 0);
  answer(10, 0, 12);
  run_to(11);
  EXPECT_EQ(cache().stats().evictions, 0u);
  memory_.answers_later = false;
  ask(20, 3, 2);
  ask(21, 4, 4);
  run_to(40);
  EXPECT_EQ(write_backs(memory_), (Found{{25, 0}}));
}

TEST_F(CacheModuleTest, WriteBackOfAnAbsentLineIsEnteredAndHitsAtOnce) {
  write_back(5, 1, 0);
  ask(5, 2, 0);
  run_to(40);
  expect_now(2, 8, Served::kL2);
  EXPECT_TRUE(memory_.requests.empty()) << "the whole line came: nothing is fetched";
  EXPECT_TRUE(low_.replies.empty());
}

TEST_F(CacheModuleTest, WriteBackMayDisplaceADirtyLineItself) {
  write_back(5, 1, 0);
  write_back(6, 2, 2);
  write_back(7, 3, 4);
  run_to(7);
  EXPECT_EQ(cache().stats().evictions, 1u);
  run_to(20);
  EXPECT_EQ(write_backs(memory_), (Found{{8, 0}}));
}

TEST_F(CacheModuleTest, WriteBackTakesAPort) {
  params_.lookups_per_cycle = 1;
  write_back(5, 1, 0);
  ask(5, 2, 0);
  run_to(20);
  expect_now(2, 9, Served::kL2);  // port in 6
}

TEST_F(CacheModuleTest, WriteBackIsTakenEvenWithoutAFreeSlot) {
  params_.miss_slots = 1;
  memory_.answers_later = true;
  ask(5, 1, 1);
  write_back(6, 2, 0);
  run_to(20);
  EXPECT_FALSE(answers_.at(2).is_refused());
  EXPECT_EQ(cache().stats().refused, 0u);
}

TEST_F(CacheModuleTest, RefusedWriteBacksStayInOrder) {
  write(5, 1, 0);
  write(5, 2, 2);
  ask(20, 3, 4);
  ask(20, 4, 6);  // both sent in 23; lines 0 and 2 go out in 24
  run_to(23);
  memory_.refusing = true;
  memory_.retry_at = 30;
  run_to(29);
  EXPECT_EQ(memory_.refused.size(), 1u) << "the first refused ends the turn";
  memory_.refusing = false;
  run_to(31);
  EXPECT_EQ(write_backs(memory_), (Found{{30, 0}, {30, 128}}));
}

}  // namespace
}  // namespace mmu
