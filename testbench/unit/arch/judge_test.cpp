#include <gtest/gtest.h>

#include "hw/arch/walk.hpp"

namespace mmu::test {
namespace {

constexpr AdUpdate kHw = AdUpdate::kHardware, kSw = AdUpdate::kFault;
constexpr AccessKind kFetch = AccessKind::kFetch, kLoad = AccessKind::kLoad,
                     kStore = AccessKind::kStore, kModify = AccessKind::kModify;
constexpr Verdict kOk = Verdict::kOk, kBad = Verdict::kFault, kWalk = Verdict::kNeedsWalk,
                  kDirty = Verdict::kNeedsDirty;

Translation page(Rights rights, bool accessed, bool dirty) {
  return {PhysAddr(0x1000), 12, rights, false, accessed, dirty};
}

// Privileged specification 4.3.2, steps 6 to 9. Columns: A D | hardware, D may not be set yet;
// hardware, D may be set; software.
TEST(Judge, FollowsTheTruthTable) {
  struct Row {
    AccessKind kind;
    bool a, d;
    Verdict early, oldest, software;
  };
  constexpr Row kRows[] = {
      {kLoad, false, false, kWalk, kWalk, kBad},   {kLoad, false, true, kWalk, kWalk, kBad},
      {kLoad, true, false, kOk, kOk, kOk},         {kLoad, true, true, kOk, kOk, kOk},
      {kFetch, false, false, kWalk, kWalk, kBad},  {kFetch, true, false, kOk, kOk, kOk},
      {kStore, false, false, kWalk, kWalk, kBad},  {kStore, false, true, kWalk, kWalk, kBad},
      {kStore, true, false, kDirty, kWalk, kBad},  {kStore, true, true, kOk, kOk, kOk},
      {kModify, false, false, kWalk, kWalk, kBad}, {kModify, true, false, kDirty, kWalk, kBad},
      {kModify, true, true, kOk, kOk, kOk},
  };
  for (const Row& row : kRows) {
    const Translation to = page({}, row.a, row.d);
    EXPECT_EQ(judge(to, row.kind, kHw, false), row.early) << name_of(row.kind) << row.a << row.d;
    EXPECT_EQ(judge(to, row.kind, kHw, true), row.oldest) << name_of(row.kind) << row.a << row.d;
    EXPECT_EQ(judge(to, row.kind, kSw, false), row.software) << name_of(row.kind);
    EXPECT_EQ(judge(to, row.kind, kSw, true), row.software) << name_of(row.kind);
  }
}

TEST(Judge, RightsComeBeforeAAndD) {
  const Rights read_only{true, false, false, true};
  for (const bool bits : {false, true}) {
    for (const AdUpdate ad : {kHw, kSw}) {
      for (const AccessKind kind : {kStore, kModify, kFetch}) {
        EXPECT_EQ(judge(page(read_only, bits, bits), kind, ad, true), kBad);
        EXPECT_EQ(fault_of(page(read_only, bits, bits), kind), FaultKind::kNoRight);
      }
    }
  }
}

TEST(Judge, TheReasonIsAThenD) {
  EXPECT_EQ(fault_of(page({}, false, false), kLoad), FaultKind::kNotAccessed);
  EXPECT_EQ(fault_of(page({}, false, false), kStore), FaultKind::kNotAccessed);
  EXPECT_EQ(fault_of(page({}, true, false), kStore), FaultKind::kNotDirty);
}

/// The entry after a walk for `kind` at `level` of `format`.
std::uint64_t updated(const char* format, std::uint64_t pte, AccessKind kind, bool may_set_dirty,
                      AdUpdate ad = kHw, unsigned level = 0) {
  const PageTableFormat& f = *find_format(format);
  Walk walk(f, VirtAddr(0), PhysAddr(0x1000), level);
  return with_ad_bits(f, pte, walk.consume(pte), kind, ad, may_set_dirty);
}

// RISC-V: A 0x40, D 0x80; 0x417 is V R W U.
TEST(AdBits, ALoadSetsAAndAStoreSetsBothIfItMay) {
  EXPECT_EQ(updated("sv39", 0x417, kLoad, true), 0x457u);
  EXPECT_EQ(updated("sv39", 0x417, kStore, true), 0x4d7u);
  EXPECT_EQ(updated("sv39", 0x417, kStore, false), 0x457u);
  EXPECT_EQ(updated("sv39", 0x417, kModify, true), 0x4d7u);
  EXPECT_EQ(updated("sv39", 0x457, kLoad, true), 0x457u);
  EXPECT_EQ(updated("sv39", 0x4d7, kLoad, true), 0x4d7u) << "nothing is ever cleared";
}

TEST(AdBits, NothingIsSetForAFaultOrBySoftware) {
  EXPECT_EQ(updated("sv39", 0x413, kStore, true), 0x413u) << "no right to write";
  EXPECT_EQ(updated("sv39", 0x407, kLoad, true), 0x407u) << "not the user's";
  EXPECT_EQ(updated("sv39", 0x416, kLoad, true), 0x416u) << "not present";
  EXPECT_EQ(updated("sv39", 0x417, kStore, true, kHw, 1), 0x417u) << "misaligned";
  EXPECT_EQ(updated("sv39", 0x417, kStore, true, kSw), 0x417u);
}

// x86 sets A in each entry that a walk uses; RISC-V pointers have none.
TEST(AdBits, OnlyX86SetsAInTables) {
  EXPECT_EQ(updated("x86-64-4level", 0x1007, kLoad, true, kHw, 2), 0x1027u);
  EXPECT_EQ(updated("x86-64-4level", 0x1007, kStore, true, kHw, 2), 0x1027u) << "D: leaves only";
  EXPECT_EQ(updated("x86-64-4level", 0x1007, kStore, true), 0x1067u);
  EXPECT_EQ(updated("sv39", 0x401, kStore, true, kHw, 2), 0x401u);
}

}  // namespace
}  // namespace mmu::test
