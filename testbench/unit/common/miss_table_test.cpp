#include "hw/common/miss_table.hpp"

#include <gtest/gtest.h>

namespace mmu {
namespace {

using Table = MissTable<int>;

TEST(MissTable, FindsASlotWhileItsAnswerIsUnknown) {
  Table table(2);
  EXPECT_EQ(table.find(7), Table::kNone);
  const std::uint32_t slot = table.take(7, 0);
  ASSERT_EQ(slot, 0u);
  EXPECT_EQ(table.find(7), slot);
  EXPECT_EQ(table.find(0), Table::kNone) << "a slot never used has no key";
  table.known(slot, 10);
  EXPECT_EQ(table.find(7), Table::kNone);
  EXPECT_EQ(table.unknown(), 0u);
}

TEST(MissTable, SlotIsInUseUpToItsCycleAndFreeFromTheNextOn) {
  Table table(1);
  table.known(table.take(7, 1), 10);
  EXPECT_EQ(table.take(8, 10), Table::kNone);
  EXPECT_EQ(table.take(8, 11), 0u);
}

TEST(MissTable, CanBeTakenInCycleZero) {
  Table table(1);
  EXPECT_EQ(table.take(7, 0), 0u);
  EXPECT_EQ(table.take(8, ~std::uint64_t{0} - 1), Table::kNone) << "not answered: in use";
}

TEST(MissTable, NamesTheFirstCycleInWhichASlotIsKnownToBecomeFree) {
  Table table(3);
  table.take(1, 1);
  EXPECT_EQ(table.first_free_after(1), Table::kUnknown);
  table.known(table.take(2, 1), 30);
  table.known(table.take(3, 1), 20);
  EXPECT_EQ(table.first_free_after(5), 21u);
  EXPECT_EQ(table.first_free_after(20), 21u);
  EXPECT_EQ(table.first_free_after(21), 31u) << "that one is free already";
}

TEST(MissTable, WhatIsInUseIsAskedForAgainAndAgain) {
  Table table(2);
  table.take(1, 1);
  table.take(2, 1);
  EXPECT_EQ(table.take(3, 2), Table::kNone);
  EXPECT_EQ(table.first_free_after(2), Table::kUnknown);
  table.known(0, 9);
  EXPECT_EQ(table.take(3, 8), Table::kNone);
  EXPECT_EQ(table.first_free_after(8), 10u);
  EXPECT_EQ(table.take(3, 9), Table::kNone);
  table.known(1, 12);
  EXPECT_EQ(table.take(3, 10), 0u);
  EXPECT_EQ(table.take(4, 11), Table::kNone);
  EXPECT_EQ(table.first_free_after(11), 13u) << "slot 0 has no known end now";
  EXPECT_EQ(table.take(4, 12), Table::kNone);
  EXPECT_EQ(table.take(4, 13), 1u);
}

TEST(MissTable, KeepsWaitersInTheOrderOfTheirCalls) {
  Table table(1);
  const std::uint32_t slot = table.take(7, 0);
  for (const int waiter : {3, 1, 2}) table.wait(slot, waiter);
  EXPECT_EQ(table.waiters(slot), (std::vector<int>{3, 1, 2}));
  EXPECT_EQ(table.key(slot), 7u);
}

}  // namespace
}  // namespace mmu
