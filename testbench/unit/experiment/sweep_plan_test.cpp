#include "sim/experiment/sweep_plan.hpp"

#include "testbench/unit/command/config_error.hpp"

namespace mmu {
namespace {

Experiment experiment_of(const std::vector<std::string>& overrides) {
  Experiment experiment;
  experiment.traces = {"t.mmt"};
  experiment.machines = {"cva6"};
  experiment.axes = axes_of(overrides);
  return experiment;
}

SweepPlan plan_sweep(const std::vector<std::string>& overrides) {
  return mmu::plan_sweep(experiment_of(overrides));
}

TEST(SweepPlan, IsEveryCombinationTheLastKeyFastest) {
  const SweepPlan plan = plan_sweep({"mmu.stlb.entries=384,768", "seed=5", "mmu.walker.count=1,2"});
  EXPECT_EQ(plan.columns, (std::vector<std::string>{"mmu.stlb.entries", "mmu.walker.count"}));
  ASSERT_EQ(plan.points.size(), 4u);
  EXPECT_EQ(plan.points[1].name, "mmu.stlb.entries=384,mmu.walker.count=2");
  EXPECT_EQ(plan.points[1].values, (std::vector<std::string>{"384", "2"}));
  EXPECT_EQ(plan.points[1].overrides,
            (std::vector<std::string>{"mmu.stlb.entries=384", "seed=5", "mmu.walker.count=2"}));
  EXPECT_EQ(plan.points[2].name, "mmu.stlb.entries=768,mmu.walker.count=1");
}

TEST(SweepPlan, WithoutValuesThereIsOnePoint) {
  const SweepPlan plan = plan_sweep({});
  ASSERT_EQ(plan.points.size(), 1u);
  EXPECT_EQ(plan.points[0].name, "base");
  EXPECT_EQ(plan.points[0].trace, "t.mmt");
  EXPECT_EQ(plan.points[0].machine, "cva6");
}

TEST(SweepPlan, WholeNamesSayAllAndStayWhenThePlanGrows) {
  Experiment experiment = experiment_of({"seed=5"});
  EXPECT_EQ(mmu::plan_sweep(experiment, PointNames::kWhole).points[0].name, "t.mmt,cva6,seed=5");
  experiment.traces.emplace_back("u.mmt");
  EXPECT_EQ(mmu::plan_sweep(experiment, PointNames::kWhole).points[0].name, "t.mmt,cva6,seed=5");
  experiment.traces = {std::string(200, 'x')};
  EXPECT_NE(config_error_of([&] {
              mmu::plan_sweep(experiment, PointNames::kWhole);
            }).find("longer than 200 characters"),
            std::string::npos);
}

TEST(SweepPlan, VariantsAreMachinesWithOverridesOfTheirOwn) {
  Experiment experiment = experiment_of({"seed=1,2"});
  experiment.variants = {{"wide", "rocket", {"mmu.walker.count=2"}}};
  const SweepPlan plan = mmu::plan_sweep(experiment);
  ASSERT_EQ(plan.points.size(), 4u);
  EXPECT_EQ(plan.points[3].name, "machine=wide,seed=2");
  EXPECT_EQ(plan.points[3].machine, "rocket");
  EXPECT_EQ(plan.points[3].overrides, (std::vector<std::string>{"mmu.walker.count=2", "seed=2"}));
  experiment.variants[0].name = "cva6";
  EXPECT_EQ(config_error_of([&] { mmu::plan_sweep(experiment); }),
            "two entries of machines are called \"cva6\"");
}

TEST(SweepPlan, TracesAndMachinesAreColumnsThatVarySlowest) {
  Experiment experiment = experiment_of({"mmu.walker.count=1,2"});
  experiment.traces = {"a/x.mmt", "a/y.mmt"};
  experiment.machines = {"cva6", "dir/my.toml"};
  const SweepPlan plan = mmu::plan_sweep(experiment);
  EXPECT_EQ(plan.columns, (std::vector<std::string>{"trace", "machine", "mmu.walker.count"}));
  ASSERT_EQ(plan.points.size(), 8u);
  EXPECT_EQ(plan.points[3].name, "trace=x.mmt,machine=my,mmu.walker.count=2");
  EXPECT_EQ(plan.points[3].trace, "a/x.mmt");
  EXPECT_EQ(plan.points[3].machine, "dir/my.toml");
  EXPECT_EQ(plan.points[4].name, "trace=y.mmt,machine=cva6,mmu.walker.count=1");
}

TEST(SweepPlan, ZippedKeysChangeTogether) {
  Experiment experiment = experiment_of({"seed=1,2"});
  experiment.axes.push_back({{"mmu.stlb.entries", "mmu.stlb.ways"}, {{"384", "4"}, {"768", "8"}}});
  const SweepPlan plan = mmu::plan_sweep(experiment);
  ASSERT_EQ(plan.points.size(), 4u);
  EXPECT_EQ(plan.columns, (std::vector<std::string>{"seed", "mmu.stlb.entries", "mmu.stlb.ways"}));
  EXPECT_EQ(plan.points[1].overrides,
            (std::vector<std::string>{"seed=1", "mmu.stlb.entries=768", "mmu.stlb.ways=8"}));
}

TEST(SweepPlan, APointIsComparedWithTheBaselineOfItsTraceAndSeed) {
  Experiment experiment = experiment_of({"seed=1,2", "mmu.stlb.entries=384,768"});
  experiment.traces = {"x.mmt", "y.mmt"};
  experiment.baseline = {{"mmu.stlb.entries", "768"}};
  const SweepPlan plan = mmu::plan_sweep(experiment);
  ASSERT_EQ(plan.points.size(), 8u);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(plan.points[i].baseline, i | 1) << i;
  experiment.baseline = {};  // the first of each
  const SweepPlan first = mmu::plan_sweep(experiment);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(first.points[i].baseline, i & ~1u) << i;
}

TEST(SweepPlan, LongNamesBecomeNumbers) {
  std::vector<std::string> overrides;
  for (const char* key :
       {"mmu.walk_cache.level1.entries", "mmu.walk_cache.level2.entries", "mmu.itlb.latency_cycles",
        "mmu.walk_cache.level3.entries", "mmu.walk_cache.level4.entries",
        "mmu.walk_cache.level1.ways", "mmu.walk_cache.level2.ways"}) {
    overrides.push_back(std::string(key) + "=1,2");
  }
  const SweepPlan plan = plan_sweep(overrides);
  ASSERT_EQ(plan.points.size(), 128u);
  EXPECT_EQ(plan.points[127].name, "point-127");
}

TEST(SweepPlan, RefusesMistakes) {
  const auto error_of = [](const std::vector<std::string>& overrides) {
    return config_error_of([&] { plan_sweep(overrides); });
  };
  EXPECT_EQ(error_of({"seed=1,2", "seed=3"}), "--set seed is given twice");
  EXPECT_EQ(error_of({"seed=1,2,1"}), "--set seed=1,2,1: the value 1 is given twice");
  EXPECT_EQ(error_of({"seed=1,,2"}), "--set seed=1,,2: a value is missing");
  EXPECT_EQ(error_of({"sed=1"}), "--set sed=1: unknown key \"sed\"; did you mean \"seed\"?");
  std::string many = "seed=0";
  for (int i = 1; i < 400; ++i) many += "," + std::to_string(i);
  std::string also_many = "cpu.window" + many.substr(4);
  EXPECT_EQ(error_of({many, also_many}), "more than 100000 combinations");
}

TEST(SweepPlan, RefusesABaselineThatIsNoPoint) {
  Experiment experiment = experiment_of({"seed=1,2", "mmu.stlb.entries=384,768"});
  experiment.baseline = {{"mmu.stlb.entries", "512"}};
  EXPECT_EQ(config_error_of([&] { mmu::plan_sweep(experiment); }),
            "baseline: no point has mmu.stlb.entries = 512");
  experiment.baseline = {{"mmu.stlb.ways", "4"}};
  EXPECT_EQ(config_error_of([&] { mmu::plan_sweep(experiment); }),
            "baseline: mmu.stlb.ways does not vary");
}

TEST(SweepPlan, RefusesNamesAndKeysThatStandForTwoThings) {
  Experiment experiment = experiment_of({"seed=1,2"});
  experiment.traces = {"a/x.mmt", "b/x.mmt"};
  EXPECT_EQ(config_error_of([&] { mmu::plan_sweep(experiment); }),
            "two entries of traces are called \"x.mmt\"");
  experiment.traces = {"x.mmt"};
  experiment.axes.push_back({{"seed"}, {{"7"}}});
  EXPECT_EQ(config_error_of([&] { mmu::plan_sweep(experiment); }), "seed is given twice");
}

}  // namespace
}  // namespace mmu
