// The cycles of the walker's contract, counted by hand: one walk for each of its rules. The request
// is taken in cycle 0; a time that is seen is the first one, so a cycle early or late is a failure.
#include <gtest/gtest.h>

#include <unordered_map>

#include "testbench/cosim/ptw_bench.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kVa = 0x40'1234'5678 & 0x3F'FFFF'FFFF;  // Sv39: indexes 0, 0x91, 0x145
constexpr std::uint64_t kRoot = 0x1000, kMiddle = 0x2000, kLast = 0x3000;
constexpr std::uint64_t kRootEntry = kRoot, kMiddleEntry = kMiddle + 0x91 * 8,
                        kLastEntry = kLast + 0x145 * 8;
constexpr std::uint64_t kPointerTo = 0x1;  // V
constexpr std::uint64_t kV = 1, kR = 2, kW = 4, kX = 8, kU = 16, kA = 64, kD = 128;
constexpr std::uint64_t kAll = kV | kR | kW | kX | kU | kA | kD;

std::uint64_t entry(std::uint64_t base, std::uint64_t flags) { return base >> 12 << 10 | flags; }

class Memory final : public PhysicalMemory {
 public:
  std::uint64_t size_bytes() const override { return std::uint64_t{1} << 56; }
  std::uint64_t load(PhysAddr address, unsigned) const override {
    const auto found = words.find(address.value());
    return found == words.end() ? 0 : found->second;
  }
  void store(PhysAddr address, unsigned, std::uint64_t value) override {
    words[address.value()] = value;
  }
  bool permits(PhysAddr address, unsigned, bool write) const override {
    return address.value() != (write ? no_write : no_read);
  }
  std::unordered_map<std::uint64_t, std::uint64_t> words;
  std::uint64_t no_read = ~std::uint64_t{0}, no_write = ~std::uint64_t{0};
};

class PtwCycles : public testing::Test {
 protected:
  PtwCycles() {
    plan_.format = *find_format("sv39");
    plan_.va = VirtAddr(kVa);
    plan_.root = PhysAddr(kRoot);
    plan_.asid = 5;
    memory_.words = {{kRootEntry, entry(kMiddle, kPointerTo)},
                     {kMiddleEntry, entry(kLast, kPointerTo)},
                     {kLastEntry, entry(0x9000, kAll)}};
  }
  PtwSeen walk() { return bench_.walk(plan_, memory_); }
  void leaf(std::uint64_t flags) { memory_.words[kLastEntry] = entry(0x9000, flags); }

  static void expect_offers(const PtwSeen& seen, const std::vector<Cycle>& cycles) {
    ASSERT_EQ(seen.accesses.size(), cycles.size()) << seen;
    for (std::size_t i = 0; i < cycles.size(); ++i) {
      EXPECT_EQ(seen.accesses[i].offered, cycles[i]) << "access " << i << ": " << seen;
    }
  }
  static void expect_fills(const PtwSeen& seen, const std::vector<Cycle>& cycles) {
    ASSERT_EQ(seen.fills.size(), cycles.size()) << seen;
    for (std::size_t i = 0; i < cycles.size(); ++i) EXPECT_EQ(seen.fills[i].at, cycles[i]) << seen;
  }

  PtwBench bench_{3};
  PtwPlan plan_;
  Memory memory_;
};

// t = 0; offered 1, there 2, next 4, 5, 7, 8; result 10 = 3 (1 + 2) + 1.
TEST_F(PtwCycles, ThreeReadsOfOneCycleTakeTen) {
  const PtwSeen seen = walk();
  expect_offers(seen, {1, 4, 7});
  EXPECT_EQ(seen.accesses[0].address, kRootEntry);
  EXPECT_EQ(seen.accesses[1].address, kMiddleEntry);
  EXPECT_EQ(seen.accesses[2].address, kLastEntry);
  EXPECT_EQ(seen.result, 10u);
  EXPECT_EQ(seen.verdict, PtwResult::kOk);
  EXPECT_EQ(seen.to.base.value(), 0x9000u);
}

// 3 (20 + 2) + 1.
TEST_F(PtwCycles, ThreeReadsOfTwentyCyclesTakeSixtySeven) {
  plan_.accesses = {{0, 20}};
  const PtwSeen seen = walk();
  expect_offers(seen, {1, 23, 45});
  EXPECT_EQ(seen.result, 67u);
}

// Accepted in 1 + 3, there in 5, next 7; accepted in 7, there 8, next 10; 10 + 2, there 13; 15.
TEST_F(PtwCycles, AReadWaitsUntilItIsAccepted) {
  plan_.accesses = {{3, 1}, {0, 1}, {2, 1}};
  const PtwSeen seen = walk();
  expect_offers(seen, {1, 7, 10});
  EXPECT_EQ(seen.result, 15u);
}

// P = 2: t = 2, first read 3; the walk cache knows the last table: one read, 3 + 2 + 1 = 6.
TEST_F(PtwCycles, TheWalkCacheSparesReadsAndTakesItsTime) {
  plan_.look_up = 2;
  plan_.hit = true;
  plan_.hit_level = 0;
  plan_.hit_table = PhysAddr(kLast);
  plan_.hit_global = true;
  PtwSeen seen = walk();
  EXPECT_EQ(seen.looked_up, 1u);
  expect_offers(seen, {3});
  EXPECT_EQ(seen.result, 6u);
  EXPECT_TRUE(seen.to.global);
  plan_.look_up = 0;
  seen = walk();
  expect_offers(seen, {1});
  EXPECT_EQ(seen.result, 4u);
}

TEST_F(PtwCycles, APointerFillsTheWalkCacheWithTheNextOffer) {
  const PtwSeen seen = walk();
  expect_fills(seen, {4, 7});
  EXPECT_EQ(seen.fills[0].level, 2u);
  EXPECT_EQ(seen.fills[0].table, kMiddle);
  EXPECT_EQ(seen.fills[1].level, 1u);
  EXPECT_EQ(seen.fills[1].table, kLast);
}

// Decoded in 10: the update is offered; u = 11; the result in 13.
TEST_F(PtwCycles, AnUpdateTakesItsAnswerAndTwo) {
  leaf(kAll & ~(kA | kD));
  plan_.kind = AccessKind::kStore;
  const PtwSeen seen = walk();
  expect_offers(seen, {1, 4, 7, 10});
  EXPECT_TRUE(seen.accesses[3].update);
  EXPECT_EQ(seen.accesses[3].address, kLastEntry);
  EXPECT_EQ(seen.accesses[3].compare, entry(0x9000, kAll & ~(kA | kD)));
  EXPECT_EQ(seen.accesses[3].value, entry(0x9000, kAll));
  EXPECT_EQ(seen.result, 13u);
  EXPECT_EQ(memory_.words[kLastEntry], entry(0x9000, kAll));
  EXPECT_TRUE(seen.to.dirty);
}

TEST_F(PtwCycles, ALoadSetsNoDAndNorDoesAStoreThatMayNot) {
  leaf(kAll & ~(kA | kD));
  PtwSeen seen = walk();
  EXPECT_EQ(memory_.words[kLastEntry], entry(0x9000, kAll & ~kD));
  EXPECT_EQ(seen.result, 13u);
  plan_.kind = AccessKind::kStore;
  plan_.may_set_dirty = false;
  seen = walk();
  EXPECT_EQ(seen.result, 10u);
  EXPECT_EQ(seen.verdict, PtwResult::kNeedsDirty);
}

// Update offered in 10, u = 11, fails: that level's read again in 13, there in 14; the update of
// what is there now in 16, u = 17; 19.
TEST_F(PtwCycles, AnUpdateThatFailsReadsTheSameLevelAgain) {
  leaf(kAll & ~(kA | kD));
  plan_.kind = AccessKind::kStore;
  plan_.meanwhile = [&](unsigned number, PhysAddr at) {
    if (number == 3) memory_.words[at.value()] = entry(0xA000, kAll & ~kD);
  };
  const PtwSeen seen = walk();
  expect_offers(seen, {1, 4, 7, 10, 13, 16});
  EXPECT_FALSE(seen.accesses[4].update);
  EXPECT_EQ(seen.accesses[4].address, kLastEntry);
  EXPECT_EQ(seen.accesses[5].compare, entry(0xA000, kAll & ~kD));
  EXPECT_EQ(seen.result, 19u);
  EXPECT_EQ(seen.to.base.value(), 0xA000u);
}

// A fault of the second entry: 7, where the third read would have been offered.
TEST_F(PtwCycles, AFaultIsAResultWhereTheNextOfferWouldBe) {
  memory_.words[kMiddleEntry] = 0;
  const PtwSeen seen = walk();
  expect_offers(seen, {1, 4});
  expect_fills(seen, {4});
  EXPECT_EQ(seen.result, 7u);
  EXPECT_EQ(seen.verdict, PtwResult::kNotPresent);
  EXPECT_EQ(seen.level, 1u);
  EXPECT_EQ(seen.cause, 13u);
}

TEST_F(PtwCycles, ABusErrorIsAnAccessFaultOfTheOriginalType) {
  memory_.no_read = kMiddleEntry;
  const std::pair<AccessKind, std::uint32_t> causes[] = {
      {AccessKind::kLoad, 5}, {AccessKind::kStore, 7}, {AccessKind::kFetch, 1}};
  for (const auto& [kind, cause] : causes) {
    plan_.kind = kind;
    const PtwSeen seen = walk();
    EXPECT_EQ(seen.result, 7u);
    EXPECT_EQ(seen.verdict, PtwResult::kAccessFault);
    EXPECT_EQ(seen.cause, cause);
  }
}

TEST_F(PtwCycles, ARefusedUpdateIsAnAccessFaultInUPlusTwo) {
  leaf(kAll & ~(kA | kD));
  memory_.no_write = kLastEntry;
  const PtwSeen seen = walk();
  EXPECT_EQ(seen.result, 13u);
  EXPECT_EQ(seen.verdict, PtwResult::kAccessFault);
  EXPECT_EQ(seen.cause, 5u);
}

TEST_F(PtwCycles, AnAddressOutsideReadsNothing) {
  plan_.va = VirtAddr(std::uint64_t{1} << 38);
  const PtwSeen seen = walk();
  expect_offers(seen, {});
  EXPECT_EQ(seen.looked_up, 0u);
  EXPECT_EQ(seen.result, 1u);
  EXPECT_EQ(seen.verdict, PtwResult::kNonCanonical);
}

// The bench itself demands that the result stays, and that the next request is taken in the cycle
// after it was: walks follow each other without a gap.
TEST_F(PtwCycles, AResultWaitsUntilItIsTakenAndTheNextWalkFollows) {
  plan_.result_stall = 4;
  EXPECT_EQ(walk().result, 10u);
  EXPECT_EQ(walk().result, 10u);
  EXPECT_EQ(bench_.cycles(), 2u * 15);
}

// Pointers are entered in 4 (level 2) and in 7 (level 1).
TEST_F(PtwCycles, AFenceDropsWhatTheWalkHasNotEnteredYet) {
  const std::pair<Cycle, std::vector<Cycle>> cases[] = {{0, {4, 7}}, {1, {}},  {3, {}},    {4, {}},
                                                        {5, {4}},    {7, {4}}, {8, {4, 7}}};
  for (const auto& [at, fills] : cases) {
    SCOPED_TRACE("fence in " + std::to_string(at));
    plan_.fences = {{at, {}}};
    const PtwSeen seen = walk();
    expect_fills(seen, fills);
    EXPECT_EQ(seen.result, 10u);
  }
}

TEST_F(PtwCycles, AFenceDropsOnlyWhatItCovers) {
  const std::uint64_t next_last = kVa ^ 1ull << 21;    // another table of level 0
  const std::uint64_t next_middle = kVa ^ 1ull << 30;  // another table of level 1
  const std::pair<FenceScope, std::vector<Cycle>> cases[] = {
      {{Asid{5}, {}, false}, {}},
      {{Asid{4}, {}, false}, {4, 7}},
      {{{}, VirtAddr(kVa), false}, {}},
      {{{}, VirtAddr(kVa), true}, {4, 7}},
      {{{}, VirtAddr(kVa ^ 0x1F'F000), false}, {}},
      {{{}, VirtAddr(next_last), false}, {7}},
      {{Asid{5}, VirtAddr(next_last), false}, {7}},
      {{{}, VirtAddr(next_middle), false}, {4, 7}},
      {{Asid{4}, VirtAddr(kVa), false}, {4, 7}}};
  for (std::size_t i = 0; i < std::size(cases); ++i) {
    SCOPED_TRACE("case " + std::to_string(i));
    plan_.fences = {{2, cases[i].first}};
    expect_fills(walk(), cases[i].second);
  }
}

}  // namespace
}  // namespace mmu
