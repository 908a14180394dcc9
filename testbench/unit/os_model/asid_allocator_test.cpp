#include "os_model/asid_allocator.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace mmu::os {
namespace {

using Fence = AsidAllocator::Fence;

void expect_grant(const AsidAllocator::Grant& grant, Asid asid, Fence fence = Fence::kNone) {
  EXPECT_EQ(grant.asid, asid);
  EXPECT_EQ(grant.fence, fence);
  EXPECT_EQ(grant.rollover, fence == Fence::kOfAll);
}

// Two bits: ASIDs 1, 2 and 3.
TEST(AsidAllocator, RollsOverWhenAllAreGiven) {
  AsidAllocator asids(2, AsidPolicy::kGenerations);
  expect_grant(asids.switch_to(10), 1);
  expect_grant(asids.switch_to(11), 2);
  expect_grant(asids.switch_to(12), 3);
  expect_grant(asids.switch_to(10), 1);  // has one still
  // A new generation. 10 has just had the core, and keeps 1: the first free one is 2.
  expect_grant(asids.switch_to(13), 2, Fence::kOfAll);
  expect_grant(asids.switch_to(10), 1);
  expect_grant(asids.switch_to(12), 3);  // its old one is free
  // The old one of 11 is that of 13 now; none is left. 12 keeps 3.
  expect_grant(asids.switch_to(11), 1, Fence::kOfAll);
  expect_grant(asids.switch_to(12), 3);
  expect_grant(asids.switch_to(13), 2);
}

TEST(AsidAllocator, RecyclesSixInTurn) {
  AsidAllocator asids(12, AsidPolicy::kRecycled);
  for (std::uint64_t process = 0; process < 6; ++process) {
    expect_grant(asids.switch_to(process), static_cast<Asid>(process + 1));
  }
  expect_grant(asids.switch_to(0), 1);
  expect_grant(asids.switch_to(6), 1, Fence::kOfAsid);  // the one of 0, though it has just run
  const AsidAllocator::Grant grant = asids.switch_to(0);
  expect_grant(grant, 2, Fence::kOfAsid);
  EXPECT_TRUE(grant.recycled);
  expect_grant(asids.switch_to(5), 6);
  asids.forget(2);
  expect_grant(asids.switch_to(7), 3, Fence::kOfAsid);  // what TLBs know of the dead goes
}

TEST(AsidAllocator, RecyclesAsManyAsThereAre) {
  AsidAllocator asids(2, AsidPolicy::kRecycled);
  for (std::uint64_t process = 0; process < 3; ++process) asids.switch_to(process);
  expect_grant(asids.switch_to(3), 1, Fence::kOfAsid);
}

TEST(AsidAllocator, FencesAtEachSwitchWithoutAsids) {
  for (const unsigned bits : {0U, 1U, 12U}) {
    AsidAllocator asids(bits, bits < 2 ? AsidPolicy::kGenerations : AsidPolicy::kOff);
    const Asid one = bits == 0 ? 0 : 1;
    expect_grant(asids.switch_to(0), one);
    expect_grant(asids.switch_to(1), one, Fence::kOfAsid);
    expect_grant(asids.switch_to(1), one);
    asids.forget(1);
    expect_grant(asids.switch_to(1), one, Fence::kOfAsid);  // another of that number
  }
}

TEST(AsidAllocator, GivesNoAsidOfTheDeadBeforeAFence) {
  AsidAllocator asids(2, AsidPolicy::kGenerations);
  for (std::uint64_t process = 0; process < 3; ++process) asids.switch_to(process);
  asids.forget(0);
  expect_grant(asids.switch_to(0), 1, Fence::kOfAll);  // another process of the same number
}

// What a TLB may hold under an ASID since the last fence is of the process that has it.
TEST(AsidAllocator, NeverGivesOneAsidToTwoBetweenFences) {
  for (unsigned seed = 0; seed < 90; ++seed) {
    std::mt19937 random(seed);
    const unsigned bits = 2 + seed % 4;
    constexpr AsidPolicy kPolicies[] = {AsidPolicy::kGenerations, AsidPolicy::kRecycled,
                                        AsidPolicy::kOff};
    AsidAllocator asids(bits, kPolicies[seed % 3]);
    std::map<Asid, std::uint64_t> cached;
    std::map<std::uint64_t, std::uint64_t> lives;  // of a number that several have, in turn
    unsigned fences = 0;
    for (unsigned i = 0; i < 2000; ++i) {
      const std::uint64_t process = random() % 40;
      if (random() % 16 == 0) {
        asids.forget(process);
        ++lives[process];
        continue;
      }
      const AsidAllocator::Grant grant = asids.switch_to(process);
      if (grant.fence == Fence::kOfAll) cached.clear();
      if (grant.fence == Fence::kOfAsid) cached.erase(grant.asid);
      fences += grant.fence == Fence::kNone ? 0 : 1;
      ASSERT_NE(grant.asid, 0);
      ASSERT_LT(grant.asid, 1U << bits);
      const std::uint64_t who = process + 40 * lives[process];
      ASSERT_EQ(cached.emplace(grant.asid, who).first->second, who)
          << "seed " << seed << ", switch " << i;
    }
    EXPECT_GT(fences, 0U);
  }
}

}  // namespace
}  // namespace mmu::os
