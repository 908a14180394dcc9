// The organisations of the walk cache: one array for all levels, and one that is tagged by the
// address of the entry. Times as in walk_test.cpp: a request is accepted 8 cycles after it was
// made; each read takes 12.
#include "testbench/support/mmu_test.hpp"

namespace mmu {
namespace {

using Organisation = WalkCacheParams::Organisation;

constexpr std::uint64_t kVa = 0x4000'0000;
constexpr std::uint64_t kPa = 0x80'0000;
constexpr std::uint64_t kPage = 0x1000;
constexpr std::uint64_t kRegion = 0x20'0000;      // another level-1 entry
constexpr std::uint64_t kGigabyte = 0x4000'0000;  // another level-2 entry

class SharedWalkCacheTest : public MmuTest {
 protected:
  void make_with(Organisation organisation, std::uint32_t entries) {
    params.walk_cache.organisation = organisation;
    params.walk_cache.shared = {entries, 0};
    params.walk_cache.latency_cycles = 3;
    for (const std::uint64_t far : {std::uint64_t{0}, kRegion, kGigabyte}) {
      for (const std::uint64_t page : {std::uint64_t{0}, kPage, 2 * kPage}) {
        map(kVa + far + page, kPa + page);
      }
    }
    make();
  }
  const WalkerStats& stats() { return mmu().walker().stats(); }
};

using UnifiedWalkCacheTest = SharedWalkCacheTest;

TEST_F(UnifiedWalkCacheTest, TheEntryNearestToTheLeafCounts) {
  make_with(Organisation::kUnified, 4);
  ask(1, 1, kVa);
  expect_answer(1, 49);  // 1 + 8 + 3 + 36 + 1
  ask(100, 2, kVa + kPage);
  expect_answer(2, 124);  // 100 + 8 + 3 + 12 + 1
  ask(200, 3, kVa + kRegion);
  expect_answer(3, 236);  // 200 + 8 + 3 + 24 + 1
  EXPECT_EQ(stats().cache_hits_level1, 1u);
  EXPECT_EQ(stats().cache_hits_level2, 1u);
  EXPECT_EQ(stats().cache_misses, 1u);
}

TEST_F(UnifiedWalkCacheTest, AllLevelsShareTheEntries) {
  make_with(Organisation::kUnified, 2);
  ask(1, 1, kVa);
  ask(100, 2, kVa + kGigabyte);  // its two pointers displace the first two
  ask(200, 3, kVa + kPage);
  expect_answer(3, 248);  // 200 + 8 + 3 + 36 + 1
}

TEST_F(UnifiedWalkCacheTest, AFenceOfAnAddressRemovesItsPathAndNothingElse) {
  make_with(Organisation::kUnified, 8);
  ask(1, 1, kVa);
  ask(100, 2, kVa + kRegion);
  fence(200, {kAsid, VirtAddr(kVa), false});
  ask(300, 3, kVa + kRegion + kPage);
  expect_answer(3, 324);  // 300 + 8 + 3 + 12 + 1: its level-1 pointer is not on the path
  EXPECT_EQ(stats().cache_fenced, 2u);
  ask(400, 4, kVa + kPage);
  expect_answer(4, 448);  // 400 + 8 + 3 + 36 + 1
}

using PteTaggedWalkCacheTest = SharedWalkCacheTest;

TEST_F(PteTaggedWalkCacheTest, EachUpperLevelIsLookedUpAndAHitSparesItsRead) {
  make_with(Organisation::kPteTagged, 4);
  ask(1, 1, kVa);
  expect_answer(1, 52);  // 1 + 8 + 1 + 2 x 3 + 3 x 12
  ask(100, 2, kVa + kPage);
  expect_answer(2, 127);  // 100 + 8 + 1 + 2 x 3 + 12
  ask(200, 3, kVa + kRegion);
  expect_answer(3, 239);  // 200 + 8 + 1 + 2 x 3 + 2 x 12
  EXPECT_EQ(stats().reads, 6u);
  EXPECT_EQ(stats().reads_cached, 3u);
  EXPECT_EQ(stats().cache_hits_level1, 1u);
  EXPECT_EQ(stats().cache_hits_level2, 1u);
  EXPECT_EQ(stats().cache_misses, 1u);
}

TEST_F(PteTaggedWalkCacheTest, ItsCyclesAreThoseOfTheWalkCache) {
  make_with(Organisation::kPteTagged, 4);
  ask(1, 1, kVa);
  run_to(60);
  ASSERT_NE(core.reply_to(1), nullptr);
  Cycle in_cache = 0, before = 0;
  for (const Segment& segment : core.reply_to(1)->story) {
    if (segment.part == Part::kWalkCache) in_cache += segment.end - before;
    before = segment.end;
  }
  EXPECT_EQ(in_cache, 7u);  // 9 to 13, 25 to 28
  EXPECT_EQ(before, 52u);
}

TEST_F(PteTaggedWalkCacheTest, AStoreOfSoftwareIsSeenAfterTheNextFenceThatIsNotOfLeavesOnly) {
  make_with(Organisation::kPteTagged, 4);
  ask(1, 1, kVa);
  run_to(99);
  // The root's entry is made to point to a table without any entry.
  const PhysAddr root_entry = Walk(*control.format, VirtAddr(kVa), control.root).entry_address();
  bytes.store(root_entry, 8, encode_table(*control.format, PhysAddr(0x20'0000)));
  ask(100, 2, kVa + kPage);
  expect_answer(2, 127);
  EXPECT_EQ(core.reply_to(2)->result.verdict, Verdict::kOk);
  fence(150, {std::nullopt, std::nullopt, true});
  ask(200, 3, kVa + 2 * kPage);
  expect_answer(3, 227);
  EXPECT_EQ(core.reply_to(3)->result.verdict, Verdict::kOk);
  EXPECT_EQ(stats().cache_fenced, 0u);
  // Any fence of tables will do: entries do not know whom they serve.
  fence(250, {Asid{kAsid + 1}, VirtAddr(kVa + kGigabyte), false});
  EXPECT_EQ(stats().cache_fenced, 0u);
  fence(260, {kAsid, VirtAddr(kVa), true});
  ask(300, 4, kVa);
  expect_answer(4, 339);  // the hole is found at level 1: 300 + 8 + 1 + 2 x 3 + 2 x 12
  EXPECT_EQ(core.reply_to(4)->result.fault.kind, FaultKind::kNotPresent);
  EXPECT_EQ(stats().cache_fenced, 2u);
}

TEST_F(PteTaggedWalkCacheTest, AWalkThatAFenceHasMetFillsNothing) {
  make_with(Organisation::kPteTagged, 4);
  ask(1, 1, kVa);
  // The root's entry is decoded in 9 + 1 + 3 + 12 = 25.
  fence(24, {Asid{kAsid + 1}, std::nullopt, false});
  ask(100, 2, kVa + kPage);
  expect_answer(2, 151);  // 100 + 8 + 1 + 2 x 3 + 3 x 12
  EXPECT_EQ(stats().reads_cached, 0u);
}

}  // namespace
}  // namespace mmu
