// Every policy under random use, and what each is to do where it can be told beforehand.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <set>

#include "hw/arch/errors.hpp"
#include "os_model/buddy.hpp"
#include "os_model/frame_allocator.hpp"
#include "testbench/unit/os_model/os_machine.hpp"

namespace mmu::test {
namespace {

using os::Buddy;
using os::FrameAllocator;
using os::FrameMap;
using os::FramePolicy;
using Blocks = std::vector<std::uint64_t>;

constexpr FramePolicy kAll[] = {FramePolicy::kPacked, FramePolicy::kBuddy, FramePolicy::kFirstFit,
                                FramePolicy::kSequential, FramePolicy::kScattered};

constexpr std::uint64_t frame(std::uint64_t number) { return number * kPage; }

/// What a policy does with frames [first, end).
struct Use {
  Use(std::uint64_t first, std::uint64_t end, FramePolicy policy, std::uint64_t seed = 1)
      : frames(PhysAddr(frame(first)), PhysAddr(frame(end)), 12, "frames", 1, policy, seed) {}

  std::uint64_t take() { return frames.take().value() / kPage; }
  /// The first frame of 2^order, or 0.
  std::uint64_t run(unsigned order) {
    return frames.try_take_run(12 + order).value_or(PhysAddr(0)).value() / kPage;
  }
  void give_back(std::uint64_t number, unsigned order = 0) {
    frames.give_back_run(PhysAddr(frame(number)), 12 + order);
  }

  FrameAllocator frames;
};

Blocks blocks_of_order(std::initializer_list<std::pair<const unsigned, std::uint64_t>> some) {
  Blocks blocks(11);
  for (const auto& [order, count] : some) blocks[order] = count;
  return blocks;
}

/// Takes and returns at random, checks each step against sets; then gives all back.
void use_at_random(std::uint64_t first, std::uint64_t end, FramePolicy policy) {
  Use use(first, end, policy, *rc::gen::arbitrary<std::uint64_t>());
  const Blocks at_start = use.frames.free_blocks();
  std::set<std::uint64_t> taken;
  std::vector<std::pair<std::uint64_t, unsigned>> runs;
  const auto steps =
      *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::arbitrary<std::uint32_t>());
  for (const std::uint32_t dice : steps) {
    if (dice % 8 < 5) {
      const unsigned order = dice % 8 < 3 ? 0 : dice / 8 % 12;
      if (order == 0 && use.frames.free() == 0) continue;
      const auto run =
          order == 0 ? std::optional(use.frames.take()) : use.frames.try_take_run(12 + order);
      if (!run) continue;
      const std::uint64_t at = run->value() / kPage;
      RC_ASSERT(at % (std::uint64_t{1} << order) == 0U);
      RC_ASSERT(at >= first && at + (std::uint64_t{1} << order) <= end);
      for (std::uint64_t f = 0; f < std::uint64_t{1} << order; ++f) {
        RC_ASSERT(taken.insert(at + f).second);
      }
      runs.emplace_back(at, order);
    } else if (!runs.empty()) {
      std::swap(runs[dice / 8 % runs.size()], runs.back());
      const auto [at, order] = runs.back();
      runs.pop_back();
      const bool one_by_one = dice % 8 == 7;
      if (!one_by_one) use.give_back(at, order);
      for (std::uint64_t f = 0; f < std::uint64_t{1} << order; ++f) {
        taken.erase(at + f);
        if (one_by_one) use.give_back(at + f);
      }
    }
    RC_ASSERT(use.frames.in_use() == taken.size());
    RC_ASSERT(use.frames.in_use() + use.frames.free() == use.frames.capacity());
  }
  for (const auto& [at, order] : runs) use.give_back(at, order);
  RC_ASSERT(use.frames.free_blocks() == at_start);
  RC_ASSERT(use.frames.free() == end - first);
}

TEST(FramePolicies, NoFrameTwiceAndAllOfThemBackUnderRandomUse) {
  for (const FramePolicy policy : kAll) {
    EXPECT_TRUE(rc::check(std::string(os::kFramePolicyNames[static_cast<unsigned>(policy)]), [&] {
      const auto first = *rc::gen::inRange<std::uint64_t>(1, 1500);
      use_at_random(first, first + *rc::gen::inRange<std::uint64_t>(1, 5000), policy);
    }));
  }
}

/// The lists of the buddy system against the bits of the map.
TEST(Buddy, ItsListsHoldTheLargestFreeBlocksAfterEachStep) {
  EXPECT_TRUE(rc::check([] {
    FrameMap map(*rc::gen::inRange<std::uint64_t>(1, 3000), 9000);
    Buddy buddy(map, 10);
    std::vector<std::pair<std::uint64_t, unsigned>> runs;
    const auto steps =
        *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::arbitrary<std::uint32_t>());
    for (const std::uint32_t dice : steps) {
      if (dice % 8 < 5) {
        const unsigned order = dice / 8 % 13;
        const auto run = buddy.find(order);
        RC_ASSERT(run.has_value() == map.find(0, order).has_value());
        if (!run) continue;
        map.take(*run, std::uint64_t{1} << order);
        buddy.taken(*run, order);
        runs.emplace_back(*run, order);
      } else if (!runs.empty()) {
        std::swap(runs[dice / 8 % runs.size()], runs.back());
        const auto [at, order] = runs.back();
        runs.pop_back();
        map.give_back(at, std::uint64_t{1} << order);
        buddy.given_back(at, order);
      }
      RC_ASSERT(buddy.free_blocks() == map.free_blocks(10));
    }
  }));
}

TEST(Buddy, HandsOutTheLowerHalfOfTheSmallestBlockThatFits) {
  Use use(1, 2048, FramePolicy::kBuddy);
  // 1, 2-3, 4-7 ... 512-1023, and one of the largest from 1024 on.
  Blocks all(11, 1);
  EXPECT_EQ(use.frames.free_blocks(), all);
  EXPECT_EQ(use.run(4), 16u);
  EXPECT_EQ(use.run(4), 32u) << "of the next larger block; its upper half stays";
  EXPECT_EQ(use.take(), 1u);
  EXPECT_EQ(use.take(), 2u);
  EXPECT_EQ(use.take(), 3u);
  EXPECT_EQ(use.take(), 4u);
  EXPECT_EQ(use.run(1), 6u);
  EXPECT_EQ(use.frames.free_blocks(),
            blocks_of_order({{0, 1}, {3, 1}, {4, 1}, {6, 1}, {7, 1}, {8, 1}, {9, 1}, {10, 1}}));
}

TEST(Buddy, UsesFirstWhatCameBackLastAndJoinsBuddies) {
  Use use(1024, 4096, FramePolicy::kBuddy);
  for (std::uint64_t f = 1024; f < 1032; ++f) ASSERT_EQ(use.take(), f);
  use.give_back(1025);
  use.give_back(1030);
  EXPECT_EQ(use.take(), 1030u);
  EXPECT_EQ(use.take(), 1025u);
  use.give_back(1028);
  use.give_back(1031);
  use.give_back(1029);  // 1028-1029
  use.give_back(1030);  // 1030-1031, then 1028-1031
  EXPECT_EQ(use.run(2), 1028u);
}

TEST(Buddy, WhatIsLargerThanTheLargestBlockIsARowOfThem) {
  Use use(1, 8 * 1024, FramePolicy::kBuddy);
  EXPECT_EQ(use.run(12), 4096u);  // 16 MiB; 0 lacks a frame
  EXPECT_EQ(use.run(11), 2048u);
  EXPECT_EQ(use.run(11), 0u);
  EXPECT_EQ(use.run(10), 1024u);
  use.give_back(4096, 12);
  EXPECT_EQ(use.run(11), 4096u);
  EXPECT_EQ(use.frames.runs_refused(), 1u);
}

TEST(Buddy, LargestBlocksAreThoseOfLinux) {
  EXPECT_EQ(os::max_order(12), 10u);  // 4 MiB
  EXPECT_EQ(os::max_order(14), 11u);  // 32 MiB
  EXPECT_EQ(os::max_order(16), 13u);  // 512 MiB
}

TEST(FirstFit, TakesTheLowest) {
  Use use(1, 4096, FramePolicy::kFirstFit);
  EXPECT_EQ(use.run(9), 512u);
  EXPECT_EQ(use.take(), 1u);
  EXPECT_EQ(use.run(1), 2u);
  EXPECT_EQ(use.take(), 4u);
  EXPECT_EQ(use.run(11), 2048u);
  use.give_back(2, 1);
  EXPECT_EQ(use.take(), 2u);
  EXPECT_EQ(use.run(1), 6u);
}

TEST(Sequential, GoesOnAndRound) {
  Use use(1, 64, FramePolicy::kSequential);
  EXPECT_EQ(use.take(), 1u);
  use.give_back(1);
  EXPECT_EQ(use.take(), 2u);
  EXPECT_EQ(use.run(4), 16u);
  EXPECT_EQ(use.take(), 32u);
  EXPECT_EQ(use.run(4), 48u);
  EXPECT_EQ(use.take(), 1u) << "round";
  EXPECT_EQ(use.take(), 3u);
}

TEST(Scattered, IsSpreadOutAndTheSameForTheSameSeed) {
  Use one(1, 1 << 20, FramePolicy::kScattered, 7), same(1, 1 << 20, FramePolicy::kScattered, 7),
      other(1, 1 << 20, FramePolicy::kScattered, 8);
  std::map<std::uint64_t, unsigned> in_quarter;
  unsigned different = 0;
  for (unsigned i = 0; i < 400; ++i) {
    const std::uint64_t at = one.take();
    ++in_quarter[at >> 18];
    ASSERT_EQ(at, same.take());
    different += at != other.take() ? 1u : 0u;
  }
  EXPECT_GT(different, 390u);
  for (std::uint64_t quarter = 0; quarter < 4; ++quarter) {
    EXPECT_GT(in_quarter[quarter], 60u);  // 100 on average, a deviation of 8.7
  }
  EXPECT_NE(one.run(9), 0u) << "there is room for 2 MiB";
}

TEST(Scattered, SoonLeavesNoRoomForLargePages) {
  Use use(0, 1 << 16, FramePolicy::kScattered);  // 128 runs of 512
  Use packed(0, 1 << 16, FramePolicy::kPacked);
  for (unsigned i = 0; i < 3000; ++i) {
    use.take();
    packed.take();
  }
  EXPECT_EQ(use.frames.unusable(21), use.frames.free());
  EXPECT_EQ(use.run(9), 0u);
  EXPECT_EQ(packed.frames.unusable(21), 6 * 512u - 3000);
  EXPECT_NE(packed.run(9), 0u);
}

TEST(FramePolicies, ConfiguredMemoryCostsNothing) {
  for (const FramePolicy policy : kAll) {
    Use use(1, std::uint64_t{1} << 34, policy);  // 64 TiB
    EXPECT_EQ(use.frames.free_blocks().back(), (std::uint64_t{1} << 24) - 1);
    EXPECT_NE(use.take(), 0u);
    EXPECT_NE(use.run(18), 0u);
  }
}

/// 32 MiB hold 12 large pages beside the tables; with a scattered page in each there is none.
TEST(FramePolicies, AFallbackIsCounted) {
  OsSetup setup;
  setup.memory_bytes = 32 * kMiB;
  setup.huge_pages = true;
  for (const FramePolicy policy : kAll) {
    setup.frame_policy = policy;
    OsMachine m(setup);
    m.mmap(0x4000'0000, 13 * kHuge);
    for (std::uint64_t i = 0; i < 12; ++i) m.access(0x4000'0000 + i * kHuge);
    EXPECT_EQ(m.kernel.stats().huge_pages_mapped, 11u);  // the lowest lacks frame 0
    EXPECT_EQ(m.kernel.stats().huge_fallbacks, 1u);
    EXPECT_EQ(m.kernel.stats().free_frames, 510u);
    EXPECT_EQ(m.kernel.stats().unusable_frames, 510u);
  }
}

}  // namespace
}  // namespace mmu::test
