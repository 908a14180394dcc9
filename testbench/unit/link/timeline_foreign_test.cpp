// The timeline beside SystemC processes that are no part of the model.
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <systemc>
#include <vector>

#include "hw/arch/errors.hpp"
#include "hw/link/timeline_module.hpp"
#include "testbench/support/kernel_test.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kPeriodPs = 250;

/// A model that has something to do in every cycle, a core that advances where it may, and a
/// thread that acts at instants of its own.
class ForeignTest : public KernelTest {
 protected:
  explicit ForeignTest(bool run_ahead = true) : KernelTest(run_ahead, kPeriodPs) {}

  /// The core: woken in cycle 1, it goes on to each next cycle up to `last`.
  void start_core(Cycle last) {
    last_ = last;
    at(1, Rank::kIssue, [this] { step(); });
  }

  /// Calls `act` at `picoseconds` of kernel time, in a process of its own.
  void foreign(std::uint64_t picoseconds, const std::function<void()>& act) {
    sc_core::sc_spawn([picoseconds, act] {
      sc_core::wait(sc_core::sc_time::from_value(picoseconds));
      act();
    });
  }

  void step() {
    while (true) {
      cycles_.push_back(timeline().now());
      const Cycle next = timeline().now() + 1;
      if (next > last_) return;
      if (!timeline().try_advance(next)) {
        at(next, Rank::kIssue, [this] { step(); });
        return;
      }
    }
  }

  Cycle last_ = 0;
  std::vector<Cycle> cycles_;  ///< in which the core acted
};

class ForeignYieldTest : public ForeignTest {
 protected:
  ForeignYieldTest() : ForeignTest(false) {}
};

TEST_F(ForeignTest, AProcessInTheMiddleOfACycleFindsExactlyThatCycleDone) {
  std::vector<Cycle> seen;
  for (const Cycle cycle : {Cycle{3}, Cycle{7}, Cycle{8}, Cycle{400}}) {
    foreign(cycle * kPeriodPs + kPeriodPs / 2, [&] { seen.push_back(timeline().now()); });
  }
  start_core(1000);
  run_to(1000);
  EXPECT_EQ(seen, (std::vector<Cycle>{3, 7, 8, 400}));
  ASSERT_EQ(cycles_.size(), 1000u);
  EXPECT_GT(timeline().stats().advances, 900u) << "and still most cycles were run ahead";
}

TEST_F(ForeignYieldTest, AProcessInTheMiddleOfACycleFindsExactlyThatCycleDone) {
  std::vector<Cycle> seen;
  for (const Cycle cycle : {Cycle{3}, Cycle{7}, Cycle{8}, Cycle{400}}) {
    foreign(cycle * kPeriodPs + kPeriodPs / 2, [&] { seen.push_back(timeline().now()); });
  }
  start_core(1000);
  run_to(1000);
  EXPECT_EQ(seen, (std::vector<Cycle>{3, 7, 8, 400}));
  EXPECT_EQ(cycles_.size(), 1000u);
}

// At a full cycle SystemC leaves open who comes first, so the cycle itself may be done or not.
TEST_F(ForeignTest, AProcessAtAFullCycleIsNeverPassed) {
  unsigned visits = 0;
  for (Cycle cycle = 2; cycle < 60; cycle += 5) {
    foreign(cycle * kPeriodPs, [this, &visits, cycle] {
      EXPECT_LE(timeline().now(), cycle);
      EXPECT_GE(timeline().now(), cycle - 1);
      ++visits;
    });
  }
  start_core(100);
  run_to(100);
  EXPECT_EQ(visits, 12u);
  EXPECT_EQ(cycles_.size(), 100u);
}

TEST_F(ForeignTest, WhatAProcessPostsForTheNextCycleComesInThatCycle) {
  std::vector<Cycle> fences;
  for (const Cycle cycle : {Cycle{5}, Cycle{6}, Cycle{50}}) {
    foreign(cycle * kPeriodPs + 1, [this, &fences] {
      at(timeline().kernel_cycle() + 1, Rank::kFence,
         [this, &fences] { fences.push_back(timeline().now()); });
    });
  }
  start_core(100);
  run_to(100);
  EXPECT_EQ(fences, (std::vector<Cycle>{6, 7, 51}));
  EXPECT_EQ(cycles_.size(), 100u);
}

// A process that is woken by another in the same instant, one delta later, is not passed either.
TEST_F(ForeignTest, AProcessWokenInADeltaOfTheInstantIsNotPassed) {
  sc_core::sc_event poke;
  std::vector<Cycle> seen;
  sc_core::sc_spawn([&] {
    sc_core::wait(poke);
    seen.push_back(timeline().now());
  });
  foreign(10 * kPeriodPs + 100, [&] { poke.notify(sc_core::SC_ZERO_TIME); });
  start_core(100);
  run_to(100);
  EXPECT_EQ(seen, (std::vector<Cycle>{10}));
}

TEST_F(ForeignTest, PostingBehindKernelTimeIsAnErrorOfTheModel) {
  unsigned refused = 0;
  foreign(20 * kPeriodPs, [&] {  // nothing has happened in the model since cycle 3
    EXPECT_THROW(timeline().post(19, Rank::kDram), ModelError);
    ++refused;
  });
  foreign(30 * kPeriodPs + 1, [&] {
    EXPECT_THROW(timeline().post(30, Rank::kDram), ModelError) << "it has begun already";
    ++refused;
  });
  start_core(3);
  run_to(40);
  EXPECT_EQ(refused, 2u);
}

}  // namespace
}  // namespace mmu
