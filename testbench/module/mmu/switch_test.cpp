// Address spaces that take turns, with and without ASIDs. Times as in tlb_timing_test.cpp: a first
// access takes 45 cycles, a hit 1.
#include "hw/arch/errors.hpp"
#include "testbench/support/mmu_test.hpp"

namespace mmu {
namespace {

constexpr std::uint64_t kVa = 0x4000'0000;
constexpr std::uint64_t kPa = 0x80'0000, kOtherPa = 0xA0'0000;
constexpr std::uint64_t kGlobalBit = 1 << 5;

class SwitchTest : public MmuTest {
 protected:
  /// Hardware that holds so many ASID bits. The two spaces have ASIDs 1 and 2, or 0.
  void with_asid_bits(std::uint8_t bits) {
    format_ = *find_format("sv39");
    format_.asid_bits = bits;
    control.format = &format_;
    one_ = {PhysAddr(kTables), bits == 0 ? Asid{0} : Asid{1}};
    other_ = {PhysAddr(kTables + 0x10'0000), bits == 0 ? Asid{0} : Asid{2}};
    control.root = other_.root;
    map(kVa, kOtherPa);
    control.root = one_.root;
    control.asid = one_.asid;
    map(kVa, kPa);
  }
  void switch_to(Cycle cycle, const AddressSpace& space) {
    at(cycle, Rank::kFence, [this, space] { mmu().switch_space(space); });
  }
  void load(Cycle cycle, std::uint32_t id, std::uint64_t va = kVa) {
    at(cycle, Rank::kIssue, [this, cycle, id, va] {
      const TranslateAnswer answer =
          mmu().data_in()->translate({cycle, id, VirtAddr(va), control.asid, AccessKind::kLoad});
      if (answer.is_now()) core.add(id, answer.at, *answer.result);
      if (answer.is_refused()) core.refused.push_back(id);
    });
  }
  std::uint64_t frame(std::uint32_t id) { return core.reply_to(id)->result.to.base.value(); }

  AddressSpace one_, other_;
  PageTableFormat format_;
};

TEST_F(SwitchTest, EachSpaceKeepsItsEntriesWhileAnotherHasTheCore) {
  with_asid_bits(2);
  make();
  load(1, 1);
  switch_to(100, other_);
  load(100, 2);
  expect_answer(2, 145);
  EXPECT_EQ(frame(2), kOtherPa);
  switch_to(200, one_);
  load(200, 3);
  expect_answer(3, 201, 200);
  EXPECT_EQ(frame(3), kPa);
  switch_to(300, other_);
  load(300, 4);
  expect_answer(4, 301, 300);
  EXPECT_EQ(frame(4), kOtherPa);
  EXPECT_EQ(mmu().dtlb().stats().fenced, 0u);
}

TEST_F(SwitchTest, WithoutAsidsASwitchRemovesAllThatIsNotGlobal) {
  with_asid_bits(0);
  params.walk_cache.level1 = {4, 0};
  const PhysAddr pte = map(kVa + 0x1000, kPa + 0x1000);
  bytes.store(pte, 8, bytes.load(pte, 8) | kGlobalBit);
  make();
  load(1, 1);
  load(100, 2, kVa + 0x1000);
  switch_to(200, other_);
  load(200, 3);
  expect_answer(3, 246);  // all levels: 1 + 7 + 1 + 36 + 1
  EXPECT_EQ(frame(3), kOtherPa);
  EXPECT_EQ(mmu().dtlb().stats().fenced, 1u);
  EXPECT_EQ(mmu().stlb().stats().fenced, 1u);
  EXPECT_EQ(mmu().walker().stats().cache_fenced, 1u);
  load(300, 4, kVa + 0x1000);
  expect_answer(4, 301, 300);
}

TEST_F(SwitchTest, WithoutAsidsASwitchTakesAsLongAsAFence) {
  with_asid_bits(0);
  params.fence.latency_cycles = 10;
  make();
  switch_to(100, other_);
  switch_to(100, one_);
  load(119, 1);
  load(120, 2);
  expect_answer(2, 165);
  EXPECT_EQ(core.refused, (std::vector<std::uint32_t>{1}));
}

TEST_F(SwitchTest, WithAsidsASwitchTakesNoTime) {
  with_asid_bits(2);
  params.fence.latency_cycles = 10;
  make();
  switch_to(100, other_);
  load(100, 1);
  expect_answer(1, 145);
}

TEST_F(SwitchTest, AFenceComparesTheBitsThatThereAre) {
  with_asid_bits(2);
  make();
  load(1, 1);
  fence(100, {Asid{4 + 2}, {}, false});
  run_to(100);
  EXPECT_EQ(mmu().dtlb().stats().fenced, 0u);
  fence(101, {Asid{4 + 1}, {}, false});
  run_to(101);
  EXPECT_EQ(mmu().dtlb().stats().fenced, 1u);
}

TEST_F(SwitchTest, AnAsidThatDoesNotFitIsRefused) {
  with_asid_bits(2);
  make();
  mmu().switch_space({one_.root, 3});
  EXPECT_THROW(mmu().switch_space({one_.root, 4}), ModelError);
}

TEST_F(SwitchTest, AMachineThatBeginsWithAnAsidThatDoesNotFitIsRefused) {
  with_asid_bits(2);
  control.asid = 4;
  EXPECT_THROW(make(), ConfigError);
}

}  // namespace
}  // namespace mmu
