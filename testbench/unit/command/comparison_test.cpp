#include "sim/result/comparison.hpp"

#include <gtest/gtest.h>

#include "testbench/unit/command/sample_result.hpp"

namespace mmu {
namespace {

/// The sample with a smaller STLB: 800 cycles more, 600 of them in level-0 reads from memory.
NamedResult small_stlb() {
  RunSubject subject = sample_subject();
  subject.machine.mmu.stlb.entries = 192;
  RunResult run = sample_run();
  run.cpu.cycles = 4800;
  run.stlb.misses = 25;
  at(run.cycle_stack, Part::kStlb) = 300;                    // + 200
  at(run.cycle_stack, pte_part(0, Served::kMemory)) = 1100;  // + 600
  return {"small", result_json(subject, run)};
}
NamedResult base() { return {"base", sample_json()}; }

void expect_line(const std::string& text, const std::string& line) {
  EXPECT_NE(text.find(line), std::string::npos) << line << "\nis not in\n" << text;
}

TEST(Comparison, NamesThePartThatIsResponsible) {
  const std::string text = comparison_text({base(), small_stlb()});
  // 4800 / 4000: 20 % more; 600 of 800: 75 %
  expect_line(text,
              "B needs 20.00 % more cycles an instruction than A; responsible above all: "
              "page walks, 75 % of the difference.\n");
  // In 1000 instructions: 250 -> 550, of 2000 in all.
  expect_line(text, "    pte_level0_memory         250.00   550.00  +300.00       +15.00 %\n");
  expect_line(text, "    stlb                       50.00   150.00  +100.00        +5.00 %\n");
  expect_line(text, "  page walks                  250.00   550.00  +300.00       +15.00 %\n");
  expect_line(text, "  TLB look-ups                 50.00   150.00  +100.00        +5.00 %\n");
  expect_line(text, "  all                        2000.00  2400.00  +400.00       +20.00 %\n");
}

TEST(Comparison, ListsDifferencesOfConfigurationAndCounters) {
  const std::string text = comparison_text({base(), small_stlb()});
  expect_line(text, "  mmu.stlb.entries  1536  192\n");
  EXPECT_EQ(text.find("mmu.dtlb.entries"), std::string::npos);
  expect_line(text, "  mmu.stlb.misses             10     25  +150.0 %\n");
  EXPECT_EQ(text.find("warning"), std::string::npos) << text;
}

TEST(Comparison, ShowsFurtherLevelsIfOneMachineHasThem) {
  EXPECT_EQ(comparison_text({base(), base()}).find("level3 MPKI"), std::string::npos);
  RunSubject subject = sample_subject();
  subject.machine.mmu.level3.entries = 4096;
  RunResult run = sample_run();
  run.level3.misses = 5;
  const NamedResult three{"three", result_json(subject, run)};
  const std::string text = comparison_text({base(), three});
  expect_line(text, "  level3 MPKI              -    2.500\n");  // 5 in 2000 instructions
  EXPECT_EQ(text.find("level4 MPKI"), std::string::npos);
  expect_line(text, "  mmu.level3.misses        0  5     new\n");
}

TEST(Comparison, LessIsFewer) {
  // 4000 / 4800 = 0.8333
  expect_line(comparison_text({small_stlb(), base()}),
              "B needs 16.67 % fewer cycles an instruction than A; responsible above all: "
              "page walks, 75 % of the difference.\n");
}

TEST(Comparison, SaysWhenNothingDiffers) {
  const std::string text = comparison_text({base(), base()});
  expect_line(text, "configuration: the same\n");
  expect_line(text, "B needs as many cycles an instruction as A.\n");
  expect_line(text, "counters: the same\n");
}

TEST(Comparison, WarnsOfOtherTraces) {
  NamedResult other = base();
  other.json["trace"]["hash"] = "0x0000000000000001";
  expect_line(comparison_text({base(), other}),
              "warning: the traces differ: tiny.mmt against tiny.mmt, hash 0x0000000000abcdef "
              "against 0x0000000000000001\n");
}

TEST(Comparison, WarnsOfOtherMapsAndOfPartialResults) {
  NamedResult other = base();
  other.label = "cut";
  other.json["map_hash"] = "0x0000000000000002";
  other.json["partial"] = true;
  other.json["outcome"] = "interrupted";
  const std::string text = comparison_text({base(), other});
  expect_line(text,
              "warning: the VA->PA maps differ: 0x0000000000001234 against 0x0000000000000002;");
  expect_line(text, "warning: cut is partial (interrupted)\n");
}

}  // namespace
}  // namespace mmu
