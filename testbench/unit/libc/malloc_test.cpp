// malloc against the sizes that glibc documents, and under random use.
#include "os_model/libc/malloc.hpp"

#include <rapidcheck.h>

#include "hw/arch/errors.hpp"
#include "testbench/unit/libc/fake_memory.hpp"
#include "testbench/unit/libc/glibc_sequence.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t kKiB = 1024, kMiB = 1024 * kKiB;
constexpr std::uint64_t kFirst = FakeMemory::kHeap + 0x290 + 16;  // behind the tcache's lists

struct Library {
  FakeMemory memory;
  libc::Malloc heap{memory, FakeMemory::kHeap};

  std::uint64_t malloc(std::uint64_t bytes) { return heap.malloc(bytes).value(); }
};

class MallocTest : public testing::Test, protected Library {};

TEST(ChunkSizes, AreThoseOfGlibc) {
  EXPECT_EQ(libc::chunk_bytes(0), 32u);
  EXPECT_EQ(libc::chunk_bytes(24), 32u);
  EXPECT_EQ(libc::chunk_bytes(25), 48u);
  EXPECT_EQ(libc::chunk_bytes(40), 48u);
  EXPECT_EQ(libc::chunk_bytes(1032), 1040u);
  EXPECT_EQ(libc::bin_of(1008), 63u);
  EXPECT_EQ(libc::bin_of(1024), 64u);  // 64 bytes a bin
  EXPECT_EQ(libc::bin_of(1088), 65u);
  EXPECT_EQ(libc::bin_of(3136), 97u);    // 512
  EXPECT_EQ(libc::bin_of(10752), 112u);  // 4096
  EXPECT_EQ(libc::bin_of(45056), 120u);  // 32768
  EXPECT_EQ(libc::bin_of(786432), 126u);
}

TEST_F(MallocTest, AChunkFollowsTheOther) {
  EXPECT_EQ(malloc(24), kFirst);
  EXPECT_EQ(malloc(25), kFirst + 32);
  EXPECT_EQ(malloc(1), kFirst + 32 + 48);
  EXPECT_EQ(heap.usable_bytes(kFirst), 24u);
  EXPECT_EQ(heap.usable_bytes(kFirst + 32), 40u);
  EXPECT_EQ(memory.at - FakeMemory::kHeap, 132 * kKiB) << "M_TOP_PAD, in whole pages";
  EXPECT_EQ(memory.calls, 1u);
}

TEST_F(MallocTest, TheTcacheHandsOutWhatCameBackLast) {
  const std::uint64_t a = malloc(100), b = malloc(100);
  malloc(100);
  heap.free(a);
  heap.free(b);
  EXPECT_EQ(heap.stats().cached_bytes, 224u);
  EXPECT_EQ(malloc(104), b);
  EXPECT_EQ(malloc(97), a);
}

TEST_F(MallocTest, NeighboursAreJoinedWhenNoCacheHasRoom) {
  const std::uint64_t a = malloc(2000), b = malloc(2000), c = malloc(2000);
  malloc(16);
  heap.free(a);
  heap.free(c);
  EXPECT_EQ(heap.stats().free_chunks, 2u);
  heap.free(b);
  EXPECT_EQ(heap.stats().free_chunks, 1u);
  EXPECT_EQ(heap.stats().free_bytes, 3 * 2016u - 48 + 48);
  EXPECT_EQ(malloc(3 * 2016 - 8), a);
}

TEST_F(MallocTest, TheMmapThresholdMovesWithWhatIsFreed) {
  const std::uint64_t large = malloc(200 * kKiB);
  ASSERT_EQ(memory.mappings.size(), 1u);
  EXPECT_EQ(memory.mappings.begin()->first + 16, large);
  EXPECT_EQ(memory.mappings.begin()->second, 204 * kKiB);
  heap.free(large);
  EXPECT_TRUE(memory.mappings.empty());
  EXPECT_EQ(heap.mmap_threshold(), 204 * kKiB);
  malloc(200 * kKiB);
  EXPECT_TRUE(memory.mappings.empty()) << "from the heap now";
  heap.free(malloc(33 * kMiB));
  EXPECT_EQ(heap.mmap_threshold(), 204 * kKiB) << "never above 32 MiB";
}

TEST_F(MallocTest, TheTopIsTrimmedToItsPad) {
  const std::uint64_t a = malloc(120 * kKiB), b = malloc(120 * kKiB);
  const std::uint64_t before = memory.at;
  heap.free(b);
  EXPECT_LT(memory.at, before);
  heap.free(a);
  // All but the tcache's lists: 128 KiB of pad, 32 bytes and the rest of a page stay.
  EXPECT_EQ(memory.at - FakeMemory::kHeap, 132 * kKiB);
  heap.trim();
  EXPECT_EQ(memory.at - FakeMemory::kHeap, 4 * kKiB);
}

TEST_F(MallocTest, WhereTheBreakCannotMoveChunksAreMappings) {
  memory.limit = 140 * kKiB;
  for (int i = 0; i < 10; ++i) malloc(60 * kKiB);
  EXPECT_EQ(memory.mappings.size(), 8u);
  memory.maps = false;
  EXPECT_EQ(heap.malloc(60 * kKiB), std::nullopt);
  EXPECT_EQ(heap.malloc(~std::uint64_t{0}), std::nullopt);
  EXPECT_EQ(heap.calloc(std::uint64_t{1} << 62, 8), std::nullopt);
}

TEST_F(MallocTest, ReallocStaysWhereItCan) {
  const std::uint64_t a = malloc(1000);
  EXPECT_EQ(heap.realloc(a, 2000), a) << "into the top";
  const std::uint64_t b = malloc(5000);
  malloc(16);
  EXPECT_NE(heap.realloc(a, 4000), a);
  EXPECT_EQ(heap.realloc(b, 3000), b);
  EXPECT_EQ(heap.realloc(b, 0), std::nullopt);
  EXPECT_FALSE(heap.owns(b));
  EXPECT_NE(heap.realloc(0, 10), std::nullopt);
  const std::uint64_t large = malloc(kMiB);
  EXPECT_TRUE(heap.realloc(large, 2 * kMiB).has_value());
  EXPECT_EQ(memory.mappings.begin()->second, 2 * kMiB + 4 * kKiB);
}

TEST_F(MallocTest, FreeingWhatIsNotAllocatedEndsTheProgram) {
  const std::uint64_t a = malloc(10);
  heap.free(0);
  heap.free(a);
  EXPECT_THROW(heap.free(a), SimulatedError);
  EXPECT_THROW(heap.free(12345), SimulatedError);
}

TEST_F(MallocTest, FragmentationIsWhatNobodyAskedForAndWhatNobodyHas) {
  malloc(24);
  malloc(25);
  const libc::MallocStats stats = heap.stats();
  EXPECT_EQ(stats.requested_bytes, 49u);
  EXPECT_EQ(stats.in_use_bytes, 0x290u + 32 + 48);
  EXPECT_EQ(stats.internal_fragmentation(), 0x290u + 80 - 49);
  EXPECT_EQ(stats.external_fragmentation(), 132 * kKiB - 0x290 - 80);
  EXPECT_EQ(stats.top_bytes, stats.external_fragmentation());
}

/// Each block lies in memory that the kernel gave, apart from all others, and all bytes of the heap
/// are somebody's.
void check(const Library& all, const std::map<std::uint64_t, std::uint64_t>& live) {
  std::uint64_t end = 0;
  for (const auto& [address, bytes] : live) {
    RC_ASSERT(address % 16 == 0U);
    RC_ASSERT(address - 8 >= end);
    end = address + bytes;
    RC_ASSERT(all.heap.usable_bytes(address) >= bytes);
    if (address < FakeMemory::kMappings) {
      RC_ASSERT(address >= FakeMemory::kHeap + 16 && end <= all.memory.at);
    } else {
      const auto mapping = std::prev(all.memory.mappings.upper_bound(address));
      RC_ASSERT(address - 16 >= mapping->first && end <= mapping->first + mapping->second);
    }
  }
  const libc::MallocStats stats = all.heap.stats();
  RC_ASSERT(stats.heap_bytes == all.memory.at - FakeMemory::kHeap);
  RC_ASSERT(stats.in_use_bytes + stats.cached_bytes + stats.free_bytes + stats.top_bytes ==
            stats.heap_bytes + stats.mapped_bytes);
  RC_ASSERT(stats.mappings == all.memory.mappings.size());
}

/// Does the step, and writes what came out into its slot.
void do_step(libc::Malloc& heap, const SequenceStep& step, std::uint64_t& slot) {
  const std::uint64_t old = slot;
  slot = 0;
  if (step.call == 'm') slot = heap.malloc(step.bytes).value();
  if (step.call == 'c') slot = heap.calloc(1, step.bytes).value();
  if (step.call == 'a') slot = heap.memalign(step.alignment, step.bytes).value();
  if (step.call == 'r') slot = heap.realloc(old, step.bytes).value();
  if (step.call == 'f') heap.free(old);
}

TEST(Malloc, NeverOverlapsAndAccountsForEveryByteUnderRandomUse) {
  EXPECT_TRUE(rc::check([] {
    Library all;
    std::map<std::uint64_t, std::uint64_t> live;
    Sequence sequence{
        *rc::gen::arbitrary<std::uint64_t>(), *rc::gen::element(6ULL, 12ULL, 19ULL), {}};
    if (*rc::gen::arbitrary<bool>()) all.memory.limit = kMiB;
    all.heap.free(all.malloc(1));  // so that the tcache's lists lie first
    const int steps = *rc::gen::inRange(0, 3000);
    for (int i = 0; i < steps; ++i) {
      const SequenceStep step = next_step(&sequence);
      std::uint64_t& slot = sequence.slots[step.slot];
      live.erase(slot);
      do_step(all.heap, step, slot);
      if (slot != 0) RC_ASSERT(live.emplace(slot, step.bytes).second);
      if (step.call == 'a') RC_ASSERT(slot % step.alignment == 0U);
      if (i % 100 == 0) check(all, live);
    }
    check(all, live);
    for (const auto& [address, bytes] : live) all.heap.free(address);
    all.heap.trim();
    // All of it is the top again, and that is one page beside the tcache's lists.
    RC_ASSERT(all.heap.stats().free_chunks == 0U);
    RC_ASSERT(all.heap.stats().cached_bytes == 0U);
    RC_ASSERT(all.heap.stats().requested_bytes == 0U);
    RC_ASSERT(all.memory.mappings.empty());
    RC_ASSERT(all.memory.at - FakeMemory::kHeap <= 4 * kKiB);
  }));
}

/// What glibc 2.36 (Debian 12) does with the same calls, to the last address and break: hashes that
/// record_glibc.c printed.
struct Recorded {
  std::uint64_t seed, largest_log2, steps, hash;
};

std::uint64_t hash_here(const Recorded& recorded) {
  Library all;
  Sequence sequence{recorded.seed, recorded.largest_log2, {}};
  std::uint64_t hash = 0xcbf29ce484222325;
  for (std::uint64_t i = 0; i < recorded.steps; ++i) {
    const SequenceStep step = next_step(&sequence);
    std::uint64_t& slot = sequence.slots[step.slot];
    do_step(all.heap, step, slot);
    std::uint64_t offset = slot == 0 ? 0 : slot - FakeMemory::kHeap;
    if (slot >= FakeMemory::kMappings) offset = 1;
    hash = fnv1a(fnv1a(hash, offset), all.memory.at - FakeMemory::kHeap);
  }
  return hash;
}

TEST(Malloc, PlacesBlocksAsGlibcDoes) {
  constexpr Recorded kRecorded[] = {
      {1, 6, 20000, 0x9b77133c639bad6d},    {2, 10, 20000, 0x309b0463801b39ad},
      {3, 14, 20000, 0x273eabefdfdf4ab9},   {4, 19, 20000, 0x75e27f61fab50796},
      {11, 7, 100000, 0xc58e4aaf0721bf71},  {12, 7, 100000, 0xf62abb47a3cfb249},
      {13, 16, 100000, 0xee882adbb1bd70e2}, {14, 11, 100000, 0xf29a1983ec9bf663},
      {17, 21, 100000, 0x6d810717a59fb90f}, {18, 25, 100000, 0x9d8fb06b5c44ca55},
  };
  for (const Recorded& recorded : kRecorded) {
    EXPECT_EQ(hash_here(recorded), recorded.hash) << "seed " << recorded.seed;
  }
}

}  // namespace
}  // namespace mmu::test
