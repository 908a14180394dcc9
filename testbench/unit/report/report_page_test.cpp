#include "sim/report/report_page.hpp"

#include <gtest/gtest.h>

#include "sim/report/report_data.hpp"
#include "testbench/unit/command/sample_result.hpp"

namespace mmu {
namespace {

ComparisonSet two() {
  Json other = sample_json();
  other["machine"]["mmu"]["stlb"]["entries"] = 192;
  ComparisonSet set;
  set.machines = {{"a", sample_json()["machine"]}, {"b", other["machine"]}};
  set.runs = {"</script><b>x"};
  set.entries = {{{"base", sample_json()}, "", 0, 0, 0}, {{"small", other}, "", 1, 0, 0}};
  return set;
}

TEST(ReportPage, HoldsAllThatItNeeds) {
  const std::string page = report_page(two());
  for (const char* mark : {"@STYLE@", "@DATA@", "@ECHARTS@", "@SCRIPT@"}) {
    EXPECT_EQ(page.find(mark), std::string::npos) << mark;
  }
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(page.find("drawPareto"), std::string::npos);
}

TEST(ReportPage, NothingInTheDataEndsTheScriptElement) {
  const std::string page = report_page(two());
  EXPECT_EQ(page.find("</script><b>x"), std::string::npos);
  EXPECT_NE(page.find("\\u003c/script>\\u003cb>x"), std::string::npos);
}

TEST(ReportData, SumsUpEntriesAndFindsWhatVaries) {
  const Json data = report_data(two());
  // 64 + 64 + 1536, and 1344 fewer; 10 misses of the last level in 2000 instructions.
  EXPECT_EQ(data["results"][0]["entries"], 1664);
  EXPECT_EQ(data["results"][1]["entries"], 320);
  EXPECT_EQ(data["results"][0]["last_mpki"], 5);
  EXPECT_EQ(data["axes"], Json({{"mmu.stlb.entries", {"1536", "192"}}}));
  EXPECT_EQ(data["results"][1]["axes"]["mmu.stlb.entries"], "192");
  // 100 and 500 of 4000 cycles, in 2000 instructions.
  EXPECT_EQ(data["results"][0]["groups"]["TLB look-ups"], 0.05);
  EXPECT_EQ(data["results"][0]["groups"]["page walks"], 0.25);
}

TEST(ReportData, WithoutSecondLevelsTheFirstOnesAreTheLast) {
  ComparisonSet set = two();
  for (ComparisonSet::Entry& entry : set.entries) {
    entry.result.json["machine"]["mmu"]["stlb"]["entries"] = 0;
  }
  EXPECT_EQ(report_data(set)["results"][0]["last_mpki"], 15);  // ITLB 0, DTLB 30 in 2000
}

}  // namespace
}  // namespace mmu
