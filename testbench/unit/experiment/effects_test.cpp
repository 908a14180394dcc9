#include "sim/experiment/effects.hpp"

#include "sim/experiment/effects_export.hpp"
#include "testbench/unit/command/sample_result.hpp"

#include <gtest/gtest.h>

namespace mmu {
namespace {

/// 2000 instructions; the sample's 4000 cycles and `more`, all in level-0 reads from memory.
ComparisonSet::Entry entry(const std::string& label, std::size_t machine, std::size_t run,
                           std::size_t baseline, std::uint64_t more) {
  RunResult result = sample_run();
  result.cpu.cycles += more;
  at(result.cycle_stack, pte_part(0, Served::kMemory)) += more;
  return {{label, result_json(sample_subject(), result)}, "", machine, run, baseline};
}

/// Two runs; the second machine takes 20 % more on one and 80 % more on the other.
ComparisonSet sample_set() {
  ComparisonSet set;
  MachineParams small = sample_subject().machine;
  small.mmu.stlb.entries = 192;
  set.machines = {{"sample", machine_json(sample_subject().machine)},
                  {"small", machine_json(small)}};
  set.runs = {"x", "y"};
  set.entries = {entry("bx", 0, 0, 0, 0), entry("by", 0, 1, 1, 0), entry("sx", 1, 0, 0, 800),
                 entry("sy", 1, 1, 1, 3200)};
  return set;
}

TEST(Effects, AreGeometricMeansOfCyclesAndMeansOfParts) {
  const std::vector<Effect> effects = effects_of(sample_set());
  ASSERT_EQ(effects.size(), 2u);
  EXPECT_EQ(effects[0].machine, 1u);
  EXPECT_EQ(effects[0].runs, 2u);
  EXPECT_NEAR(effects[0].change, std::sqrt(1.2 * 1.8) - 1, 1e-12);
  ASSERT_EQ(effects[0].parts.size(), 1u);
  EXPECT_EQ(effects[0].parts[0].part, pte_part(0, Served::kMemory));
  EXPECT_NEAR(effects[0].parts[0].share, (0.2 + 0.8) / 2, 1e-12);
  EXPECT_EQ(effects[0].settings, std::vector<std::string>{"mmu.stlb.entries 1536 -> 192"});
  EXPECT_EQ(effects[1].change, 0);
}

TEST(Effects, NameThePartThatIsResponsible) {
  const ComparisonSet set = sample_set();
  // sqrt(2.16) = 1.4697
  EXPECT_EQ(effects_text(set, effects_of(set)),
            "baseline: sample, 2 runs (geometric means)\n\n"
            "  cycles  runs  what is changed               of these\n"
            "+46.97 %     2  mmu.stlb.entries 1536 -> 192  +50.00 % PTE reads at level 0 from "
            "memory\n");
}

TEST(Effects, MachinesThatDifferInMuchAreNamed) {
  ComparisonSet set = sample_set();
  MachineParams other = sample_subject().machine;
  other.mmu.itlb = {8, 1, 2, 3, 4};
  other.mmu.dtlb = {8, 1, 2, 3, 4};
  set.machines[1] = {"other", machine_json(other)};
  const std::string setting = effects_of(set)[0].settings.at(0);
  EXPECT_EQ(setting.find("sample -> other ("), 0u) << setting;
}

TEST(Effects, AMachineWithoutACommonRunIsLeftOut) {
  ComparisonSet set = sample_set();
  set.entries.pop_back();
  set.entries.back().baseline.reset();
  EXPECT_EQ(effects_of(set).size(), 1u);
}

TEST(Effects, AreWrittenForOtherPrograms) {
  const ComparisonSet set = sample_set();
  const Json json = effects_json(set, effects_of(set));
  EXPECT_EQ(json["baseline"], "sample");
  EXPECT_NEAR(json["effects"][0]["parts"]["pte_level0_memory"].get<double>(), 0.5, 1e-12);
  EXPECT_EQ(json["results"][3]["baseline"], "by");
  EXPECT_EQ(json["results"][3]["figures"]["cycles"], 7200);
  const std::string csv = comparison_csv(set);
  EXPECT_NE(csv.find("sy,small,y,1.800000,2000,7200,3.6,0,15,5,10,54.5,"), std::string::npos)
      << csv;
}

TEST(Effects, EveryPartHasWords) {
  EXPECT_EQ(in_words(Part::kStlb), "STLB");
  EXPECT_EQ(in_words(data_part(Served::kLlc)), "data from the LLC");
  EXPECT_EQ(in_words(pte_part(3, Served::kL2)), "PTE reads at level 3 from the L2");
  EXPECT_EQ(in_words(Part::kSystemCall), "system calls");
}

}  // namespace
}  // namespace mmu
