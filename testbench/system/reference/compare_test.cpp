// The model against the independent reference, and against itself with run-ahead switched off,
// over random machines and programs. How many is set by MMUSIM_MACHINES and MMUSIM_ACCESSES
// (records of each program), the first one by MMUSIM_SEED. MMUSIM_LOG=1 prints what each access
// does in the reference.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <vector>

#include "sim/platform/simulate.hpp"
#include "testbench/reference/reference.hpp"
#include "testbench/support/random_machine.hpp"
#include "testbench/support/random_program.hpp"
#include "testbench/support/random_software.hpp"
#include "testbench/system/reference/difference.hpp"

namespace mmu {
namespace {

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

const std::uint64_t kMachines = setting("MMUSIM_MACHINES", 60);
const std::uint64_t kAccesses = setting("MMUSIM_ACCESSES", 3000);
const std::uint64_t kFirstSeed = setting("MMUSIM_SEED", 1);

struct ModelRun {
  RunResult result;
  std::vector<Cycle> completions;
};

/// Every other machine has fences from outside, in the midst of whatever is under way.
std::vector<TimedFence> fences_for(std::uint64_t seed) {
  test::RandomSource random(seed);
  std::vector<TimedFence> fences;
  const std::uint64_t longest = random.one_of({20U, 200U, 2000U});
  Cycle at = 0;
  while (seed % 2 == 0 && fences.size() < kAccesses / 5) {
    at += random.between(1, random.chance(50) ? 10 : longest);
    fences.push_back({at, test::random_fence(random, seed)});
  }
  return fences;
}

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

std::string how_to_repeat(std::uint64_t seed) {
  const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
  return "Again: MMUSIM_SEED=" + std::to_string(seed) +
         " MMUSIM_MACHINES=1 MMUSIM_ACCESSES=" + std::to_string(kAccesses) + " " +
         program_invocation_name + " --gtest_filter=" + test->test_suite_name() + "." +
         test->name() + "\n";
}

/// Empty if they are the same.
std::string first_difference(const std::vector<Cycle>& model, const std::vector<Cycle>& other) {
  for (std::size_t i = 0; i < model.size() && i < other.size(); ++i) {
    if (model[i] == other[i]) continue;
    return "  access " + std::to_string(i) + " completes in " + std::to_string(model[i]) +
           " against " + std::to_string(other[i]) + "\n";
  }
  std::string text;
  test::add_difference(text, "accesses completed", model.size(), other.size());
  return text;
}

/// Of everything that both kinds of result have.
template <class Other>
std::string differences(const RunResult& model, const Other& other,
                        const std::set<std::string_view>& except) {
  std::string text;
  test::add_differences(text, "cpu", model.cpu, other.cpu, except);
  test::add_differences(text, "itlb", model.itlb, other.itlb, except);
  test::add_differences(text, "dtlb", model.dtlb, other.dtlb, except);
  test::add_differences(text, "stlb", model.stlb, other.stlb, except);
  test::add_differences(text, "level3", model.level3, other.level3, except);
  test::add_differences(text, "level4", model.level4, other.level4, except);
  test::add_differences(text, "walker", model.walker, other.walker, except);
  test::add_differences(text, "prefetch", model.prefetch, other.prefetch);
  for (unsigned level = 0; level < kMaxLevels; ++level) {
    for (unsigned place = 0; place < kServedPlaces; ++place) {
      test::add_difference(
          text,
          "reads of level " + std::to_string(level) + " from " + std::string(kServedNames[place]),
          model.walker_detail.reads[level][place], other.walker_detail.reads[level][place]);
    }
  }
  test::add_differences(text, "l1i", model.l1i, other.l1i, except);
  test::add_differences(text, "l1d", model.l1d, other.l1d, except);
  test::add_differences(text, "l2", model.l2, other.l2, except);
  test::add_differences(text, "llc", model.llc, other.llc, except);
  test::add_differences(text, "dram", model.dram, other.dram, except);
  test::add_difference(text, "page faults served", model.os.page_faults, other.os.page_faults);
  test::add_difference(text, "map hash", model.map_hash, other.map_hash);
  test::add_differences(text, "latency stack", model.latency_stack, other.latency_stack);
  test::add_differences(text, "cycle stack", model.cycle_stack, other.cycle_stack);
  return text;
}

/// Calls fn(seed) for each machine, up to the fifth that fails.
template <class Fn>
void for_each_seed(Fn fn) {
  int failed = 0;
  for (std::uint64_t seed = kFirstSeed; seed < kFirstSeed + kMachines && failed < 5; ++seed) {
    if (!fn(seed)) ++failed;
  }
}

/// Once cycles differ most counters do: the first lines say enough.
std::string first_lines(const std::string& text, unsigned count) {
  std::size_t end = 0;
  while (count-- != 0 && end != std::string::npos) end = text.find('\n', end + 1);
  return end == std::string::npos ? text : text.substr(0, end) + "\n  ...\n";
}

bool expect_same(std::uint64_t seed, const std::string& all) {
  const std::string text = first_lines(all, kMachines == 1 ? 100 : 12);
  EXPECT_TRUE(text.empty()) << "machine " << seed << ":\n" << text << how_to_repeat(seed);
  return text.empty();
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
