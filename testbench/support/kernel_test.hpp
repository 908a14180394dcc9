// The fixture of tests that need the kernel: a timeline, and a script of what happens when.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <systemc>
#include <utility>
#include <vector>

#include "hw/link/timeline_module.hpp"

namespace mmu {

/// What a test does in one rank: each action in its cycle, those of a cycle in the order given.
class Script : public Wakeable {
 public:
  Script(TimelineModule& timeline, Rank rank) : timeline_(timeline), rank_(rank) {
    timeline.enrol(rank, *this);
  }
  void at(Cycle cycle, std::function<void()> action) {
    actions_[cycle].push_back(std::move(action));
    timeline_.post(cycle, rank_);
  }

 private:
  void wake() override {
    const auto due = actions_.find(timeline_.now());
    if (due == actions_.end()) return;
    const auto actions = std::move(due->second);
    actions_.erase(due);
    for (const auto& action : actions) action();
  }

  TimelineModule& timeline_;
  Rank rank_;
  std::map<Cycle, std::vector<std::function<void()>>> actions_;
};

/// Requires a process for each test (as ctest runs them): the kernel cannot start twice. What
/// SystemC warns of is a failure.
///
///     at(5, Rank::kIssue, [&] { answer = cache.in[0]->access(...); });
///     run_to(4);  EXPECT_...   // nothing yet
///     run_to(5);  EXPECT_...
class KernelTest : public testing::Test {
 protected:
  explicit KernelTest(bool run_ahead = true, std::uint64_t period_ps = 250)
      : period_ps_(period_ps), timeline_(fresh(), {period_ps, run_ahead}) {}

  TimelineModule& timeline() { return timeline_; }

  /// Runs `action` in the turn of `rank` of `cycle`. Requires that no module under test has this
  /// rank, and that (cycle, rank) lies after what has been run.
  void at(Cycle cycle, Rank rank, std::function<void()> action) {
    auto& script = scripts_[static_cast<unsigned>(rank)];
    if (!script) script = std::make_unique<Script>(timeline_, rank);
    script->at(cycle, std::move(action));
  }

  /// Runs the model up to and including all of `cycle`, with run-ahead or without. Repeating a
  /// cycle, or going back, does nothing. Throws what an action threw.
  void run_to(Cycle cycle) {
    // Run-ahead stops before the next activity of the kernel, which does not count the end of
    // sc_start: an event marks it. A picosecond before it, so that it stays pending.
    const auto end = sc_core::sc_time::from_value((cycle + 1) * period_ps_);
    const auto last = end - sc_core::sc_time::from_value(1);
    if (last <= sc_core::sc_time_stamp()) return;
    horizon_.cancel();
    horizon_.notify(end - sc_core::sc_time_stamp());
    sc_core::sc_start(last - sc_core::sc_time_stamp());
    timeline_.rethrow_failure();
  }

 private:
  static const char* fresh() {
    if (sc_core::sc_get_status() != sc_core::SC_ELABORATION) {
      throw std::logic_error("one process for each kernel test: run them by ctest");
    }
    sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_THROW);
    return "timeline";
  }

  std::uint64_t period_ps_;
  TimelineModule timeline_;
  std::array<std::unique_ptr<Script>, kRanks> scripts_;
  sc_core::sc_event horizon_{"horizon"};
};

}  // namespace mmu
