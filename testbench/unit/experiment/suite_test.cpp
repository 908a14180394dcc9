#include "sim/experiment/suite.hpp"

#include "testbench/unit/command/config_error.hpp"

namespace mmu {
namespace {

using Kind = Tolerance::Kind;

Suite read(const std::string& text) { return parse_suite(text, "dir/nightly.toml"); }
std::string error_of(const std::string& text) {
  return config_error_of([&] { read(text); });
}
std::vector<std::string> names_of(const Suite& suite) {
  std::vector<std::string> names;
  names.reserve(suite.plan.points.size());
  for (const SweepPoint& point : suite.plan.points) names.push_back(point.name);
  return names;
}

constexpr const char* kSuite = R"(
traces = ["a.mmt"]
machines = ["cva6"]
figures = ["cycles", "mmu.stlb", "counters.os.page_faults", "cycle_stack"]
[[variants]]
name = "two walkers"
machine = "cva6"
set = { mmu.walker.count = 2 }
[axes]
seed = [1]
[tolerance]
default = 1
cycles = "0.5 %"
mmu.stlb.misses = 3
cycle_stack = "exact"
)";

TEST(Suite, NamesItsCasesInFullAndKeepsTheirFilesBesideIt) {
  const Suite suite = read(kSuite);
  EXPECT_EQ(names_of(suite),
            (std::vector<std::string>{"a.mmt,cva6,seed=1", "a.mmt,two walkers,seed=1"}));
  EXPECT_EQ(suite.plan.points[1].machine, "cva6");
  EXPECT_EQ(suite.plan.points[1].overrides,
            (std::vector<std::string>{"mmu.walker.count=2", "seed=1"}));
  EXPECT_EQ(suite.machines[1]["mmu"]["walker"]["count"], 2);
  EXPECT_EQ(suite.expected_file(0), "dir/nightly-expected/a.mmt,cva6,seed=1.json");
}

TEST(Suite, FiguresAreCountersMetricsOrPathsOfAResult) {
  EXPECT_EQ(read(kSuite).figures,
            (std::vector<std::string>{"metrics.cycles", "counters.mmu.stlb",
                                      "counters.os.page_faults", "cycle_stack"}));
  EXPECT_TRUE(read("traces = [\"a\"]").figures.empty());
}

TEST(Suite, TolerancesAreNumbersPercentagesOrExact) {
  const Suite suite = read(kSuite);
  ASSERT_EQ(suite.tolerances.size(), 4u);
  const auto of = [&](const std::string& path) {
    for (const ToleranceRule& rule : suite.tolerances) {
      if (rule.path == path) return rule.tolerance;
    }
    return Tolerance{Kind::kExact, -1};
  };
  EXPECT_EQ(of("").kind, Kind::kAbsolute);
  EXPECT_EQ(of("").amount, 1);
  EXPECT_EQ(of("metrics.cycles").kind, Kind::kPercent);
  EXPECT_EQ(of("metrics.cycles").amount, 0.5);
  EXPECT_EQ(of("counters.mmu.stlb.misses").amount, 3);
  EXPECT_EQ(of("cycle_stack").kind, Kind::kExact);
  EXPECT_EQ(of("cycle_stack").amount, 0);
}

TEST(Suite, MistakesHaveAPlaceAndTheNearestName) {
  EXPECT_EQ(error_of("traces = [\"a\"]\nfigurs = [\"cycles\"]\n"),
            "dir/nightly.toml:2:1: unknown key \"figurs\"; did you mean \"figures\"?");
  EXPECT_EQ(error_of("traces = [\"a\"]\nfigures = [\"cicles\", \"mmu.stlb.mises\"]\n"),
            "dir/nightly.toml:2:12: no figure \"cicles\"; did you mean \"cycles\"?\n"
            "dir/nightly.toml:2:22: no figure \"mmu.stlb.mises\"; did you mean "
            "\"mmu.stlb.misses\"?");
  EXPECT_EQ(error_of("traces = [\"a\"]\n[tolerance]\nmmu.stlb.mises = 3\n"),
            "dir/nightly.toml:3:18: no figure \"mmu.stlb.mises\"; did you mean "
            "\"mmu.stlb.misses\"?");
}

TEST(Suite, WhatNobodyUsesIsAMistake) {
  EXPECT_EQ(error_of("traces = [\"a\"]\nfigures = [\"mmu.stlb\"]\n[tolerance]\nmmu.dtlb = 3\n"),
            "dir/nightly.toml:4:12: tolerance.mmu.dtlb: counters.mmu.dtlb is not among the figures "
            "compared");
  EXPECT_EQ(error_of("traces = [\"a\"]\n[tolerance]\ncpi = \"1 %\"\n"),
            "dir/nightly.toml:3:7: tolerance.cpi: metrics.cpi is not among the figures compared");
  EXPECT_EQ(error_of("traces = [\"a\"]\nbaseline = { machine = \"cva6\" }\n"),
            "dir/nightly.toml:2:12: a suite has no baseline: each case is compared with what it "
            "gave before");
  // Only with its option, and on a machine that has it.
  EXPECT_NE(error_of("traces = [\"a\"]\nfigures = [\"miss_classes\"]\n"), "");
  EXPECT_EQ(
      read("traces = [\"a\"]\nfigures = [\"miss_classes\"]\noptions.miss_classes = true\n").figures,
      std::vector<std::string>{"miss_classes"});
  EXPECT_NE(error_of("traces = [\"a\"]\nfigures = [\"mmu.level3\"]\n"), "");
}

TEST(Suite, BadValuesAreRefused) {
  for (const char* value : {"-1", "\"-2 %\"", "\"2\"", "\"2 percent\"", "true", "[1]", "\"\""}) {
    EXPECT_EQ(error_of(std::string("traces = [\"a\"]\ntolerance.map_hash = ") + value),
              "dir/nightly.toml:2:22: tolerance.map_hash must be a number from 0 on, a percentage, "
              "e.g. \"2 %\", or \"exact\"")
        << value;
  }
  for (const char* value : {"\"cycles\"", "[]", "[1]"}) {
    EXPECT_NE(error_of(std::string("traces = [\"a\"]\nfigures = ") + value), "") << value;
  }
  EXPECT_EQ(error_of("traces = [\"a\"]\ntolerance = 3\n"),
            "dir/nightly.toml:2:13: tolerance must be a table");
}

TEST(Suite, TwoCasesCannotShareAFile) {
  EXPECT_EQ(error_of("traces = [\"a\"]\n[[variants]]\nname = \"x/y\"\n[[variants]]\nname = "
                     "\"x_y\"\n"),
            "dir/nightly.toml: two cases are called \"a,x_y\"");
}

TEST(Suite, OnlyKeepsWhatFitsAnywhereInTheName) {
  const std::string text = "traces = [\"a\", \"b\"]\nmachines = [\"cva6\", \"rocket\"]\n";
  Suite suite = read(text);
  keep_only(suite, {"b,*6", "a,r"});
  EXPECT_EQ(names_of(suite), (std::vector<std::string>{"a,rocket", "b,cva6"}));
  EXPECT_EQ(suite.machines[0]["name"], "rocket");
  keep_only(suite, {});
  EXPECT_EQ(suite.plan.points.size(), 2u);
  EXPECT_EQ(config_error_of([&] { keep_only(suite, {"skylake"}); }),
            "--only skylake: no case of dir/nightly.toml fits");
}

}  // namespace
}  // namespace mmu
