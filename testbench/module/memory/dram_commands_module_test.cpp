// A controller that issues commands, behind a scripted LLC. One core cycle is one DRAM clock; CL
// 10, CWL 8, RCD 20, RP 30, RAS 100, 4 clocks a burst, 2 clocks in the controller, no refresh. Rows
// have 4 lines; lines 0 to 3 are row 0 of bank 0, lines 4 to 7 row 0 of bank 1, lines 8 to 11 row 1
// of bank 0.
#include "hw/dram/dram_commands_module.hpp"

#include <memory>
#include <sstream>

#include "hw/arch/errors.hpp"
#include "testbench/module/memory/main_memory_fixture.hpp"

namespace mmu {
namespace {

class DramCommandsTest : public MainMemoryTest {
 protected:
  explicit DramCommandsTest(std::uint64_t period_ps = 1000)
      : MainMemoryTest(period_ps), period_ps_(period_ps) {
    DramControllerParams& p = params_.commands;
    p.clock_ps = 1000;
    p.bank_groups = 1;
    p.banks = 2;
    p.rows = 1024;
    p.lines = 4;
    p.mapping = "row:bank:column";
    p.cl = 10;
    p.cwl = 8;
    p.rcd = 20;
    p.rp = 30;
    p.ras = 100;
    p.ccd_s = p.ccd_l = p.burst = 4;
    p.refi = 0;
    p.controller = 2;
  }

  DramCommandsModule& dram() {
    if (!dram_) {
      dram_ = std::make_unique<DramCommandsModule>("dram", params_, period_ps_, timeline());
      dram_->in_reply.bind(llc_);
    }
    return *dram_;
  }
  MainMemoryModule& memory() override { return dram(); }

  DramParams params_;

 private:
  std::uint64_t period_ps_;
  std::unique_ptr<DramCommandsModule> dram_;
};

// ACT 5 + 2 = 7, RD 27, data 37 to 41. The turn is the first after the command's clock.
TEST_F(DramCommandsTest, ALoneReadOpensItsRow) {
  ask(5, 1, 0);
  run_to(27);
  EXPECT_TRUE(llc_.replies.empty());
  run_to(28);
  expect_reply(1, 28, 41);
  EXPECT_EQ(dram().stats().row_closed, 1u);
  EXPECT_EQ(dram().stats().reads, 1u);
  EXPECT_EQ(dram().stats().bus_clocks, 4u);
}

// Hit: RD 60 + 2, data until 62 + 14. Conflict: the row was opened in 7: PRE 107, ACT 137, RD 157.
TEST_F(DramCommandsTest, RowsHitAndConflict) {
  ask(5, 1, 0);
  ask(60, 2, 1);
  ask(100, 3, 8);
  run_to(200);
  expect_reply(2, 63, 76);
  expect_reply(3, 158, 171);
  EXPECT_EQ(dram().stats().row_hits, 1u);
  EXPECT_EQ(dram().stats().row_conflicts, 1u);
  EXPECT_EQ(dram().stats().queued, 1u);  // only the last waited for its first command
}

// What arrives in the clock of a command is seen by it: of two reads in one clock the older goes
// first, CCD later the other.
TEST_F(DramCommandsTest, ReadsOfOneRowFollowAfterCcd) {
  ask(5, 1, 0);
  ask(5, 2, 1);
  run_to(100);
  expect_reply(1, 28, 41);
  expect_reply(2, 32, 45);  // RD 27 + 4
}

// A write is answered when it is taken over; from the queue, which keeps one, the read that
// follows.
TEST_F(DramCommandsTest, WritesAndReadsOfThemAreAnsweredNow) {
  params_.commands.write_low = 1;
  ask(5, 1, 0, MemoryOp::kWrite);
  ask(9, 2, 0);
  run_to(100);
  expect_now(1, 6);
  expect_now(2, 10);
  EXPECT_EQ(dram().stats().writes, 1u);
  EXPECT_EQ(dram().stats().reads, 1u);
  EXPECT_TRUE(llc_.replies.empty());
}

// One place in the queue of a bank and one before it: the third is refused until the first goes.
TEST_F(DramCommandsTest, AFullQueueRefusesAndTellsOfRoom) {
  params_.commands.bank_queue = params_.commands.read_queue = 1;
  ask(5, 1, 0);
  ask(5, 2, 1);
  ask(5, 3, 2);
  run_to(27);
  EXPECT_TRUE(answers_.at(3).is_refused());
  EXPECT_EQ(answers_.at(3).retry_at(), kNever);
  EXPECT_TRUE(llc_.rooms.empty());
  run_to(28);
  ASSERT_EQ(llc_.rooms.size(), 1u);
  EXPECT_EQ(llc_.rooms[0].at, 28u);
  EXPECT_EQ(dram().stats().refused, 1u);
  EXPECT_EQ(dram().stats().reads, 2u);
}

// The queue of the bank has the first write, that before it the second: the third is refused until
// the first has gone, ACT 7, WR 27.
TEST_F(DramCommandsTest, ARefusedWriteIsToldOfRoom) {
  params_.commands.bank_queue = params_.commands.write_queue = params_.commands.write_high = 1;
  for (std::uint32_t i = 1; i <= 3; ++i) ask(5, i, i, MemoryOp::kWriteback);
  run_to(27);
  EXPECT_TRUE(answers_.at(3).is_refused());
  EXPECT_TRUE(llc_.rooms.empty());
  run_to(28);
  ASSERT_EQ(llc_.rooms.size(), 1u);
  EXPECT_EQ(llc_.rooms[0].at, 28u);
  EXPECT_EQ(dram().stats().writes, 2u);
  EXPECT_TRUE(llc_.replies.empty());
}

// Each has a command bus: what one channel does delays nothing in the other.
TEST_F(DramCommandsTest, TwoChannelsTakeTheirTurnsInOneCycle) {
  params_.commands.channels = 2;
  params_.commands.mapping = "row:bank:column:channel";
  ask(5, 1, 0);
  ask(5, 2, 1);
  run_to(28);
  expect_reply(1, 28, 41);
  expect_reply(2, 28, 41);
}

// Ready in 199 + 2 = 201, when a refresh has gone, in 200: ACT 200 + 50, RD 270, data until 284.
TEST_F(DramCommandsTest, ARefreshThatIsDueComesFirst) {
  params_.commands.refi = 200;
  params_.commands.rfc = 50;
  ask(199, 1, 0);
  run_to(300);
  expect_reply(1, 271, 284);
  EXPECT_EQ(dram().stats().refreshes, 1u);
}

TEST_F(DramCommandsTest, ARowThatWarmUpLeftOpenIsHit) {
  dram().in->warm(PhysAddr(2 * 64), MemoryOp::kRead);
  ask(5, 1, 0);
  run_to(100);
  expect_reply(1, 8, 21);  // RD 7, data until 7 + 14
}

TEST_F(DramCommandsTest, ARequestOfAnotherCycleIsAnError) {
  DramCommandsModule& asked = dram();
  at(5, Rank::kLlc, [&asked] {
    EXPECT_THROW(asked.in->access({6, 1, MemoryOp::kRead, false, PhysAddr(0)}), ModelError);
  });
  run_to(5);
}

TEST_F(DramCommandsTest, AStallNamesTheNextCommand) {
  ask(5, 1, 0);
  run_to(5);
  std::ostringstream text;
  dram().explain_stall(text);
  EXPECT_EQ(text.str(), "dram: channel 0: its next command has gone by cycle 8\n");
}

/// A core cycle of 400 ps: DRAM clock k is seen in cycle ceil(2.5 k).
class SlowDramCommandsTest : public DramCommandsTest {
 protected:
  SlowDramCommandsTest() : DramCommandsTest(400) {}
};

// Cycle 5 is clock 2: ACT 4, RD 24, data until 38, seen in cycle 95. Clock 25 is that of cycles 61
// and 62 (24.4 and 24.8 ns): the turn is in 61.
TEST_F(SlowDramCommandsTest, ClocksAreConvertedAtTheEdge) {
  ask(5, 1, 0);
  run_to(100);
  expect_reply(1, 61, 95);
}

}  // namespace
}  // namespace mmu
