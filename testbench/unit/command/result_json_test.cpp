#include "sim/result/result_json.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "sim/presets/knob_table.hpp"
#include "sim/result/intervals.hpp"
#include "sim/result/result_file.hpp"
#include "sim/result/walk_latency.hpp"
#include "testbench/support/project_file.hpp"
#include "testbench/unit/command/sample_result.hpp"

namespace mmu {
namespace {

TEST(ResultJson, HasItsKeysInOrder) {
  const Json json = sample_json();
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  EXPECT_EQ(keys,
            (std::vector<std::string>{"schema", "mmusim", "outcome", "message", "partial", "seed",
                                      "trace", "options", "before", "machine", "map_hash",
                                      "counters", "cycle_stack", "latency_stack"}));
}

TEST(ResultJson, HoldsEveryCounterByItsPath) {
  const Json json = sample_json();
  EXPECT_EQ(number_at(json, "counters.cpu.cycles"), 4000u);
  EXPECT_EQ(number_at(json, "counters.mmu.dtlb.misses"), 30u);
  EXPECT_EQ(number_at(json, "counters.mmu.walker.walks"), 10u);
  EXPECT_EQ(number_at(json, "counters.mmu.walker.pte_reads.level0.memory"), 9u);
  EXPECT_EQ(number_at(json, "counters.mmu.walker.pte_reads.level1.l2"), 3u);
  EXPECT_EQ(number_at(json, "counters.os.page_faults"), 4u);
  EXPECT_EQ(number_at(json, "counters.os.free_blocks.order3"), 6u);
  EXPECT_TRUE(json.at("counters").at("cache").contains("llc"));
  EXPECT_TRUE(json.at("counters").contains("dram"));
  EXPECT_EQ(json.at("cycle_stack").size(), std::size_t{kParts});
  EXPECT_EQ(number_at(json, "cycle_stack.pte_level0_memory"), 500u);
  EXPECT_EQ(json.at("map_hash"), "0x0000000000001234");
}

TEST(ResultJson, WalkLatencyIsExact) {
  // 50, 51 .. 59: the 5th, 9th and 10th of ten; mean 54.5
  const Json json = sample_json();
  const Json& latency = json.at("counters").at("mmu").at("walker").at("latency");
  EXPECT_EQ(latency.at("p50"), 54);
  EXPECT_EQ(latency.at("p90"), 58);
  EXPECT_EQ(latency.at("p99"), 59);
  EXPECT_EQ(latency.at("max"), 59);
  EXPECT_EQ(latency.at("mean"), 54.5);
  EXPECT_EQ(latency.at("sum"), 545);
}

TEST(ResultJson, HoldsEveryKnobOfTheMachine) {
  const Json json = machine_json(MachineParams());
  EXPECT_EQ(number_at(json, "mmu.stlb.entries"), 1536u);
  EXPECT_EQ(json.at("mmu").at("ad_update"), "hardware");
  EXPECT_EQ(json.at("os").at("huge_pages"), false);
  EXPECT_EQ(json.flatten().size(), knobs().size());
}

TEST(ResultJson, IsTheSameInWhateverFolderTheTraceLies) {
  RunSubject here = sample_subject(), there = sample_subject();
  there.trace_path = "tiny.mmt";
  RunResult run = sample_run();
  run.outcome = Outcome::kInputError;
  run.message = "/some/folder/tiny.mmt: block 3 is damaged";
  const Json json = result_json(here, run);
  EXPECT_EQ(json.at("message"), "tiny.mmt: block 3 is damaged");
  run.message = "tiny.mmt: block 3 is damaged";
  EXPECT_EQ(json.dump(), result_json(there, run).dump());
}

TEST(ResultJson, DoesNotTellHowTheRunWasCarriedOut) {
  RunSubject subject = sample_subject();
  RunResult run = sample_run();
  const std::string before = result_json(subject, run).dump();
  subject.options.run_ahead = false;
  run.timeline.wakes = 99;
  EXPECT_EQ(result_json(subject, run).dump(), before);
}

TEST(ResultJson, SaysHowARunEnded) {
  RunResult run = sample_run();
  run.outcome = Outcome::kInterrupted;
  const Json json = result_json(sample_subject(), run);
  EXPECT_EQ(json.at("outcome"), "interrupted");
  EXPECT_EQ(json.at("partial"), true);
  EXPECT_EQ(sample_json().at("partial"), false);
}

TEST(ResultJson, EveryCounterIsInTheDocumentation) {
  std::ifstream in(project_file("docs/results.md"));
  std::stringstream text;
  text << in.rdbuf();
  const Json json = sample_json();
  for (const NamedNumber& counter : all_numbers(json.at("counters"))) {
    if (counter.path.find("pte_reads.") != std::string::npos) continue;  // level x place: as a rule
    const std::string name = counter.path.substr(counter.path.rfind('.') + 1);
    EXPECT_NE(text.str().find("`" + name + "`"), std::string::npos) << counter.path;
  }
}

TEST(Intervals, TellWhatHappenedBetweenTotals) {
  Interval first, second;
  first.instructions = 100;
  first.cycles = 250;
  first.stlb_misses = 3;
  second.instructions = 200;
  second.cycles = 300;
  second.stlb_misses = 4;
  EXPECT_EQ(intervals_csv({first, second}),
            "end_instructions,end_cycles,instructions,cycles,accesses,itlb_misses,dtlb_misses,"
            "stlb_misses,walks,walk_cycles,page_faults\n"
            "100,250,100,250,0,0,0,3,0,0,0\n"
            "200,300,100,50,0,0,0,1,0,0,0\n");
}

TEST(WalkLatency, TellsTheCyclesOfEachPercent) {
  Histogram latency;
  for (std::uint64_t cycles = 1; cycles <= 200; ++cycles) latency.add(10 * cycles);
  const std::string text = walk_latency_csv(latency);
  // 1 % of 200 are 2 walks; all are 200.
  EXPECT_EQ(text.find("percent,cycles\n1,20\n2,40\n"), 0u) << text;
  EXPECT_NE(text.find("\n99,1980\n100,2000\n"), std::string::npos) << text;
  EXPECT_EQ(walk_latency_csv(Histogram{}), "percent,cycles\n");
}

}  // namespace
}  // namespace mmu
