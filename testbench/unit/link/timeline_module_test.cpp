// The timeline by itself: order, what may be posted, and how far the model may run ahead.
#include "hw/link/timeline_module.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "hw/arch/errors.hpp"
#include "testbench/support/kernel_test.hpp"

namespace mmu {
namespace {

using Woken = std::vector<std::pair<Cycle, Rank>>;

class TimelineTest : public KernelTest {
 protected:
  explicit TimelineTest(bool run_ahead = true) : KernelTest(run_ahead) {}

  /// Writes down when `rank` is woken for what lies in `cycle`.
  void note(Cycle cycle, Rank rank) {
    at(cycle, rank, [this, rank] { woken_.emplace_back(timeline().now(), rank); });
  }

  Woken woken_;
};

class TimelineYieldTest : public TimelineTest {
 protected:
  TimelineYieldTest() : TimelineTest(false) {}
};

TEST_F(TimelineTest, WakesByCycleThenRankWhateverTheOrderOfPosting) {
  note(8, Rank::kDram);
  note(3, Rank::kIssue);
  note(3, Rank::kL2);
  note(5, Rank::kWalk);
  run_to(10);
  const Woken expected = {{3, Rank::kL2}, {3, Rank::kIssue}, {5, Rank::kWalk}, {8, Rank::kDram}};
  EXPECT_EQ(woken_, expected);
  EXPECT_TRUE(timeline().idle());
}

TEST_F(TimelineTest, TheNextTurnIsInThisCycleOnlyIfItIsStillToCome) {
  struct Noted final : Wakeable {
    explicit Noted(TimelineModule& of) : timeline(of) {}
    void wake() override { cycles.push_back(timeline.now()); }
    TimelineModule& timeline;
    std::vector<Cycle> cycles;
  };
  Noted earlier(timeline());
  Noted later(timeline());
  timeline().enrol(Rank::kL2, earlier);
  timeline().enrol(Rank::kIssue, later);
  at(3, Rank::kWalk, [this] {
    timeline().post_next_turn(Rank::kL2);
    timeline().post_next_turn(Rank::kIssue);
  });
  run_to(3);
  EXPECT_EQ(later.cycles, std::vector<Cycle>{3});
  EXPECT_TRUE(earlier.cycles.empty());
  run_to(4);
  EXPECT_EQ(earlier.cycles, std::vector<Cycle>{4});
}

TEST_F(TimelineTest, NothingIsWokenBeforeItsCycle) {
  note(5, Rank::kWalk);
  run_to(4);
  EXPECT_TRUE(woken_.empty());
  EXPECT_FALSE(timeline().idle());
  run_to(5);
  EXPECT_EQ(woken_, (Woken{{5, Rank::kWalk}}));
}

TEST_F(TimelineYieldTest, NothingIsWokenBeforeItsCycle) {
  note(5, Rank::kWalk);
  run_to(4);
  EXPECT_TRUE(woken_.empty());
  run_to(5);
  EXPECT_EQ(woken_, (Woken{{5, Rank::kWalk}}));
}

TEST_F(TimelineTest, AnEntryFurtherAwayThanTheWheelIsLongComesInItsCycle) {
  note(1, Rank::kDram);
  note(5000, Rank::kDram);
  run_to(4999);
  EXPECT_EQ(woken_.size(), 1u);
  run_to(5000);
  EXPECT_EQ(woken_.back(), std::make_pair(Cycle{5000}, Rank::kDram));
}

TEST_F(TimelineTest, ARankIsWokenOnceInACycleHoweverOftenItIsPosted) {
  note(4, Rank::kWalk);
  timeline().post(4, Rank::kWalk);
  timeline().post(4, Rank::kWalk);
  run_to(9);
  EXPECT_EQ(timeline().stats().wakes, 1u);
}

TEST_F(TimelineTest, ALaterRankOfTheSameCycleMayBePosted) {
  at(4, Rank::kStlb, [this] { note(4, Rank::kWalk); });
  note(5, Rank::kDram);
  run_to(5);
  const Woken expected = {{4, Rank::kWalk}, {5, Rank::kDram}};
  EXPECT_EQ(woken_, expected);
}

TEST_F(TimelineTest, PostingForTheOwnTurnOrAnEarlierOneIsAnErrorOfTheModel) {
  bool ran = false;
  at(4, Rank::kWalk, [&] {
    EXPECT_THROW(timeline().post(4, Rank::kWalk), ModelError) << "the own turn";
    EXPECT_THROW(timeline().post(4, Rank::kStlb), ModelError) << "an earlier rank";
    EXPECT_THROW(timeline().post(3, Rank::kIssue), ModelError) << "an earlier cycle";
    EXPECT_NO_THROW(timeline().post(5, Rank::kWalk));
    ran = true;
  });
  run_to(5);
  EXPECT_TRUE(ran);
}

TEST_F(TimelineTest, TheErrorNamesBothTurns) {
  std::string message;
  at(9, Rank::kWalk, [&] {
    try {
      timeline().post(7, Rank::kDram);
    } catch (const ModelError& error) {
      message = error.what();
    }
  });
  run_to(9);
  EXPECT_EQ(message, "timeline: rank 1 posted for cycle 7 by rank 9 of cycle 9");
}

TEST_F(TimelineTest, ARankHasOneOwner) {
  note(1, Rank::kDram);
  Script second(timeline(), Rank::kLlc);
  EXPECT_THROW(Script(timeline(), Rank::kDram), ModelError);
}

TEST_F(TimelineTest, AClockWithoutPeriodIsRefused) {
  EXPECT_THROW(TimelineModule("stopped_clock", {0, true}), ConfigError);
}

// --- Running ahead --------------------------------------------------------------------------

TEST_F(TimelineTest, RunningAheadDrainsTheWholeWheelInOneActivation) {
  for (Cycle cycle = 2; cycle < 50; cycle += 3) note(cycle, Rank::kWalk);
  run_to(60);
  EXPECT_EQ(woken_.size(), 16u);
  EXPECT_EQ(timeline().stats().activations, 1u);
  EXPECT_EQ(timeline().stats().notifications, 1u);
}

TEST_F(TimelineYieldTest, WithoutRunAheadKernelTimeIsTheCycleOfEachWake) {
  std::vector<Cycle> kernel;
  for (Cycle cycle = 2; cycle < 50; cycle += 3) {
    at(cycle, Rank::kWalk, [&] {
      EXPECT_EQ(timeline().kernel_cycle(), timeline().now());
      kernel.push_back(timeline().kernel_cycle());
    });
  }
  run_to(60);
  ASSERT_EQ(kernel.size(), 16u);
  EXPECT_EQ(kernel.back(), 47u);
  EXPECT_EQ(timeline().stats().activations, 16u);
}

TEST_F(TimelineTest, AdvancingStopsBeforeWhatIsPending) {
  note(10, Rank::kDram);
  std::vector<std::pair<Cycle, bool>> tried;
  at(5, Rank::kIssue, [&] {
    EXPECT_TRUE(timeline().try_advance(9)) << "nothing is pending up to 9";
    EXPECT_EQ(timeline().now(), 9u);
    EXPECT_FALSE(timeline().try_advance(10)) << "the memory comes first in 10";
    EXPECT_EQ(timeline().now(), 9u) << "a refusal changes nothing";
    EXPECT_FALSE(timeline().try_advance(11));
    note(10, Rank::kIssue);
  });
  run_to(12);
  const Woken expected = {{10, Rank::kDram}, {10, Rank::kIssue}};
  EXPECT_EQ(woken_, expected);
  EXPECT_EQ(timeline().stats().advances, 1u);
}

// What the caller has posted itself a moment ago bounds it too.
TEST_F(TimelineTest, AdvancingStopsBeforeWhatTheCallerPosted) {
  at(5, Rank::kIssue, [&] {
    EXPECT_TRUE(timeline().try_advance(8));
    timeline().post(12, Rank::kIssue);
    EXPECT_TRUE(timeline().try_advance(11));
    EXPECT_FALSE(timeline().try_advance(12));
  });
  run_to(20);
  EXPECT_EQ(timeline().stats().advances, 2u);
}

TEST_F(TimelineTest, AfterAdvancingNothingCanBePostedForTheCyclesPassed) {
  at(5, Rank::kIssue, [&] {
    ASSERT_TRUE(timeline().try_advance(9));
    EXPECT_THROW(timeline().post(8, Rank::kIssue), ModelError);
    EXPECT_THROW(timeline().post(9, Rank::kIssue), ModelError);
    timeline().post(10, Rank::kIssue);
  });
  run_to(10);
  EXPECT_EQ(timeline().stats().wakes, 2u);
}

TEST_F(TimelineYieldTest, WithoutRunAheadNothingAdvances) {
  at(5, Rank::kIssue, [&] { EXPECT_FALSE(timeline().try_advance(6)); });
  run_to(20);
  EXPECT_EQ(timeline().stats().wakes, 1u);
  EXPECT_EQ(timeline().stats().advances, 0u);
}

// The fixture marks the end of its run by an event: run_to(20) by one at the start of cycle 21.
TEST_F(TimelineTest, AdvancingStopsBeforeTheNextActivityOfTheKernel) {
  at(5, Rank::kIssue, [&] {
    EXPECT_TRUE(timeline().try_advance(20));
    EXPECT_FALSE(timeline().try_advance(21));
  });
  run_to(20);
  EXPECT_EQ(timeline().stats().advances, 1u);
}

TEST_F(TimelineTest, AnEdgeThatNotifiesSomethingLowersTheHorizon) {
  at(5, Rank::kIssue, [&] {
    timeline().lower_horizon(9);
    timeline().lower_horizon(15);  // does not raise it again
    EXPECT_TRUE(timeline().try_advance(8));
    EXPECT_FALSE(timeline().try_advance(9));
    note(9, Rank::kWalk);
  });
  run_to(30);
  EXPECT_EQ(woken_, (Woken{{9, Rank::kWalk}}));
  // The wheel stopped at 9 as well, and was woken by the kernel for it.
  EXPECT_EQ(timeline().stats().activations, 2u);
}

// --- The end --------------------------------------------------------------------------------

TEST_F(TimelineTest, AfterAStopTheActionUnderWayIsTheLast) {
  at(5, Rank::kStlb, [&] {
    timeline().stop();
    note(5, Rank::kIssue);
    woken_.emplace_back(timeline().now(), Rank::kStlb);
  });
  note(6, Rank::kDram);
  run_to(50);
  EXPECT_EQ(woken_, (Woken{{5, Rank::kStlb}}));
  EXPECT_FALSE(timeline().idle()) << "what was pending still is";
}

}  // namespace
}  // namespace mmu
