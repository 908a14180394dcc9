// Hits, misses, merges and ports of one cache. All cycles follow docs/timing.md, section 8.
#include <sstream>
#include <string>

#include "hw/arch/errors.hpp"
#include "testbench/module/memory/cache_fixture.hpp"

namespace mmu {
namespace {

TEST_F(CacheModuleTest, MissReachesTheNextLevelAfterExactlyTheLatency) {
  ask(5, 1, 0);
  run_to(7);
  EXPECT_TRUE(answers_.at(1).is_later());
  EXPECT_TRUE(memory_.requests.empty()) << "one cycle early";
  run_to(8);  // 5 + 3
  ASSERT_EQ(memory_.requests.size(), 1u);
  EXPECT_EQ(memory_.requests[0].at, 8u);
  EXPECT_EQ(memory_.requests[0].address, PhysAddr(0)) << "the line's address";
  EXPECT_EQ(memory_.requests[0].op, MemoryOp::kRead);
  expect_reply(low_, 1, 8, 18, Served::kMemory);  // 8 + 10
  EXPECT_EQ(cache().stats().accesses, 1u);
  EXPECT_EQ(cache().stats().misses, 1u);
  EXPECT_EQ(cache().stats().merged, 0u);
}

TEST_F(CacheModuleTest, HitIsAnsweredNowAndGoesNowhere) {
  ask(5, 1, 0);
  ask(20, 2, 0);
  run_to(40);
  expect_now(2, 23, Served::kL2);  // 20 + 3
  EXPECT_EQ(memory_.requests.size(), 1u);
  EXPECT_EQ(cache().stats().hits, 1u);
  EXPECT_EQ(cache().stats().accesses, 2u);
  EXPECT_EQ(low_.replies.size(), 1u);
}

TEST_F(CacheModuleTest, LineOnItsWayIsAMergeUpToTheCycleBeforeItIsThere) {
  ask(5, 1, 0);   // ready in 18
  ask(14, 2, 0);  // 17 would be too early
  ask(15, 3, 0);  // 18
  run_to(30);
  expect_now(2, 18, Served::kMemory);
  expect_now(3, 18, Served::kL2);
  EXPECT_EQ(cache().stats().merged, 1u);
  EXPECT_EQ(cache().stats().misses, 2u);
  EXPECT_EQ(cache().stats().hits, 1u);
}

TEST_F(CacheModuleTest, RequestsForALineNotYetAnsweredJoinAndAreAnsweredInTheirOrder) {
  memory_.answers_later = true;
  ask(5, 3, 0);
  ask(5, 1, 0, MemoryOp::kRead, 1);
  ask(9, 2, 0);  // sent in 8, not answered
  answer(20, 0, 25, Served::kLlc);
  run_to(19);
  EXPECT_TRUE(low_.replies.empty());
  run_to(20);
  ASSERT_EQ(low_.replies.size(), 2u);
  EXPECT_EQ(low_.replies[0].id, 3u);
  EXPECT_EQ(low_.replies[1].id, 2u);
  expect_reply(low_, 3, 20, 25, Served::kLlc);
  expect_reply(low_, 2, 20, 25, Served::kLlc);
  expect_reply(high_, 1, 20, 25, Served::kLlc);
  EXPECT_EQ(memory_.requests.size(), 1u);
  EXPECT_EQ(cache().stats().merged, 2u);
}

TEST_F(CacheModuleTest, LatencyMovesHitsAndMisses) {
  params_.latency_cycles = 7;
  ask(5, 1, 0);
  ask(30, 2, 0);
  run_to(50);
  EXPECT_EQ(memory_.requests.at(0).at, 12u);  // 5 + 7
  expect_now(2, 37, Served::kL2);             // 30 + 7
}

TEST_F(CacheModuleTest, PortsDelayHitsMissesAndMerges) {
  params_.lookups_per_cycle = 1;
  ask(5, 1, 0);  // port 5
  ask(5, 2, 0);  // merge, port 6
  ask(5, 3, 1);  // port 7: sent in 10
  run_to(20);
  EXPECT_EQ(memory_.requests.at(0).at, 8u);
  EXPECT_EQ(memory_.requests.at(1).at, 10u);
  for (std::uint32_t id = 4; id < 8; ++id) ask(30, id, 0);
  run_to(40);
  for (std::uint32_t id = 4; id < 8; ++id) expect_now(id, 29 + id, Served::kL2);  // 30 + i + 3
}

TEST_F(CacheModuleTest, TwoPortsServeTwoACycle) {
  params_.lookups_per_cycle = 2;
  ask(5, 1, 0);
  for (std::uint32_t id = 2; id < 6; ++id) ask(30, id, 0);
  run_to(40);
  expect_now(3, 33, Served::kL2);
  expect_now(4, 34, Served::kL2);
}

TEST_F(CacheModuleTest, RefusedRequestTakesNoPort) {
  params_.lookups_per_cycle = 1;
  params_.miss_slots = 1;
  ask(5, 1, 0);
  ask(6, 2, 1);
  ask(20, 3, 2);  // slot free since 19; its turn is in 23, f = 33
  ask(21, 4, 1);  // refused
  ask(21, 5, 0);
  run_to(40);
  EXPECT_TRUE(answers_.at(4).is_refused());
  expect_now(5, 24, Served::kL2);  // port in 21
}

TEST_F(CacheModuleTest, PageTableRequestsAreCountedApartAndMarkWhatIsSentOn) {
  ask(5, 1, 0, MemoryOp::kRead, 0, true);
  ask(6, 2, 0, MemoryOp::kRead, 0, true);   // merge
  ask(6, 3, 1);                             // data takes the slot ...
  ask(7, 4, 1, MemoryOp::kRead, 1, true);   // ... and a PTE read joins
  ask(10, 5, 0, MemoryOp::kRead, 0, true);  // on its way: 13 < 18
  ask(30, 6, 0, MemoryOp::kRead, 0, true);
  ask(30, 7, 1);
  run_to(40);
  EXPECT_TRUE(memory_.requests.at(0).pte);
  EXPECT_FALSE(memory_.requests.at(1).pte);
  const CacheStats& stats = cache().stats();
  EXPECT_EQ(stats.accesses, 7u);
  EXPECT_EQ(stats.hits, 2u);
  EXPECT_EQ(stats.misses, 5u);
  EXPECT_EQ(stats.merged, 3u);
  EXPECT_EQ(stats.pte_accesses, 5u);
  EXPECT_EQ(stats.pte_hits, 1u);
  EXPECT_EQ(stats.pte_misses, 4u);
  EXPECT_EQ(stats.pte_merged, 3u);
}

TEST_F(CacheModuleTest, RequestsOutOfOrderAreAnError) {
  CacheModule& asked = cache();
  at(5, Rank::kL1d, [&asked] { asked.in[0]->access({6, 0, MemoryOp::kRead, false, PhysAddr(0)}); });
  at(5, Rank::kIssue, [&asked] {
    asked.in[1]->access({5, 0, MemoryOp::kRead, false, PhysAddr(0)});
  });
  try {
    run_to(5);
    FAIL();
  } catch (const ModelError& error) {
    EXPECT_STREQ(error.what(), "l2: a request for cycle 5 after one for cycle 6");
  }
}

TEST_F(CacheModuleTest, ReplyThatNobodyWaitsForIsAnError) {
  memory_.answers_later = true;
  ask(5, 1, 0);
  answer(9, 0, 12);
  answer(10, 0, 13);
  EXPECT_THROW(run_to(20), ModelError);
}

TEST_F(CacheModuleTest, RequestMayLieACycleAhead) {
  CacheModule& asked = cache();
  at(5, Rank::kIssue, [this, &asked] {
    answers_.insert_or_assign(1, asked.in[0]->access({6, 1, MemoryOp::kRead, false, PhysAddr(0)}));
  });
  run_to(8);
  EXPECT_TRUE(memory_.requests.empty());
  run_to(9);
  EXPECT_EQ(memory_.requests.size(), 1u);  // 6 + 3
}

TEST_F(CacheModuleTest, ConfigurationErrorsNameTheKnobAsTheUserTypesIt) {
  params_.miss_slots = 0;
  try {
    cache();
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(), "cache.l2.miss_slots must be at least 1");
  }
}

TEST_F(CacheModuleTest, ExplainsWhatItWaitsFor) {
  memory_.answers_later = true;
  ask(5, 1, 3);
  ask(6, 2, 3);
  ask(7, 3, 4);
  ask(7, 4, 6, MemoryOp::kRead, 1);
  run_to(9);
  std::ostringstream out;
  cache().explain_stall(out);
  EXPECT_EQ(out.str(),
            "l2: slot 0 waits for address 0xc0 with 2 waiters, sent\n"
            "l2: slot 1 waits for address 0x100 with 1 waiters, not sent\n"
            "l2: has refused requesters (bits 2)\n");
}

}  // namespace
}  // namespace mmu
