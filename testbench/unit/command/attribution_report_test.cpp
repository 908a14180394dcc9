#include "sim/result/attribution_report.hpp"

#include <gtest/gtest.h>

#include "testbench/unit/command/sample_result.hpp"

namespace mmu {
namespace {

/// Two instructions by name, two others; two areas and what lies in none.
Attribution sample() {
  Attribution a;
  a.top = {{0x401000, {0, 20, 6, 7, 0, 300}}, {0x401020, {4, 0, 2, 2, 60, 0}}};
  a.other_instructions = 2;
  a.others = {0, 10, 1, 1, 0, 40};
  a.areas = {{0, 0, "", "[no area]", {0, 1, 1, 1, 0, 10}},
             {0x400000, 0x402000, "r-xp", "[image]", {4, 0, 2, 2, 60, 0}},
             {0x800000, 0x805000, "rw-p", "", {0, 29, 6, 7, 0, 330}}};
  return a;
}

TEST(AttributionReport, TellsTheCostliestFirst) {
  EXPECT_EQ(attribution_text(sample()), R"(
translation by instruction  ITLB misses  DTLB misses  STLB misses  walks  walk cycles     %
  0x401000                            0           20            6      7          300  75.0
  0x401020                            4            0            2      2           60  15.0
  2 others                            0           10            1      1           40  10.0

translation by area               ITLB misses  DTLB misses  STLB misses  walks  walk cycles     %
  800000-805000 rw-p [anonymous]            0           29            6      7          330  82.5
  400000-402000 r-xp [image]                4            0            2      2           60  15.0
  [no area]                                 0            1            1      1           10   2.5
)");
}

TEST(AttributionReport, ShowsTenRowsAndAddsUpTheOthers) {
  Attribution a;
  for (std::uint64_t i = 0; i < 13; ++i) {
    a.top.push_back({0x1000 + i, {0, 1, 0, 0, 0, 0}});
    a.areas.push_back({0x1000 * i, 0x1000 * i + 0x1000, "rw-p", "", {0, 1, 0, 0, 0, 0}});
  }
  a.other_instructions = 5;
  a.others.dtlb_misses = 50;
  const std::string text = attribution_text(a);
  EXPECT_NE(text.find("  8 others"), std::string::npos) << text;
  EXPECT_NE(text.find("  3 others"), std::string::npos) << text;
  EXPECT_NE(text.find(" 53 "), std::string::npos) << text;
  EXPECT_EQ(text.find("0x100a"), std::string::npos) << text;
}

TEST(AttributionReport, HasAColumnForEachFurtherLevelThatTheMachineHas) {
  Attribution a = sample();
  a.top[1].cost.level3_misses = a.areas[1].cost.level3_misses = 3;
  const std::string text = attribution_text(a);
  EXPECT_NE(text.find("DTLB misses  STLB misses  level3 misses  walks  walk cycles     %\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("           2              3      2           60  15.0\n"), std::string::npos)
      << text;
  RunSubject subject = sample_subject();
  subject.machine.mmu.level3.entries = 4096;
  const Json json = attribution_json(subject, a);
  EXPECT_EQ(json.at("top_instructions").at(1).at("level3_misses"), 3);
  EXPECT_EQ(json.at("all").at("level3_misses"), 3);
  EXPECT_FALSE(json.at("all").contains("level4_misses"));
}

TEST(AttributionReport, HasAColumnForAnL2Itlb) {
  Attribution a = sample();
  a.top[1].cost.l2_itlb_misses = a.areas[1].cost.l2_itlb_misses = 4;
  const std::string text = attribution_text(a);
  EXPECT_NE(text.find("DTLB misses  L2 ITLB misses  STLB misses  walks  walk cycles     %\n"),
            std::string::npos)
      << text;
  RunSubject subject = sample_subject();
  EXPECT_FALSE(attribution_json(subject, a).at("all").contains("l2_itlb_misses"));
  subject.machine.mmu.second_level = MmuParams::SecondLevel::kSplit;
  EXPECT_EQ(attribution_json(subject, a).at("all").at("l2_itlb_misses"), 4);
}

TEST(AttributionReport, SaysThatATraceHasNoFetches) {
  Attribution a = sample();
  a.top = {{InstructionCost::kUnknown, a.sum_of_areas()}};
  EXPECT_EQ(attribution_text(a).find(
                "\ntranslation by instruction: the trace has no fetch records\n\ntranslation by"),
            0u);
  EXPECT_EQ(attribution_json(sample_subject(), a).at("instructions_known"), false);
}

TEST(AttributionReport, IsEmptyWhereNothingHasMissed) { EXPECT_EQ(attribution_text({}), ""); }

TEST(AttributionReport, AsADocumentHasEveryRow) {
  const Json json = attribution_json(sample_subject(), sample());
  EXPECT_EQ(json.at("trace"), "tiny.mmt");
  EXPECT_EQ(json.at("machine"), "sample");
  EXPECT_EQ(json.at("all").at("dtlb_misses"), 30);
  EXPECT_EQ(json.at("instructions_known"), true);
  EXPECT_EQ(json.at("top_instructions").at(1).dump(),
            R"({"address":"0x401020","itlb_misses":4,"dtlb_misses":0,"stlb_misses":2,"walks":2,)"
            R"("itlb_walk_cycles":60,"dtlb_walk_cycles":0})");
  EXPECT_EQ(json.at("other_instructions").at("addresses"), 2);
  EXPECT_EQ(json.at("other_instructions").at("dtlb_walk_cycles"), 40);
  EXPECT_EQ(json.at("areas").at(1).at("start"), "0x400000");
  EXPECT_EQ(json.at("areas").at(1).at("end"), "0x402000");
  EXPECT_EQ(json.at("areas").size(), 3u);
}

}  // namespace
}  // namespace mmu
