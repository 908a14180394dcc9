#include "sim/result/figures.hpp"

#include <gtest/gtest.h>

#include "sim/result/summary.hpp"
#include "sim/result/text_table.hpp"
#include "testbench/unit/command/sample_result.hpp"

namespace mmu {
namespace {

TEST(Figures, AreDerivedFromTheCounters) {
  const Json json = sample_json();
  EXPECT_DOUBLE_EQ(ipc(json), 0.5);  // 2000 / 4000
  EXPECT_DOUBLE_EQ(cpi(json), 2.0);
  EXPECT_DOUBLE_EQ(tlb_mpki(json, "dtlb"), 15.0);  // 30 in 2000
  EXPECT_DOUBLE_EQ(tlb_mpki(json, "stlb"), 5.0);
  EXPECT_EQ(stack_sum(json, "cycle_stack"), 4000u);
  // STLB and PTE reads are translation; issue and the OS's work are not: 100 + 500 of 4000
  EXPECT_EQ(translation_cycles(json, "cycle_stack"), 600u);
  EXPECT_DOUBLE_EQ(translation_share(json), 0.15);
}

// Of 8 walks 5 were for prefetches, of which 3 were asked for: 3 walks on demand were left.
RunResult run_with_prefetches() {
  RunResult run = sample_run();
  run.walker.walks = 8;
  run.prefetch.triggers = 6;
  run.prefetch.walks = 5;
  run.prefetch.dropped = 1;
  run.prefetch.late = 1;
  run.prefetch.hits = 2;
  return run;
}

TEST(Figures, AccuracyAndCoverageOfPrefetches) {
  const Json json = result_json(sample_subject(), run_with_prefetches());
  EXPECT_DOUBLE_EQ(prefetch_accuracy(json), 3.0 / 5);
  EXPECT_DOUBLE_EQ(prefetch_coverage(json), 3.0 / 6);
}

TEST(Summary, ShowsPrefetchesIfThereAreAny) {
  EXPECT_EQ(summary_text(sample_json()).find("prefetch"), std::string::npos);
  const std::string text = summary_text(result_json(sample_subject(), run_with_prefetches()));
  EXPECT_NE(text.find("TLB prefetches  walks  used  late  dropped  accuracy  coverage\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("5     2     1        1   60.00 %   50.00 %\n"), std::string::npos) << text;
}

TEST(Figures, AreZeroWhereThereIsNothing) {
  const Json json = result_json(sample_subject(), RunResult());
  EXPECT_EQ(ipc(json), 0);
  EXPECT_EQ(translation_share(json), 0);
  EXPECT_EQ(prefetch_accuracy(json), 0);
  EXPECT_EQ(prefetch_coverage(json), 0);
}

TEST(Summary, ShowsFiguresAndStacksWithoutEmptyParts) {
  const std::string text = summary_text(sample_json());
  for (const char* line :
       {"trace    tiny.mmt  (tiny --fast)\n", "  IPC                  0.5000\n",
        "dtlb     1,000   970      30       0   97.00 %  15.000\n",
        "itlb         0     0       0       0         -   0.000\n",
        "  cycles      54.5   54   58   59   59\n",
        "  level 0             0   0    0       9    9\n",
        "  pte_level0_memory           500   12.5            0    0.0\n",
        "  sum                       4,000  100.0        6,000  100.0\n",
        "share of cycles due to translation: 15.00 %\n", "VA->PA map: 0x0000000000001234\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
  EXPECT_EQ(text.find("walker_queue"), std::string::npos);
  EXPECT_EQ(text.find("PARTIAL"), std::string::npos);
}

TEST(Summary, SaysThatAResultIsPartial) {
  RunResult run = sample_run();
  run.outcome = Outcome::kSimulatedError;
  run.message = "segmentation fault";
  const std::string text = summary_text(result_json(sample_subject(), run));
  EXPECT_NE(text.find("PARTIAL  simulated-error: segmentation fault\n"), std::string::npos);
}

TEST(Summary, CountsAreasMadeOnTouch) {
  RunSubject subject = sample_subject();
  subject.options.map_on_touch = true;
  RunResult run = sample_run();
  run.os.areas_on_touch = 17;
  EXPECT_NE(summary_text(result_json(subject, run)).find("areas made on touch: 17\n"),
            std::string::npos);
}

TEST(TextTable, AlignsTheFirstColumnLeftAndTheOthersRight) {
  TextTable table({"a", "number"});
  table.add({"long name", "1"});
  EXPECT_EQ(table.text(1), " a          number\n long name       1\n");
}

TEST(TextTable, GroupsDigits) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(1234567890), "1,234,567,890");
}

}  // namespace
}  // namespace mmu
