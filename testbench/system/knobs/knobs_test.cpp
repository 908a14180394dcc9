// Every knob binds: turning it changes a figure by the amount that was computed by hand.
#include <gtest/gtest.h>

#include <map>

#include "sim/presets/knob_table.hpp"
#include "testbench/system/knobs/knob_case.hpp"

namespace mmu::test {
namespace {

/// Knobs that change no figure, and why.
const std::map<std::string, std::string>& exempt() {
  static const std::map<std::string, std::string> kList = {
      {"name", "a text that results show"},
      {"note", "a text for readers"},
      {"os.quantum_instructions", "of several traces: ContextSwitch.ComesAfterAQuantum turns it"},
      {"source", "a text that machine list shows"},
      {"mmu.walker.model", "says what watches the walkers; a test of the command has it"},
      {"trust", "a text that machine list shows"},
  };
  return kList;
}

std::vector<KnobCase> all_cases() {
  std::vector<KnobCase> all;
  for (const auto& part :
       {core_knobs(), mmu_knobs(), prefetch_knobs(), cache_knobs(), dram_knobs(), os_knobs()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

TEST(Knobs, EveryKnobOfTheSchemaHasACase) {
  std::map<std::string, int> cases;
  for (const KnobCase& knob_case : all_cases()) ++cases[knob_case.path];
  for (const Knob& knob : knobs()) {
    const bool is_exempt = exempt().count(knob.path) != 0;
    EXPECT_EQ(cases.count(knob.path) + (is_exempt ? 1 : 0), 1u)
        << knob.path << (is_exempt ? " has a case and is exempt" : " has no case");
  }
}

TEST(Knobs, EveryCaseAndExemptionNamesAKnobOfTheSchema) {
  for (const KnobCase& knob_case : all_cases()) {
    EXPECT_NE(find_knob(knob_case.path), nullptr) << knob_case.path;
  }
  for (const auto& [path, reason] : exempt()) {
    EXPECT_NE(find_knob(path), nullptr) << path;
    EXPECT_FALSE(reason.empty());
  }
}

TEST(Knobs, TurningAKnobGivesTheComputedFigures) {
  for (const KnobCase& c : all_cases()) {
    EXPECT_EQ(c.figure(run(c, c.one)), c.gives_one) << c.path << " = " << c.one;
    EXPECT_EQ(c.figure(run(c, c.other)), c.gives_other) << c.path << " = " << c.other;
  }
}

TEST(Knobs, EveryKnobHasACaseInWhichItMakesADifference) {
  std::map<std::string, bool> differs;
  for (const KnobCase& c : all_cases()) {
    differs[c.path] = differs[c.path] || c.gives_one != c.gives_other;
  }
  for (const auto& [path, yes] : differs) EXPECT_TRUE(yes) << path;
}

}  // namespace
}  // namespace mmu::test
