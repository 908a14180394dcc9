// Memory behind a scripted LLC. Clocks follow docs/timing.md, section 9: tCL 10, tRCD 20, tRP 30,
// tRAS 100, 4 clocks a burst, no refresh; two banks of a row of 256 bytes. Lines 0 to 3 are row 0
// of bank 0, lines 4 to 7 row 0 of bank 1, lines 12 to 15 row 1 of bank 0 (1 XOR 1).
#include "hw/dram/dram_module.hpp"

#include <memory>
#include <sstream>

#include "hw/arch/errors.hpp"
#include "testbench/module/memory/main_memory_fixture.hpp"

namespace mmu {
namespace {

/// One DRAM clock is one core cycle, unless a test turns clock_ps first.
class DramModuleTest : public MainMemoryTest {
 protected:
  explicit DramModuleTest(std::uint64_t period_ps = 1000)
      : MainMemoryTest(period_ps), period_ps_(period_ps) {
    params_.clock_ps = 1000;
    params_.banks = 2;
    params_.row_bytes = 256;
    params_.t_cl = 10;
    params_.t_rcd = 20;
    params_.t_rp = 30;
    params_.t_ras = 100;
    params_.burst_clocks = 4;
    params_.t_refi = 0;
  }

  DramModule& dram() {
    if (!dram_) {
      dram_ = std::make_unique<DramModule>("dram", params_, period_ps_, 64, timeline());
      dram_->in_reply.bind(llc_);
    }
    return *dram_;
  }
  MainMemoryModule& memory() override { return dram(); }

  DramParams params_;

 private:
  std::uint64_t period_ps_;
  std::unique_ptr<DramModule> dram_;
};

TEST_F(DramModuleTest, IdleBankAnswersNow) {
  ask(5, 1, 0);
  run_to(5);
  expect_now(1, 39);  // 5 + 20 + 10 + 4
  EXPECT_EQ(dram().stats().reads, 1u);
  EXPECT_EQ(dram().stats().queued, 0u);
}

TEST_F(DramModuleTest, BusyBankServesInExactlyTheCycleInWhichItIsFree) {
  ask(5, 1, 0);   // bank free in 39 - 10 = 29
  ask(10, 2, 1);  // same row
  run_to(28);
  EXPECT_TRUE(llc_.replies.empty());
  run_to(29);
  expect_reply(2, 29, 43);  // 29 + 10 + 4
  EXPECT_EQ(dram().stats().queued, 1u);
  EXPECT_EQ(dram().stats().row_hits, 1u);
}

TEST_F(DramModuleTest, BankThatBecomesFreeInACycleAnswersNowInIt) {
  ask(5, 1, 0);
  ask(29, 2, 1);
  run_to(29);
  expect_now(2, 43);
}

TEST_F(DramModuleTest, OpenRowGoesFirstThenTheOldest) {
  ask(5, 1, 0);
  ask(10, 2, 12);  // row 1 of the same bank
  ask(11, 3, 14);  // row 1
  ask(12, 4, 2);   // row 0, open
  run_to(200);
  expect_reply(4, 29, 43);  // hit: 29 + 14; bank free in 33
  // conflict: precharge not before 5 + 100, act 135, + 20 + 10 + 4; bank free in 159
  expect_reply(2, 33, 169);
  expect_reply(3, 159, 173);  // hit: 159 + 14
  EXPECT_EQ(dram().stats().row_conflicts, 1u);
  EXPECT_EQ(dram().stats().row_hits, 2u);
}

TEST_F(DramModuleTest, BanksThatBecomeFreeTogetherAreServedInTheirOrder) {
  params_.channels = 2;
  params_.banks = 2;
  params_.burst_clocks = 1;
  // Two channels, so that their banks are free in the same cycle: ends 5 + 20 + 10 + 1 = 36, free
  // in 26. Line n lies in channel n mod 2.
  ask(5, 1, 1);
  ask(5, 2, 0);
  ask(6, 3, 3);
  ask(6, 4, 2);
  run_to(100);
  ASSERT_EQ(llc_.replies.size(), 2u);
  EXPECT_EQ(llc_.replies[0].id, 4u) << "channel 0 first";
  EXPECT_EQ(llc_.replies[1].id, 3u);
  expect_reply(3, 26, 37);
  expect_reply(4, 26, 37);
}

TEST_F(DramModuleTest, BusIsSharedByTheBanksOfAChannel) {
  ask(5, 1, 0);
  ask(5, 2, 4);
  run_to(10);
  expect_now(1, 39);
  expect_now(2, 43);
  EXPECT_EQ(dram().stats().bus_clocks, 8u);
}

TEST_F(DramModuleTest, FullQueueRefusesUntilABankHasServed) {
  params_.queue_entries = 1;
  ask(5, 1, 0);
  ask(10, 2, 1);
  ask(11, 3, 2);
  run_to(28);
  ASSERT_TRUE(answers_.at(3).is_refused());
  EXPECT_EQ(answers_.at(3).retry_at(), kNever) << "nobody knows when a place will be free";
  EXPECT_TRUE(llc_.rooms.empty());
  ask(29, 4, 2);
  run_to(29);
  ASSERT_EQ(llc_.rooms.size(), 1u);
  EXPECT_EQ(llc_.rooms[0].told, 29u);
  EXPECT_EQ(llc_.rooms[0].at, 29u) << "the LLC's turn is still to come";
  EXPECT_TRUE(answers_.at(4).is_later());
  run_to(60);
  expect_reply(4, 33, 47);
  EXPECT_EQ(dram().stats().refused, 1u);
  EXPECT_EQ(llc_.rooms.size(), 1u) << "told once";
}

TEST_F(DramModuleTest, QueueHoldsAsManyAsItHasEntries) {
  params_.queue_entries = 3;
  for (std::uint32_t id = 0; id < 5; ++id) ask(5 + id, id, id % 4);
  run_to(20);
  expect_now(0, 39);
  for (std::uint32_t id = 1; id < 4; ++id) EXPECT_TRUE(answers_.at(id).is_later()) << id;
  EXPECT_TRUE(answers_.at(4).is_refused());
}

TEST_F(DramModuleTest, FullQueueDoesNotConcernAnIdleBank) {
  params_.queue_entries = 1;
  ask(5, 1, 0);
  ask(6, 2, 1);
  ask(7, 3, 4);
  run_to(10);
  EXPECT_TRUE(answers_.at(3).is_now());
}

TEST_F(DramModuleTest, RefusedForABusyBankWithoutAQueueKnowsWhenItIsFree) {
  params_.queue_entries = 1;
  ask(5, 1, 0);  // bank 0 free in 29
  ask(6, 2, 4);  // bank 1: data 39 to 43, free in 33
  ask(7, 3, 1);  // takes the place
  ask(8, 4, 5);  // refused, but bank 1 is free in 33
  run_to(32);
  ASSERT_TRUE(answers_.at(4).is_refused());
  EXPECT_EQ(answers_.at(4).retry_at(), 33u);
  ASSERT_EQ(llc_.rooms.size(), 1u);
  EXPECT_EQ(llc_.rooms[0].at, 29u) << "a place in the queue comes first";
}

TEST_F(DramModuleTest, ChannelsHaveQueuesOfTheirOwn) {
  params_.channels = 2;
  params_.queue_entries = 1;
  ask(5, 1, 0);
  ask(6, 2, 2);  // channel 0 is full
  ask(7, 3, 1);
  ask(8, 4, 3);  // channel 1
  ask(9, 5, 4);
  run_to(20);
  EXPECT_TRUE(answers_.at(4).is_later());
  EXPECT_TRUE(answers_.at(5).is_refused());
}

TEST_F(DramModuleTest, WriteBackGetsNoReplyButTakesItsTime) {
  ask(5, 1, 0, MemoryOp::kWriteback);
  ask(6, 2, 1, MemoryOp::kWriteback);
  ask(7, 3, 2);
  run_to(100);
  expect_now(1, 39);
  EXPECT_TRUE(answers_.at(2).is_later());
  expect_reply(3, 33, 47);
  EXPECT_EQ(llc_.replies.size(), 1u);
  EXPECT_EQ(dram().stats().writes, 2u);
  EXPECT_EQ(dram().stats().reads, 1u);
}

TEST_F(DramModuleTest, RefreshIsSeenByTheNextRequest) {
  params_.t_refi = 1000;
  params_.t_rfc = 50;
  ask(900, 1, 0);
  ask(999, 2, 1);
  ask(1013, 3, 1);
  run_to(1100);
  expect_now(2, 1013);  // 999 + 14
  expect_now(3, 1084);  // 1050 + 34
  EXPECT_EQ(dram().stats().refreshes, 1u);
}

TEST_F(DramModuleTest, RequestForAnotherCycleIsAnError) {
  DramModule& asked = dram();
  at(5, Rank::kLlc, [&] { asked.in->access({6, 0, MemoryOp::kRead, false, PhysAddr(0)}); });
  EXPECT_THROW(run_to(5), ModelError);
}

TEST_F(DramModuleTest, ExplainsWhatItWaitsFor) {
  params_.queue_entries = 1;
  ask(5, 1, 0);
  ask(6, 2, 1);
  ask(7, 3, 1);
  run_to(10);
  std::ostringstream out;
  dram().explain_stall(out);
  EXPECT_EQ(out.str(),
            "dram: channel 0: 1 requests wait for their banks, others refused\n"
            "dram: bank 0 serves next, in cycle 29\n");
}

/// Core cycles of 333 ps.
class DramRatioTest : public DramModuleTest {
 protected:
  DramRatioTest() : DramModuleTest(333) {}
};

TEST_F(DramRatioTest, OddClockRatiosAreConvertedExactly) {
  params_.clock_ps = 833;
  ask(3, 1, 0);   // 999 ps: clock 2; end 2 + 34 = 36: 29988 ps = 90.05 cycles
  ask(10, 2, 1);  // bank free at clock 26, which cycle 63 (20979 ps) is the first to reach
  run_to(62);
  expect_now(1, 91);
  EXPECT_TRUE(llc_.replies.empty());
  run_to(63);
  expect_reply(2, 63, 101);  // 26 + 10 + 4 = 40: 33320 ps = 100.06 cycles
}

TEST_F(DramRatioTest, ClockPeriodScalesTheTime) {
  params_.clock_ps = 3 * 333;
  ask(3, 1, 0);  // clock 1, end 35
  run_to(10);
  expect_now(1, 105);
}

/// 4 GHz and the default parameters: DDR4-3200.
class DefaultDramTest : public DramModuleTest {
 protected:
  DefaultDramTest() : DramModuleTest(250) { params_ = DramParams{}; }
};

TEST_F(DefaultDramTest, LoneReadTakesRowColumnAndBurst) {
  ask(1000, 1, 0);  // 250 ns: clock 400; 400 + 24 + 24 + 4 = 452: 282.5 ns
  ask(2000, 2, 1);  // clock 800, open row: 828: 517.5 ns
  run_to(2000);
  expect_now(1, 1130);
  expect_now(2, 2070);
}

}  // namespace
}  // namespace mmu
