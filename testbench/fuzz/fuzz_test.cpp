// Random sequences of everything that software and accesses do to an MMU, held against the set of
// answers that are allowed. How many sequences, of how many events, from which seed on: the options
// --sequences N, --events N, --seed N; without them MMUSIM_SEQUENCES, MMUSIM_EVENTS, MMUSIM_SEED.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "testbench/fuzz/play.hpp"
#include "testbench/support/test_arguments.hpp"

namespace mmu::fuzz {
namespace {

/// The value of --name N; else of the environment; else `otherwise`.
std::uint64_t setting(const std::string& name, const char* variable, std::uint64_t otherwise) {
  const std::vector<std::string>& given = test::arguments();
  for (std::size_t i = 0; i + 1 < given.size(); i += 2) {
    if (given[i] == name) return std::stoull(given[i + 1]);
  }
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Settings {
  std::uint64_t first_seed = setting("--seed", "MMUSIM_SEED", 1);
  std::uint64_t sequences = setting("--sequences", "MMUSIM_SEQUENCES", 10'000);
  std::uint32_t events = static_cast<std::uint32_t>(setting("--events", "MMUSIM_EVENTS", 100));
};

/// What is wrong with the arguments; empty: nothing.
std::string bad_argument() {
  const std::vector<std::string>& given = test::arguments();
  for (std::size_t i = 0; i < given.size(); i += 2) {
    const std::string& name = given[i];
    if (name != "--seed" && name != "--sequences" && name != "--events") {
      return name + ": allowed are --seed N, --sequences N, --events N";
    }
    const std::string value = i + 1 < given.size() ? given[i + 1] : "";
    if (value.empty() || value.size() > 18 ||
        value.find_first_not_of("0123456789") != std::string::npos) {
      return name + " wants a number";
    }
  }
  return "";
}

std::string report(std::uint64_t seed, const Sequence& sequence) {
  const Sequence shortest = minimise(sequence);
  return "seed " + std::to_string(seed) + ": " + play(sequence).failure.value_or("") +
         "\nshortest that fails (" + std::to_string(shortest.events.size()) +
         " events): " + play(shortest).failure.value_or("") + "\n" + shortest.text() +
         "Again: fuzz_test --gtest_filter=Fuzz.* --sequences 1 --seed " + std::to_string(seed) +
         " --events " + std::to_string(sequence.events.size()) + "\n";
}

TEST(Fuzz, EveryAnswerIsOneThatTheFencesAllow) {
  ASSERT_EQ(bad_argument(), "");
  const Settings settings;
  const std::uint64_t sequences = settings.sequences, first = settings.first_seed;
  Played sum;
  int failed = 0;
  for (std::uint64_t seed = first; seed < first + sequences && failed < 3; ++seed) {
    const Sequence sequence = random_sequence(seed, settings.events);
    const Played played = play(sequence);
    sum.answers += played.answers;
    sum.faults += played.faults;
    sum.asked_again += played.asked_again;
    sum.walks += played.walks;
    sum.updates += played.updates;
    sum.retries += played.retries;
    sum.of_groups += played.of_groups;
    sum.of_giants += played.of_giants;
    sum.privileged += played.privileged;
    if (!played.failure) continue;
    ADD_FAILURE() << report(seed, sequence);
    ++failed;
  }
  std::cout << "from seed " << first << " on, " << sequences << " sequences of " << settings.events
            << " events: " << sum.answers << " answers, " << sum.faults << " faults, "
            << sum.asked_again << " asked again, " << sum.walks << " walks, " << sum.updates
            << " updates, " << sum.retries << " of them repeated; of groups " << sum.of_groups
            << ", of giant pages " << sum.of_giants << ", privileged " << sum.privileged << "\n";
  if (sequences < 1000) return;
  // The sequences reach what they are meant to reach.
  EXPECT_GT(sum.answers, sequences * settings.events / 4);
  EXPECT_GT(sum.faults, sum.answers / 20);
  EXPECT_GT(sum.asked_again, sequences / 10);
  EXPECT_GT(sum.retries, sequences / 1000);
  EXPECT_GT(sum.of_groups, sequences / 10);
  EXPECT_GT(sum.of_giants, sequences / 10);
  EXPECT_GT(sum.privileged, sum.answers / 10);
}

/// Sequences until the planted fault is found; then the shortest.
void expect_found(Plant plant, std::size_t at_most_events, const std::string& what) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    const Sequence sequence = random_sequence(seed, 100);
    const Played played = play(sequence, plant);
    if (!played.failure) continue;
    ASSERT_FALSE(play(sequence).failure) << "fails without the planted fault too";
    const Sequence shortest = minimise(sequence, plant);
    const Played again = play(shortest, plant);
    ASSERT_TRUE(again.failure);
    EXPECT_NE(again.failure->find(what), std::string::npos) << *again.failure;
    EXPECT_LE(shortest.events.size(), at_most_events) << shortest.text();
    return;
  }
  FAIL() << "not found in 500 sequences";
}

// A page mapped, used, changed, fenced, used; or a store less.
TEST(PlantedFault, ALostFenceIsFound) {
  expect_found(Plant::kLosesFencesOfPages, 6, "not an allowed");
}

TEST(PlantedFault, AWalkCacheThatSeesNoFencesIsFound) {
  expect_found(Plant::kWalkersSeeNoFences, 10, "not an allowed");
}

TEST(PlantedFault, AnUpdateThatDoesNotCompareIsFound) {
  expect_found(Plant::kComparesOldValue, 6, "changed since");
}

TEST(PlantedFault, ALostReplyIsFound) { expect_found(Plant::kLosesAReply, 4, "not answered"); }

TEST(PlantedFault, ASecondAnswerIsFound) { expect_found(Plant::kAnswersTwice, 8, "second answer"); }

TEST(PlantedFault, AnAccessWithoutTheRightIsFound) {
  expect_found(Plant::kIgnoresRights, 3, "not an allowed answer");
}

TEST(PlantedFault, AStateThatTakesEffectTooLateIsFound) {
  expect_found(Plant::kStaleState, 4, "allowed");
}

TEST(PlantedFault, AFenceThatForgetsGroupsIsFound) {
  expect_found(Plant::kForgetsGroups, 8, "not an allowed");
}

}  // namespace
}  // namespace mmu::fuzz
