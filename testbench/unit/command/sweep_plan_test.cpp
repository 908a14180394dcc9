#include "sim/command/sweep_plan.hpp"

#include "testbench/unit/command/config_error.hpp"

namespace mmu {
namespace {

TEST(SweepPlan, IsEveryCombinationTheLastKeyFastest) {
  const SweepPlan plan = plan_sweep({"mmu.stlb.entries=384,768", "seed=5", "mmu.walker.count=1,2"});
  EXPECT_EQ(plan.keys, (std::vector<std::string>{"mmu.stlb.entries", "mmu.walker.count"}));
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
  EXPECT_EQ(error_of({many, also_many}), "--set: more than 100000 combinations");
}

}  // namespace
}  // namespace mmu
