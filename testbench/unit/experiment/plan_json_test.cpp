#include "sim/experiment/plan_json.hpp"

#include <gtest/gtest.h>

namespace mmu {
namespace {

TEST(PlanJson, ReadsBackWhatItHasWritten) {
  SweepPlan plan;
  plan.columns = {"trace", "seed"};
  plan.points = {{"p", "/t", "0x1", "cva6", {"seed=1"}, {"t", "1"}, 0},
                 {"q", "/u", "", "m.toml", {"seed=2"}, {"u", "2"}, 1}};
  RunSettings options;
  options.instructions = 5;
  options.watchdog_cycles = 6;
  options.interval_instructions = 7;
  options.map_on_touch = options.no_run_ahead = options.check = options.miss_classes = true;
  options.format = traces::TraceFormat::kLackey;
  const Json json = plan_json(plan, options);
  EXPECT_EQ(plan_json(plan_of(json), options_of(json)), json);
  EXPECT_EQ(plan_of(json).points[1].machine, "m.toml");
  EXPECT_EQ(plan_of(json).points[1].baseline, 1u);
  EXPECT_EQ(options_of(json).interval_instructions, 7u);
  EXPECT_EQ(options_of(json).format, traces::TraceFormat::kLackey);
  EXPECT_THROW(plan_of(Json::object()), Json::exception);
  EXPECT_THROW(options_of(Json::object()), Json::exception);
}

}  // namespace
}  // namespace mmu
