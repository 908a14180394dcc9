// The model against the independent reference, and against itself with run-ahead switched off,
// over random machines and programs. How many is set by MMUSIM_MACHINES and MMUSIM_ACCESSES
// (records of each program), the first one by MMUSIM_SEED. MMUSIM_LOG=1 prints what each access
// does in the reference.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <vector>

#include "sim/platform/simulate.hpp"
#include "testbench/reference/reference.hpp"
#include "testbench/support/random_machine.hpp"
#include "testbench/support/random_program.hpp"
#include "testbench/support/random_software.hpp"
#include "testbench/system/reference/random_runs.hpp"

namespace mmu {
namespace {

using namespace test;

/// Two of three machines have software that switches ASIDs and the state of the core.
std::function<std::unique_ptr<TrapHandler>(TrapHandler&, const TranslationControl&)> software_for(
    std::uint64_t seed) {
  if (seed % 3 == 0) return {};
  return [seed](TrapHandler& software, const TranslationControl& control) {
    return std::make_unique<test::RandomSoftware>(software, control, seed);
  };
}

ModelRun run_model(std::uint64_t seed, bool run_ahead) {
  ModelRun run;
  RunOptions options;
  options.run_ahead = run_ahead;
  options.check = run_ahead;  // one of the two runs that must be the same
  options.fences = fences_for(seed);
  options.around_software = software_for(seed);
  options.observe = [&run](std::uint64_t, std::uint64_t completion) {
    run.completions.push_back(completion);
  };
  test::RandomProgram program(seed, kAccesses);
  run.result = simulate(test::random_machine(seed), program, options);
  return run;
}

reference::Result run_reference(std::uint64_t seed) {
  reference::Options options;
  for (const TimedFence& fence : fences_for(seed)) {
    options.fences.push_back({fence.cycle, fence.scope});
  }
  options.around_software = software_for(seed);
  if (std::getenv("MMUSIM_LOG") != nullptr) options.log = &std::cerr;
  test::RandomProgram program(seed, kAccesses);
  return reference::simulate(test::random_machine(seed), program, options);
}

TEST(RandomMachines, EveryAccessCompletesInTheCycleOfTheReference) {
  // How often a refused requester asks again is the model's own affair.
  const std::set<std::string_view> except = {"refused", "reads_refused"};
  for_each_seed([&](std::uint64_t seed) {
    const ModelRun model = run_model(seed, true);
    const reference::Result expected = run_reference(seed);
    std::string text;
    if (model.result.outcome != Outcome::kDone) text = "  " + model.result.message + "\n";
    text += first_difference(model.completions, expected.completions);
    text += differences(model.result, expected, except);
    return expect_same(seed, text);
  });
}

// What is never drawn is not compared.
TEST(RandomMachines, PrefetchesComeToEveryEnd) {
  PrefetchStats sum;
  for (std::uint64_t seed = kFirstSeed; seed < kFirstSeed + kMachines; ++seed) {
    const ModelRun model = run_model(seed, true);
    for_each_field(model.result.prefetch,
                   [&](const auto& field, std::uint64_t value) { sum.*(field.member) += value; });
  }
  if (kMachines < 60) return;
  for_each_field(
      sum, [](const auto& field, std::uint64_t value) { EXPECT_NE(value, 0u) << field.name; });
}

TEST(RandomMachines, RunningAheadChangesNoCounter) {
  for_each_seed([&](std::uint64_t seed) {
    const ModelRun ahead = run_model(seed, true);
    const ModelRun yielding = run_model(seed, false);
    std::string text = first_difference(ahead.completions, yielding.completions) +
                       differences(ahead.result, yielding.result, {});
    test::add_difference(text, "memory blocks", ahead.result.memory_blocks,
                         yielding.result.memory_blocks);
    if (ahead.result.message != yielding.result.message) text += "  " + ahead.result.message;
    return expect_same(seed, text);
  });
}

}  // namespace
}  // namespace mmu
