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

// (A heap is shown only if there is one.)
TEST(Summary, HasNoHeapWithoutCalls) {
  EXPECT_EQ(summary_text(sample_json()).find("C library"), std::string::npos);
}

// 30 cycles of waiting, 400 of serving and 170 of system calls, of 4000 + 30 + 170.
RunResult run_with_costs() {
  RunResult run = sample_run();
  at(run.cycle_stack, Part::kFaultDrain) = 30;
  at(run.cycle_stack, Part::kSystemCall) = 170;
  run.os.frames_in_use = 100;
  run.os.resident_bytes = 409'600;
  run.os.resident_peak_bytes = 819'200;
  run.os.untouched_bytes = 102'400;
  run.os.table_bytes = 40'960;
  run.os.table_peak_bytes = 45'056;
  run.os.free_frames = 80;
  run.os.unusable_frames = 20;
  run.os.zeroed_bytes = 1'228'800;
  run.os.copied_bytes = 8'192;
  run.os.minor_faults = 5;
  run.os.stale_faults = 6;
  run.heap.malloc_calls = 5;
  run.heap.realloc_calls = 2;
  run.heap.free_calls = 3;
  run.heap.growing_calls = 1;
  run.heap.kernel_calls = 2;
  run.heap.requested_bytes = 900;
  run.heap.usable_bytes = 1'000;
  run.heap.inside_bytes = 100;
  run.heap.heap_bytes = 8'192;
  run.heap.mapped_bytes = 4'096;
  run.heap.outside_bytes = 3'072;
  run.heap.resident_bytes = 6'144;
  return run;
}

TEST(Figures, CyclesOfTheOperatingSystem) {
  const Json json = result_json(sample_subject(), run_with_costs());
  EXPECT_EQ(page_fault_cycles(json), 430u);
  EXPECT_EQ(system_call_cycles(json), 170u);
  EXPECT_DOUBLE_EQ(os_share(json), 570.0 / 4200);
}

TEST(Summary, ShowsWhatVirtualMemoryCosts) {
  const std::string text = summary_text(result_json(sample_subject(), run_with_costs()));
  for (const char* line :
       {"cost of virtual memory, bytes     at the end  at most                share\n",
        "  resident                           409,600  819,200\n",
        "  never touched, in larger pages     102,400           25.00 % of resident\n",
        "  page tables                         40,960   45,056  10.00 % of resident\n",
        "  free, unusable for large pages                           25.00 % of free\n",
        "  zeroed                           1,228,800\n",
        "  copied                               8,192\n",
        "                       5       0                 0      0      0      6\n",
        "                      600          430           170    1,200\n",
        "  of the run      14.29 %      10.24 %        4.05 %  28.57 %\n",
        "share of cycles in the operating system: 13.57 %\n",
        "                     7      3     1       0             2\n",
        "  rounded up         100           10.00 % of usable\n",
        "  held            12,288        0\n",
        "  not in use       3,072             25.00 % of held\n",
        "  resident         6,144             50.00 % of held\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
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
