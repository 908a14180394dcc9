#include "sim/experiment/expected_figures.hpp"

#include "sim/result/result_file.hpp"
#include "testbench/unit/command/sample_result.hpp"

#include <gtest/gtest.h>

namespace mmu {
namespace {

using Kind = Tolerance::Kind;

const Json kBefore = {{"counters", {{"cycles", 1000}, {"walks", 10}, {"faults", 0}}},
                      {"map_hash", "0x1"}};

Json with_cycles(int cycles) {
  Json json = kBefore;
  json["counters"]["cycles"] = cycles;
  return json;
}

std::vector<std::string> paths_of(const std::vector<Move>& all) {
  std::vector<std::string> paths;
  paths.reserve(all.size());
  for (const Move& move : all) paths.push_back(move.path);
  return paths;
}

TEST(ExpectedFigures, EqualDocumentsHaveNoMoves) {
  EXPECT_TRUE(moves(kBefore, kBefore, {}).empty());
}

TEST(ExpectedFigures, AMoveSaysWhatItWasIsAndBySharesOfTheOld) {
  const auto all = moves(kBefore, with_cycles(1015), {});
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].path, "counters.cycles");
  EXPECT_EQ(*all[0].before, 1000);
  EXPECT_EQ(*all[0].now, 1015);
  EXPECT_DOUBLE_EQ(*all[0].share, 0.015);
}

TEST(ExpectedFigures, APercentageBindsAtItsLimitInBothDirections) {
  const std::vector<ToleranceRule> rules{{"counters.cycles", {Kind::kPercent, 1.5}}};
  EXPECT_TRUE(moves(kBefore, with_cycles(1015), rules).empty());
  EXPECT_TRUE(moves(kBefore, with_cycles(985), rules).empty());
  EXPECT_EQ(moves(kBefore, with_cycles(1016), rules).size(), 1u);
  EXPECT_EQ(moves(kBefore, with_cycles(984), rules).size(), 1u);
}

TEST(ExpectedFigures, AnAbsoluteToleranceBindsAtItsLimitFromZeroToo) {
  const std::vector<ToleranceRule> rules{{"counters.faults", {Kind::kAbsolute, 2}}};
  Json now = kBefore;
  now["counters"]["faults"] = 2;
  EXPECT_TRUE(moves(kBefore, now, rules).empty());
  now["counters"]["faults"] = 3;
  const auto all = moves(kBefore, now, rules);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_FALSE(all[0].share);
}

TEST(ExpectedFigures, TheLongestPathDecides) {
  const std::vector<ToleranceRule> rules{
      {"counters.cycles", {}}, {"counters", {Kind::kPercent, 10}}, {"", {Kind::kAbsolute, 1}}};
  Json now = with_cycles(1001);
  now["counters"]["walks"] = 11;
  EXPECT_EQ(paths_of(moves(kBefore, now, rules)), std::vector<std::string>{"counters.cycles"});
}

TEST(ExpectedFigures, ATextIsExactWhateverIsAllowed) {
  Json now = kBefore;
  now["map_hash"] = "0x2";
  const auto all = moves(kBefore, now, {{"", {Kind::kPercent, 100}}});
  EXPECT_EQ(paths_of(all), std::vector<std::string>{"map_hash"});
}

TEST(ExpectedFigures, WhatIsNewOrGoneIsAMoveAndComesFirst) {
  Json now = {{"counters", {{"cycles", 2000}, {"walks", 10}, {"fences", 7}}}, {"map_hash", "0x1"}};
  const auto all = moves(kBefore, now, {{"", {Kind::kPercent, 1}}});
  EXPECT_EQ(paths_of(all),
            (std::vector<std::string>{"counters.faults", "counters.fences", "counters.cycles"}));
  EXPECT_FALSE(all[0].now);
  EXPECT_FALSE(all[1].before);
}

TEST(ExpectedFigures, SmallCountersDoNotLead) {
  Json now = with_cycles(2000);   // 1000 / sqrt(3000) = 18.3
  now["counters"]["walks"] = 30;  // 20 / sqrt(40) = 3.2, though three times as many
  EXPECT_EQ(paths_of(moves(kBefore, now, {})),
            (std::vector<std::string>{"counters.cycles", "counters.walks"}));
}

TEST(ExpectedFigures, AllButVersionAndMachineIsKept) {
  const Json kept = expected_of(sample_json(), {});
  EXPECT_FALSE(kept.contains("mmusim") || kept.contains("machine") || kept.contains("metrics"));
  for (const char* key : {"schema", "outcome", "trace", "options", "map_hash", "counters",
                          "cycle_stack", "latency_stack"}) {
    EXPECT_EQ(kept.at(key), sample_json().at(key)) << key;
  }
}

TEST(ExpectedFigures, ChosenPathsAreKeptWithWhatIsBelowThem) {
  const Json kept = expected_of(
      sample_json(), {"map_hash", "counters.mmu.stlb", "metrics.cpi", "metrics.translation_share"});
  EXPECT_EQ(kept.size(), 3u);
  EXPECT_EQ(kept["map_hash"], "0x0000000000001234");
  EXPECT_EQ(kept["counters"]["mmu"].size(), 1u);
  EXPECT_EQ(kept["counters"]["mmu"]["stlb"], sample_json()["counters"]["mmu"]["stlb"]);
  // 4000 cycles, 2000 instructions; 100 and 500 cycles of them in the STLB and for a PTE.
  EXPECT_EQ(kept["metrics"].dump().substr(0, 29), "{\"cpi\":2,\"translation_share\":");
}

TEST(ExpectedFigures, APathIsNotAboveALongerWord) {
  EXPECT_TRUE(is_below("a.b", "a"));
  EXPECT_TRUE(is_below("a", "a"));
  EXPECT_TRUE(is_below("a", ""));
  EXPECT_FALSE(is_below("ab.c", "a"));
  EXPECT_FALSE(is_below("a", "a.b"));
}

}  // namespace
}  // namespace mmu
