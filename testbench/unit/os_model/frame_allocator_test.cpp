#include "os_model/frame_allocator.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "hw/arch/errors.hpp"

namespace mmu::test {
namespace {

using os::FrameAllocator;

constexpr std::uint64_t kBlock = std::uint64_t{2} << 20;

FrameAllocator frames_of(std::uint64_t first, std::uint64_t end) {
  return {PhysAddr(first), PhysAddr(end), 12, "test frames", 12345};
}

TEST(FrameAllocator, TakesTheLowestFrameFirstAndAgainAfterItsReturn) {
  FrameAllocator frames = frames_of(0x1000, 16 * kBlock);
  EXPECT_EQ(frames.take().value(), 0x1000u);
  EXPECT_EQ(frames.take().value(), 0x2000u);
  EXPECT_EQ(frames.take().value(), 0x3000u);
  frames.give_back(PhysAddr(0x2000));
  EXPECT_EQ(frames.take().value(), 0x2000u);
  EXPECT_EQ(frames.take().value(), 0x4000u);
  EXPECT_EQ(frames.in_use(), 4u);
}

TEST(FrameAllocator, HandsOutEachFrameOfItsRangeOnceAndThenNamesNumbers) {
  // 0x5000 .. 2 MiB + 0x3fff, in whole frames: 512 - 5 + 3 = 510.
  FrameAllocator frames = frames_of(0x4001, kBlock + 0x3fff);
  EXPECT_EQ(frames.capacity(), 510u);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 510; ++i) seen.insert(frames.take().value());
  EXPECT_EQ(seen.size(), 510u);
  EXPECT_EQ(*seen.begin(), 0x5000u);
  EXPECT_EQ(*seen.rbegin(), kBlock + 0x2000);
  try {
    frames.take();
    FAIL() << "a frame too many";
  } catch (const SimulatedError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("510 of 510 test frames"), std::string::npos) << text;
    EXPECT_NE(text.find("os.memory_bytes is 12345"), std::string::npos) << text;
  }
}

TEST(FrameAllocator, BlocksAreAlignedAndNeverHoldAFrameThatIsTaken) {
  FrameAllocator frames = frames_of(0x1000, 4 * kBlock);
  EXPECT_EQ(frames.try_take_run(21)->value(), kBlock);  // block 0 lacks frame 0
  EXPECT_EQ(frames.take().value(), 0x1000u);
  EXPECT_EQ(frames.try_take_run(21)->value(), 2 * kBlock);
  EXPECT_EQ(frames.try_take_run(21)->value(), 3 * kBlock);
  EXPECT_FALSE(frames.try_take_run(21).has_value());
  EXPECT_EQ(frames.in_use(), 3 * 512u + 1);
  EXPECT_EQ(frames.take().value(), 0x2000u);
}

TEST(FrameAllocator, ABlockGivenBackFrameByFrameIsABlockAgain) {
  FrameAllocator frames = frames_of(0, 2 * kBlock);
  ASSERT_EQ(frames.try_take_run(21)->value(), 0u);
  ASSERT_EQ(frames.try_take_run(21)->value(), kBlock);
  for (std::uint64_t f = 0; f < kBlock; f += 4096) frames.give_back(PhysAddr(kBlock + f));
  EXPECT_EQ(frames.try_take_run(21)->value(), kBlock);
  frames.give_back_run(PhysAddr(0), 21);
  frames.give_back(PhysAddr(kBlock));
  EXPECT_EQ(frames.take().value(), kBlock) << "a broken block is used up before a whole one";
  EXPECT_EQ(frames.take().value(), 0u);
  EXPECT_EQ(frames.peak(), 1024u);
}

TEST(FrameAllocator, RunsSmallerThanABlockAreAlignedAndFillBrokenBlocksFirst) {
  FrameAllocator frames = frames_of(0x1000, 2 * kBlock);
  EXPECT_EQ(frames.try_take_run(16)->value(), 0x10000u);  // 16 frames; 0x0 lacks the first
  EXPECT_EQ(frames.take().value(), 0x1000u);
  EXPECT_EQ(frames.try_take_run(13)->value(), 0x2000u);
  for (std::uint64_t at = 0x20000; at < kBlock; at += 0x10000) {
    EXPECT_EQ(frames.try_take_run(16)->value(), at);
  }
  EXPECT_EQ(frames.try_take_run(16)->value(), kBlock) << "then the next block is broken";
  frames.give_back(PhysAddr(0x13000));
  EXPECT_EQ(frames.try_take_run(16)->value(), kBlock + 0x10000) << "one frame is no run";
  EXPECT_EQ(frames.try_take_run(12)->value(), 0x4000u);
}

TEST(FrameAllocator, RunsLargerThanABlockAreRowsOfFreeBlocks) {
  FrameAllocator frames = frames_of(0x1000, 16 * kBlock);
  EXPECT_EQ(frames.try_take_run(23)->value(), 4 * kBlock);  // four blocks; 0 lacks a frame
  EXPECT_EQ(frames.try_take_run(21)->value(), kBlock);
  EXPECT_EQ(frames.try_take_run(24)->value(), 8 * kBlock);
  EXPECT_FALSE(frames.try_take_run(22 + 1).has_value());
  EXPECT_EQ(frames.in_use(), (4 + 1 + 8) * 512u);
  frames.give_back_run(PhysAddr(8 * kBlock), 24);
  frames.give_back(frames.take());
  EXPECT_EQ(frames.try_take_run(23)->value(), 8 * kBlock);
}

TEST(FrameAllocator, FramesMayBeLarger) {
  FrameAllocator frames(PhysAddr(0x10000), PhysAddr(std::uint64_t{1} << 30), 16, "frames", 1);
  EXPECT_EQ(frames.take().value(), 0x10000u);
  EXPECT_EQ(frames.take().value(), 0x20000u);
  EXPECT_EQ(frames.capacity(), 16384u - 1);
  EXPECT_EQ(frames.try_take_run(29)->value(), std::uint64_t{1} << 29);  // 8192 frames
  EXPECT_FALSE(frames.try_take_run(29).has_value());
}

TEST(FrameAllocator, GivingBackWhatIsNotTakenIsABug) {
  FrameAllocator frames = frames_of(0x1000, kBlock);
  const PhysAddr frame = frames.take();
  frames.give_back(frame);
  EXPECT_THROW(frames.give_back(frame), ModelError);
  EXPECT_THROW(frames.give_back(PhysAddr(0)), ModelError);
  EXPECT_THROW(frames.give_back(PhysAddr(kBlock)), ModelError);
}

TEST(FrameAllocator, NeverHandsOutAFrameTwiceUnderRandomUse) {
  FrameAllocator frames = frames_of(0x3000, 6 * kBlock + 0x9000);
  std::mt19937_64 rng(1);
  std::set<std::uint64_t> taken;
  std::vector<std::uint64_t> singles, blocks;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t dice = rng() % 100;
    if (dice < 50 && taken.size() < frames.capacity()) {
      singles.push_back(frames.take().value());
      ASSERT_TRUE(taken.insert(singles.back()).second);
    } else if (dice < 52) {
      if (const auto block = frames.try_take_run(21)) {
        blocks.push_back(block->value());
        ASSERT_EQ(block->value() % kBlock, 0u);
        for (std::uint64_t f = 0; f < kBlock; f += 4096) {
          ASSERT_TRUE(taken.insert(block->value() + f).second);
        }
      }
    } else if (dice < 96 && !singles.empty()) {
      std::swap(singles[rng() % singles.size()], singles.back());
      frames.give_back(PhysAddr(singles.back()));
      taken.erase(singles.back());
      singles.pop_back();
    } else if (!blocks.empty()) {
      frames.give_back_run(PhysAddr(blocks.back()), 21);
      for (std::uint64_t f = 0; f < kBlock; f += 4096) taken.erase(blocks.back() + f);
      blocks.pop_back();
    }
    ASSERT_EQ(frames.in_use(), taken.size());
  }
}

TEST(FrameAllocator, SixtyFourGiBCostNothingUntilTaken) {
  FrameAllocator frames = frames_of(0x1000, std::uint64_t{64} << 30);
  EXPECT_EQ(frames.capacity(), (std::uint64_t{64} << 18) - 1);
  EXPECT_EQ(frames.take().value(), 0x1000u);
  EXPECT_LE(sizeof(frames), 512u);
}

}  // namespace
}  // namespace mmu::test
