// The vectors in vectors/ against the walk automaton, the timed model, and the timed model with
// every cache on. How many there are is written out, so that a file cut short is seen.
#include <gtest/gtest.h>

#include <unistd.h>

#include <fstream>
#include <string>

#include "hw/arch/errors.hpp"
#include "sim/translate/run_vectors.hpp"
#include "testbench/support/project_file.hpp"

namespace mmu {
namespace {

struct File {
  const char* name;
  std::uint64_t vectors;
};
constexpr File kFiles[] = {{"sv32", 2451},      {"sv39", 3101},       {"sv48", 3156},
                           {"sv57", 3122},      {"x86_4level", 1761}, {"x86_5level", 1816},
                           {"aarch64_s1", 1758}};

std::string path_of(const std::string& name) {
  return project_file("testbench/conformance/vectors/" + name + ".jsonl.zst");
}

void expect_all(const VectorTally& tally, std::uint64_t vectors) {
  EXPECT_EQ(tally.passed, vectors);
  EXPECT_EQ(tally.failed, 0u);
  for (const std::string& difference : tally.first_differences) ADD_FAILURE() << difference;
}

class Vectors : public testing::TestWithParam<File> {};
INSTANTIATE_TEST_SUITE_P(Files, Vectors, testing::ValuesIn(kFiles),
                         [](const auto& param) { return std::string(param.param.name); });

TEST_P(Vectors, PassInTheWalkAutomaton) {
  expect_all(run_vectors_automaton(path_of(GetParam().name)), GetParam().vectors);
}

TEST_P(Vectors, PassInTheTimedModelWithoutCaches) {
  expect_all(run_vectors_timed(path_of(GetParam().name)), GetParam().vectors);
}

// Every policy with every organisation of the walk cache; each policy and each organisation with 1
// and with 4 walkers.
TEST_P(Vectors, PassWithSharedTlbsAndWalkCachesForEveryPolicyAndWalkers) {
  for (unsigned policy = 0; policy < std::size(kReplacementNames); ++policy) {
    for (unsigned kind = 0; kind < std::size(WalkCacheParams::kOrganisationNames); ++kind) {
      MmuParams params = small_mmu();
      params.walker.count = (policy + kind) % 2 == 0 ? 1 : 4;
      params.itlb.replacement = params.dtlb.replacement = params.stlb.replacement =
          params.walk_cache.replacement = static_cast<Replacement>(policy);
      params.walk_cache.organisation = static_cast<WalkCacheParams::Organisation>(kind);
      params.walk_cache.level1 = params.walk_cache.level2 = {4, 2};
      params.walk_cache.level3 = params.walk_cache.level4 = {2, 0};
      params.walk_cache.shared = {8, 4};
      SCOPED_TRACE(std::to_string(params.walker.count) + " walkers, " +
                   std::string(kReplacementNames[policy]) + ", walk cache " +
                   std::string(WalkCacheParams::kOrganisationNames[kind]));
      expect_all(run_vectors_shared(path_of(GetParam().name), params), GetParam().vectors);
    }
  }
}

/// A file of this test's own with one line.
std::string file_with(const std::string& line) {
  std::string path = testing::TempDir() + "vectors_" + std::to_string(::getpid()) + ".jsonl";
  std::ofstream(path) << line << '\n';
  return path;
}

std::string message_of(const std::string& path) {
  try {
    run_vectors_automaton(path);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(VectorFiles, TwoStageVectorsAreRefusedWithAWord) {
  const std::string message = message_of(path_of("twostage"));
  EXPECT_NE(message.find("two-stage"), std::string::npos) << message;
  EXPECT_NE(message.find(".zst:1:"), std::string::npos) << message;
}

TEST(VectorFiles, WhatIsNoVectorIsNamedWithItsLine) {
  EXPECT_NE(message_of(file_with(R"({"id":"a")")).find(".jsonl:1:"), std::string::npos);
  const std::string missing = message_of(file_with(R"({"id":"a"})"));
  EXPECT_NE(missing.find("\"kind\" is missing"), std::string::npos) << missing;
}

// A model that agrees with everything would pass too: each field, falsified, is a failure.
TEST(VectorFiles, EveryFalsifiedFieldIsFound) {
  const std::string vector =
      R"({"id":"x","kind":"k","mode":"sv39","svnapot":0,"svpbmt":1,"root_ppn":"0x80000",)"
      R"("satp_mode":8,"asid":1,"priv":"U","sum":0,"mxr":0,"adue":1,"pbmte":1,"access":"load",)"
      R"("va":"0x40000123","ram":[["0x80000000","0x10000000"]],)"
      R"("mem":[["0x80000008","0x2000000020000013"]],"expect":)";
  // 1 GiB leaf of PPN 0x80000: reading needs R, so 0x13: V, R, U; the walk sets A: 0x53; PBMT NC.
  const std::string expect =
      R"({"result":"ok","pa":"0x80000123","data_in_ram":1,"level":2,"page_size":"0x40000000",)"
      R"("pbmt":1,"global":0,"pte_reads":["0x80000008"],)"
      R"("pte_writes":[["0x80000008","0x2000000020000053"]]}})";
  const auto passes = [&](const std::string& text) {
    const std::string path = file_with(vector + text);
    const bool automaton = run_vectors_automaton(path).failed == 0;
    EXPECT_EQ(automaton, run_vectors_timed(path).failed == 0);
    return automaton;
  };
  EXPECT_TRUE(passes(expect));
  const std::pair<const char*, const char*> lies[] = {
      {"\"ok\"", "\"page_fault\""}, {"80000123", "80000124"},   {"ram\":1", "ram\":0"},
      {"level\":2", "level\":1"},   {"0x40000000", "0x200000"}, {"pbmt\":1", "pbmt\":0"},
      {"global\":0", "global\":1"}, {"[\"0x80000008\"]", "[]"}, {"0053", "00d3"}};
  for (const auto& [truth, lie] : lies) {
    std::string text = expect;
    text.replace(text.find(truth), std::string(truth).size(), lie);
    EXPECT_FALSE(passes(text)) << lie;
  }
}

}  // namespace
}  // namespace mmu
