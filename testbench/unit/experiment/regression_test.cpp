#include "sim/experiment/regression.hpp"

#include <gtest/gtest.h>

namespace mmu {
namespace {

const Json kBefore = {{"cycles", 1000}, {"walks", 1234567}};

std::vector<CaseReport> some_cases() {
  CaseReport failed;
  failed.name = "f";
  failed.verdict = CaseVerdict::kFailed;
  failed.status = 3;
  failed.message = "f.mmt: damaged";
  CaseReport unknown;
  unknown.name = "n";
  unknown.verdict = CaseVerdict::kNew;
  return {compare_case("same", kBefore, kBefore, {}),
          compare_case("little", kBefore, {{"cycles", 1001}, {"walks", 1234567}}, {}), unknown,
          compare_case("much", kBefore, {{"cycles", 900}, {"walks", 1234568}}, {}), failed};
}

TEST(Regression, SaysFirstWhatFailedThenWhatMovedMost) {
  EXPECT_EQ(regression_text(some_cases()),
            "failed  f: status 3: f.mmt: damaged\n"
            "moved   much: 2 of 2 figures\n"
            "  figure   expected        now    change  allowed\n"
            "  cycles      1,000        900  -10.00 %    exact\n"
            "  walks   1,234,567  1,234,568   +0.00 %    exact\n"
            "moved   little: 1 of 2 figures\n"
            "  figure  expected    now   change  allowed\n"
            "  cycles     1,000  1,001  +0.10 %    exact\n"
            "new     n: nothing to compare with; --accept records it\n"
            "passed  same\n"
            "5 cases, 1 passed, 2 moved, 1 new, 1 failed\n");
}

TEST(Regression, TheRestOfManyMovesIsCounted) {
  Json before, now;
  for (int i = 0; i < 23; ++i) {
    before["c" + std::to_string(i)] = 1;
    now["c" + std::to_string(i)] = 2;
  }
  const std::string text = regression_text({compare_case("many", before, now, {})});
  EXPECT_NE(text.find("(and 3 others; --json writes all)"), std::string::npos);
}

TEST(Regression, JsonHasEveryCaseAndMove) {
  const Json json = regression_json("s.toml", some_cases());
  EXPECT_EQ(json["suite"], "s.toml");
  EXPECT_EQ(json["counts"],
            Json({{"passed", 1}, {"moved", 2}, {"new", 1}, {"failed", 1}, {"not run", 0}}));
  const Json& much = json["cases"][3];
  EXPECT_EQ(much["verdict"], "moved");
  EXPECT_EQ(much["moved"][0]["figure"], "cycles");
  EXPECT_EQ(much["moved"][0]["expected"], 1000);
  EXPECT_EQ(much["moved"][0]["now"], 900);
  EXPECT_DOUBLE_EQ(much["moved"][0]["percent"].get<double>(), -10);
  EXPECT_EQ(json["cases"][4]["message"], "f.mmt: damaged");
}

}  // namespace
}  // namespace mmu
