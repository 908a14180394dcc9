#include "sim/experiment/gate.hpp"

#include "sim/experiment/metrics.hpp"
#include "testbench/unit/command/config_error.hpp"
#include "testbench/unit/command/sample_result.hpp"

namespace mmu {
namespace {

/// The sample, and one with 4060 cycles (+ 1.5 %) and 12 evictions where it has 0.
ComparisonSet two() {
  RunResult worse = sample_run();
  worse.cpu.cycles = 4060;
  worse.stlb.evictions = 12;
  ComparisonSet set;
  set.entries = {{{"base", sample_json()}, "", 0, 0, 0},
                 {{"new", result_json(sample_subject(), worse)}, "", 1, 0, 0}};
  return set;
}

TEST(Gate, OpensUpToItsLimitAndNotBeyond) {
  EXPECT_TRUE(above(two(), {"cycles", 1.5}).empty());
  EXPECT_EQ(
      above(two(), {"cycles", 1.49}),
      std::vector<std::string>{"new: cycles is 4060 against 4000 of base: +1.50 %, above 1.49 %"});
}

TEST(Gate, WhatWasZeroMayNotGrow) {
  EXPECT_EQ(above(two(), {"mmu.stlb.evictions", 100}),
            std::vector<std::string>{
                "new: mmu.stlb.evictions is 12 against 0 of base: from 0, above 100 %"});
}

TEST(Gate, SaysWhichMetricWasMeant) {
  EXPECT_EQ(config_error_of([] {
              above(two(), {"cicles", 1});
            }),
            "no metric \"cicles\"; did you mean \"cycles\"?");
}

TEST(Gate, ReadsMetricAndPercent) {
  EXPECT_EQ(read_gate("stlb_mpki=0.5").metric, "stlb_mpki");
  EXPECT_EQ(read_gate("stlb_mpki=0.5").percent, 0.5);
  for (const char* text : {"cycles", "=1", "cycles=", "cycles=x", "cycles=1%", "cycles=-1"}) {
    EXPECT_EQ(config_error_of([&] { read_gate(text); }),
              std::string("--fail-above ") + text + ": must be METRIC=PERCENT, e.g. cycles=1.5");
  }
}

TEST(Metrics, AreFiguresOfTheResult) {
  EXPECT_EQ(metric_of(sample_json(), "cpi"), 2);
  EXPECT_EQ(metric_of(sample_json(), "dtlb_mpki"), 15);
  EXPECT_EQ(metric_of(sample_json(), "walk_latency"), 54.5);
  EXPECT_EQ(metric_of(sample_json(), "page_faults"), 4);
  EXPECT_EQ(metric_of(sample_json(), "mmu.stlb.hits"), 20);
}

}  // namespace
}  // namespace mmu
