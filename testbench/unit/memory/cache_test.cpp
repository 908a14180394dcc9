#include "hw/cache/cache.hpp"

#include <gtest/gtest.h>

#include <string>

#include "hw/arch/errors.hpp"

namespace mmu {
namespace {

/// 2 sets of 2 lines of 64 bytes: lines 0, 2, 4 ... share a set.
CacheParams small() {
  CacheParams params;
  params.size_bytes = 256;
  params.ways = 2;
  return params;
}

std::string error_of(const CacheParams& params) {
  try {
    Cache("cache.l2", params, 1);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(CacheLine, KeepsAllOfItsParts) {
  const Cycle far = (Cycle{1} << 61) - 1;
  CacheLine line(far, Served::kMemory, false);
  EXPECT_EQ(line.ready_at(), far);
  EXPECT_EQ(line.from(), Served::kMemory);
  EXPECT_FALSE(line.is_dirty());
  line.make_dirty();
  EXPECT_TRUE(line.is_dirty());
  EXPECT_EQ(line.ready_at(), far);
  EXPECT_EQ(line.from(), Served::kMemory);
}

TEST(Cache, LineNumbersAreAddressesWithoutTheOffset) {
  const Cache cache("cache.l2", small(), 1);
  EXPECT_EQ(cache.line_of(PhysAddr(0x12345)), 0x48Du);
  EXPECT_EQ(cache.address_of(0x48D), PhysAddr(0x12340));
}

TEST(Cache, VictimSaysWhetherItIsDirty) {
  Cache cache("cache.l2", small(), 1);
  cache.fill(0, {1, Served::kMemory, false});
  cache.fill(2, {1, Served::kMemory, true});
  const auto clean = cache.fill(4, {1, Served::kMemory, false});
  ASSERT_TRUE(clean);
  EXPECT_EQ(clean->line, 0u);
  EXPECT_FALSE(clean->dirty);
  const auto dirty = cache.fill(6, {1, Served::kMemory, false});
  ASSERT_TRUE(dirty);
  EXPECT_EQ(dirty->line, 2u);
  EXPECT_TRUE(dirty->dirty);
}

TEST(Cache, OnlyAWriteMakesALineDirty) {
  Cache cache("cache.l2", small(), 1);
  cache.fill(0, {1, Served::kMemory, false});
  EXPECT_FALSE(cache.look_up(0, false)->is_dirty());
  EXPECT_TRUE(cache.look_up(0, true)->is_dirty());
  EXPECT_TRUE(cache.look_up(0, false)->is_dirty());
  EXPECT_EQ(cache.look_up(2, true), nullptr);
}

TEST(Cache, FillOfALineThatIsHereOnlyMakesItDirty) {
  Cache cache("cache.l2", small(), 1);
  cache.enter(0, {7, Served::kL2, false});
  cache.enter(2, {7, Served::kL2, false});
  EXPECT_FALSE(cache.fill(0, {99, Served::kMemory, false}));
  EXPECT_FALSE(cache.look_up(0, false)->is_dirty());
  cache.look_up(2, false);
  EXPECT_FALSE(cache.fill(0, {99, Served::kMemory, true}));
  EXPECT_EQ(cache.fill(4, {1, Served::kMemory, false})->line, 0u) << "the fill was no use of it";
  cache.enter(0, {7, Served::kL2, false});
  cache.fill(0, {99, Served::kMemory, true});
  EXPECT_TRUE(cache.look_up(0, false)->is_dirty());
  EXPECT_EQ(cache.look_up(0, false)->ready_at(), 7u);
}

TEST(Cache, ParametersThatCannotBeBuiltAreNamed) {
  CacheParams params = small();
  EXPECT_EQ(error_of(params), "");
  params.size_bytes = 320;
  EXPECT_EQ(error_of(params),
            "cache.l2.size_bytes must be a multiple of ways x line_bytes (2 x 64), is 320");
  params = small();
  params.line_bytes = 48;
  EXPECT_EQ(error_of(params), "cache.l2.line_bytes must be a power of two, is 48");
  params = small();
  params.ways = 0;
  EXPECT_EQ(error_of(params), "cache.l2.ways must be at least 1");
  params = small();
  params.size_bytes = 384;
  params.ways = 3;
  EXPECT_EQ(error_of(params), "") << "two sets of three";
  params.replacement = Replacement::kTreePlru;
  EXPECT_EQ(error_of(params), "cache.l2: tree-plru needs a power-of-two number of ways, got 3");
}

}  // namespace
}  // namespace mmu
