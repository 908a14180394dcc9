// What the comparisons of random runs have in common: how many there are, their fences, and what
// differs.
#pragma once

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "sim/platform/simulate.hpp"
#include "testbench/support/random_software.hpp"
#include "testbench/system/reference/difference.hpp"

namespace mmu::test {

inline std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

inline const std::uint64_t kMachines = setting("MMUSIM_MACHINES", 60);
inline const std::uint64_t kAccesses = setting("MMUSIM_ACCESSES", 3000);
inline const std::uint64_t kFirstSeed = setting("MMUSIM_SEED", 1);

struct ModelRun {
  RunResult result;
  std::vector<Cycle> completions;
};

/// Every other machine has fences from outside, in the midst of whatever is under way.
inline std::vector<TimedFence> fences_for(std::uint64_t seed) {
  RandomSource random(seed);
  std::vector<TimedFence> fences;
  const std::uint64_t longest = random.one_of({20U, 200U, 2000U});
  Cycle at = 0;
  while (seed % 2 == 0 && fences.size() < kAccesses / 5) {
    at += random.between(1, random.chance(50) ? 10 : longest);
    fences.push_back({at, random_fence(random, seed)});
  }
  return fences;
}

inline std::string how_to_repeat(std::uint64_t seed) {
  const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
  return "Again: MMUSIM_SEED=" + std::to_string(seed) +
         " MMUSIM_MACHINES=1 MMUSIM_ACCESSES=" + std::to_string(kAccesses) + " " +
         program_invocation_name + " --gtest_filter=" + test->test_suite_name() + "." +
         test->name() + "\n";
}

/// Empty if they are the same.
inline std::string first_difference(const std::vector<Cycle>& model,
                                    const std::vector<Cycle>& other) {
  for (std::size_t i = 0; i < model.size() && i < other.size(); ++i) {
    if (model[i] == other[i]) continue;
    return "  access " + std::to_string(i) + " completes in " + std::to_string(model[i]) +
           " against " + std::to_string(other[i]) + "\n";
  }
  std::string text;
  add_difference(text, "accesses completed", model.size(), other.size());
  return text;
}

/// Of everything that both kinds of result have.
template <class Other>
std::string differences(const RunResult& model, const Other& other,
                        const std::set<std::string_view>& except) {
  std::string text;
  add_differences(text, "cpu", model.cpu, other.cpu, except);
  add_differences(text, "itlb", model.itlb, other.itlb, except);
  add_differences(text, "dtlb", model.dtlb, other.dtlb, except);
  add_differences(text, "l2_itlb", model.l2_itlb, other.l2_itlb, except);
  add_differences(text, "stlb", model.stlb, other.stlb, except);
  add_differences(text, "level3", model.level3, other.level3, except);
  add_differences(text, "level4", model.level4, other.level4, except);
  add_differences(text, "walker", model.walker, other.walker, except);
  add_differences(text, "prefetch", model.prefetch, other.prefetch);
  for (unsigned level = 0; level < kMaxLevels; ++level) {
    for (unsigned place = 0; place < kServedPlaces; ++place) {
      add_difference(
          text,
          "reads of level " + std::to_string(level) + " from " + std::string(kServedNames[place]),
          model.walker_detail.reads[level][place], other.walker_detail.reads[level][place]);
    }
  }
  add_differences(text, "l1i", model.l1i, other.l1i, except);
  add_differences(text, "l1d", model.l1d, other.l1d, except);
  add_differences(text, "l2", model.l2, other.l2, except);
  add_differences(text, "llc", model.llc, other.llc, except);
  add_differences(text, "dram", model.dram, other.dram, except);
  add_difference(text, "page faults served", model.os.page_faults, other.os.page_faults);
  add_difference(text, "map hash", model.map_hash, other.map_hash);
  add_differences(text, "latency stack", model.latency_stack, other.latency_stack);
  add_differences(text, "cycle stack", model.cycle_stack, other.cycle_stack);
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
inline std::string first_lines(const std::string& text, unsigned count) {
  std::size_t end = 0;
  while (count-- != 0 && end != std::string::npos) end = text.find('\n', end + 1);
  return end == std::string::npos ? text : text.substr(0, end) + "\n  ...\n";
}

inline bool expect_same(std::uint64_t seed, const std::string& all) {
  const std::string text = first_lines(all, kMachines == 1 ? 100 : 12);
  EXPECT_TRUE(text.empty()) << "machine " << seed << ":\n" << text << how_to_repeat(seed);
  return text.empty();
}

}  // namespace mmu::test
