// Random sequences of everything that software and accesses do to an MMU, held against the set of
// answers that are allowed. How many is set by MMUSIM_SEQUENCES and MMUSIM_EVENTS (of each), the
// first one by MMUSIM_SEED.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "testbench/fuzz/play.hpp"

namespace mmu::fuzz {
namespace {

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

const std::uint64_t kSequences = setting("MMUSIM_SEQUENCES", 10'000);
const std::uint64_t kFirstSeed = setting("MMUSIM_SEED", 1);
const auto kEvents = static_cast<std::uint32_t>(setting("MMUSIM_EVENTS", 100));

std::string report(std::uint64_t seed, const Sequence& sequence) {
  const Sequence shortest = minimise(sequence);
  return "seed " + std::to_string(seed) + ": " + play(sequence).failure.value_or("") +
         "\nshortest that fails (" + std::to_string(shortest.events.size()) +
         " events): " + play(shortest).failure.value_or("") + "\n" + shortest.text() +
         "Again: MMUSIM_SEED=" + std::to_string(seed) +
         " MMUSIM_SEQUENCES=1 MMUSIM_EVENTS=" + std::to_string(kEvents) + "\n";
}

TEST(Fuzz, EveryAnswerIsOneThatTheFencesAllow) {
  Played sum;
  int failed = 0;
  for (std::uint64_t seed = kFirstSeed; seed < kFirstSeed + kSequences && failed < 3; ++seed) {
    const Sequence sequence = random_sequence(seed, kEvents);
    const Played played = play(sequence);
    sum.answers += played.answers;
    sum.faults += played.faults;
    sum.asked_again += played.asked_again;
    sum.walks += played.walks;
    sum.updates += played.updates;
    sum.retries += played.retries;
    if (!played.failure) continue;
    ADD_FAILURE() << report(seed, sequence);
    ++failed;
  }
  std::cout << kSequences << " sequences: " << sum.answers << " answers, " << sum.faults
            << " faults, " << sum.asked_again << " asked again, " << sum.walks << " walks, "
            << sum.updates << " updates, " << sum.retries << " of them repeated\n";
  if (kSequences < 1000) return;
  // The sequences reach what they are meant to reach.
  EXPECT_GT(sum.answers, kSequences * kEvents / 4);
  EXPECT_GT(sum.faults, sum.answers / 20);
  EXPECT_GT(sum.asked_again, kSequences / 10);
  EXPECT_GT(sum.retries, kSequences / 1000);
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

}  // namespace
}  // namespace mmu::fuzz
