#include "hw/link/story.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace mmu {
namespace {

TEST(Story, NamesAreThoseOfTheResults) {
  EXPECT_EQ(name_of(Part::kIssue), "issue");
  EXPECT_EQ(name_of(Part::kDependence), "dependence");
  EXPECT_EQ(name_of(Part::kL1Tlb), "l1_tlb");
  EXPECT_EQ(name_of(Part::kL2Itlb), "l2_itlb");
  EXPECT_EQ(name_of(Part::kStlb), "stlb");
  EXPECT_EQ(name_of(Part::kLevel3), "level3");
  EXPECT_EQ(name_of(Part::kLevel4), "level4");
  EXPECT_EQ(name_of(Part::kMergeWait), "merge_wait");
  EXPECT_EQ(name_of(Part::kWalkerQueue), "walker_queue");
  EXPECT_EQ(name_of(Part::kWalkCache), "walk_cache");
  EXPECT_EQ(name_of(Part::kAdUpdate), "ad_update");
  EXPECT_EQ(name_of(Part::kFence), "fence");
  EXPECT_EQ(name_of(Part::kFaultDrain), "fault_drain");
  EXPECT_EQ(name_of(Part::kFaultOs), "fault_os");
  EXPECT_EQ(name_of(Part::kSystemCall), "system_call");
}

TEST(Story, DataIsNamedByWhereItWasServed) {
  EXPECT_EQ(name_of(data_part(Served::kL1)), "data_l1");
  EXPECT_EQ(name_of(data_part(Served::kL2)), "data_l2");
  EXPECT_EQ(name_of(data_part(Served::kLlc)), "data_llc");
  EXPECT_EQ(name_of(data_part(Served::kMemory)), "data_memory");
}

TEST(Story, PteReadsAreNamedByLevelAndWhereTheyWereServed) {
  EXPECT_EQ(name_of(pte_part(0, Served::kL1)), "pte_level0_l1");
  EXPECT_EQ(name_of(pte_part(2, Served::kLlc)), "pte_level2_llc");
  EXPECT_EQ(name_of(pte_part(kMaxLevels - 1, Served::kMemory)), "pte_level4_memory");
}

// 15 single parts, data from 4 places, and 5 levels of PTE reads from 4 places.
TEST(Story, EveryPartHasANameOfItsOwn) {
  std::set<std::string> names;
  for (unsigned part = 0; part < kParts; ++part) names.insert(name_of(static_cast<Part>(part)));
  EXPECT_EQ(names.size(), 15u + 4u + 5u * 4u);
  EXPECT_EQ(names.size(), kParts);
}

TEST(Story, TranslationIsEverythingFromTheFirstTlbToFencesAndEveryPteRead) {
  std::set<std::string> translation;
  for (unsigned part = 0; part < static_cast<unsigned>(Part::kPteRead); ++part) {
    if (is_translation(static_cast<Part>(part)))
      translation.insert(name_of(static_cast<Part>(part)));
  }
  const std::set<std::string> expected = {"l1_tlb",    "l2_itlb",    "stlb",         "level3",
                                          "level4",    "merge_wait", "walker_queue", "walk_cache",
                                          "ad_update", "fence"};
  EXPECT_EQ(translation, expected);
  for (unsigned level = 0; level < kMaxLevels; ++level) {
    EXPECT_TRUE(is_translation(pte_part(level, Served::kL1)));
    EXPECT_TRUE(is_translation(pte_part(level, Served::kMemory)));
  }
}

TEST(Story, AStackIsIndexedByPart) {
  Stack stack{};
  at(stack, Part::kStlb) += 7;
  at(stack, pte_part(4, Served::kMemory)) += 11;
  EXPECT_EQ(stack[static_cast<unsigned>(Part::kStlb)], 7u);
  EXPECT_EQ(stack.back(), 11u);
}

}  // namespace
}  // namespace mmu
