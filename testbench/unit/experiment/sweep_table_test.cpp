#include "sim/experiment/sweep_table.hpp"

#include <gtest/gtest.h>

namespace mmu {
namespace {

/// Two traces x two machines; the first machine is the baseline.
SweepPlan two_by_two() {
  SweepPlan plan;
  plan.columns = {"trace", "machine"};
  plan.points = {{"p0", "", "", "", {}, {"x", "a"}, 0},
                 {"p1", "", "", "", {}, {"x", "b"}, 0},
                 {"p2", "", "", "", {}, {"y", "a"}, 2},
                 {"p3", "", "", "", {}, {"y", "b"}, 2}};
  return plan;
}

PointFigures point(std::uint64_t cycles, const std::string& map = "0x1") {
  PointFigures figures;
  figures.known = true;
  figures.cycles = cycles;
  figures.map_hash = map;
  return figures;
}

TEST(SweepTable, RanksByTheGeometricMeanOverTraces) {
  // b needs 50 % of a's cycles on x and 128 % on y: sqrt(0.5 * 1.28) = 0.8.
  const std::vector<PointFigures> figures{point(100), point(50), point(1000), point(1280)};
  EXPECT_EQ(ranking(two_by_two(), figures),
            "best first (geometric mean over 2 runs):\n"
            "machine  cycles of baseline\n"
            "b                   80.00 %\n"
            "a                  100.00 %  baseline\n");
}

TEST(SweepTable, AConfigurationWithoutAllItsRunsIsNotRanked) {
  std::vector<PointFigures> figures{point(100), point(50), point(1000), {}};
  const std::string text = ranking(two_by_two(), figures);
  EXPECT_NE(text.find("b                         -"), std::string::npos) << text;
  EXPECT_EQ(ranking(two_by_two(), std::vector<PointFigures>(4)), "");
}

TEST(SweepTable, ARowForEachPoint) {
  const std::vector<PointFigures> figures{point(100), point(50), point(1000), {}};
  const std::string text = sweep_table(two_by_two(), figures, {"done", "kept", "done", "failed"});
  EXPECT_NE(text.find("x      b            50      50.00 %"), std::string::npos) << text;
  EXPECT_NE(text.find("y      b             -            -"), std::string::npos) << text;
}

TEST(SweepTable, WarnsOfAnotherMap) {
  std::vector<PointFigures> figures{point(100), point(50), point(1000), point(1, "0x2")};
  EXPECT_EQ(map_warnings(two_by_two(), figures),
            std::vector<std::string>{"y: 1 point has another VA->PA map than the baseline, p3 "
                                     "the first: their cycles differ by more than the hardware"});
  figures[3].map_hash = "0x1";
  EXPECT_TRUE(map_warnings(two_by_two(), figures).empty());
}

TEST(SweepTable, CsvQuotesWhatHoldsACommaOrAQuote) {
  SweepPlan plan = two_by_two();
  plan.points.resize(2);
  plan.points[0].name = "trace=x,machine=a\"";
  const std::string text = sweep_csv(plan, {point(100), {}}, {"done", "failed"});
  EXPECT_EQ(text,
            "point,trace,machine,state,instructions,cycles,cycles_of_baseline,ipc,itlb_mpki,"
            "dtlb_mpki,stlb_mpki,walks,translation_share,map_hash\n"
            "\"trace=x,machine=a\"\"\",x,a,done,0,100,1.000000,0.000000,0.000000,0.000000,"
            "0.000000,0,0.000000,0x1\n"
            "p1,x,b,failed,,,,,,,,,,\n");
}

}  // namespace
}  // namespace mmu
