// What control registers and extensions change: known answers from the RISC-V privileged
// specification (Sv32, Svnapot, Svpbmt, SUM, MXR) and the Intel SDM vol. 3A, 4.5 and 4.6.
#include <gtest/gtest.h>

#include "hw/arch/walk.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t bit(unsigned n) { return std::uint64_t{1} << n; }
constexpr AccessKind kFetch = AccessKind::kFetch, kLoad = AccessKind::kLoad,
                     kStore = AccessKind::kStore;

WalkStep read(const PageTableFormat& f, std::uint64_t pte, unsigned level, std::uint64_t va = 0) {
  return Walk(f, VirtAddr(va), PhysAddr(0x1000), level).consume(pte);
}
PageTableFormat riscv(bool napot, bool pbmt) {
  FormatOptions options;
  options.napot = napot;
  options.pbmt = pbmt;
  return with_options(*find_format("sv39"), options);
}

TEST(Sv32, HasTwentyTwoBitsOfPpnInFourBytes) {
  const PageTableFormat& f = *find_format("sv32");
  EXPECT_EQ(std::get<Translation>(read(f, 0xffff'fc03, 0)).base.value(), 0x3'ffff'f000u);
  EXPECT_EQ(std::get<Translation>(read(f, 0xfff0'0003, 1)).page_shift, 22u);
  EXPECT_EQ(std::get<Fault>(read(f, 0x0008'0003, 1)).kind, FaultKind::kMisaligned) << "PPN[0]";
  EXPECT_EQ(encode_leaf(f, 0, PhysAddr(0x8000'2000), {true, true, false, true}, true, true),
            0x2000'08d7u);
  // VPN[1] = 0x3ff, entries of 4 bytes.
  EXPECT_EQ(Walk(f, VirtAddr(0xffc0'0000), PhysAddr(0x1000)).entry_address().value(), 0x1ffcu);
}

TEST(Svnapot, MapsSixtyFourKibibytesAndNothingElse) {
  const PageTableFormat f = riscv(true, false);
  const std::uint64_t pte = bit(63) | (0x50008 << 10) | 0x43;
  const auto to = std::get<Translation>(read(f, pte, 0, 0x1'2345));
  EXPECT_EQ(to.page_shift, 16u);
  EXPECT_EQ(to.of(VirtAddr(0x1'2345)).value(), 0x5000'2345u);
  EXPECT_EQ(to.level, 0u);
  for (unsigned low = 0; low < 16; ++low) {
    const WalkStep step = read(f, bit(63) | (0x50000 + low) << 10 | 0x43, 0);
    EXPECT_EQ(std::holds_alternative<Translation>(step), low == 8) << low;
  }
  EXPECT_TRUE(std::holds_alternative<Fault>(read(f, bit(63) | 0x43, 1))) << "not above level 0";
  EXPECT_TRUE(std::holds_alternative<Fault>(read(f, bit(63) | 0x401, 1))) << "nor in a pointer";
  EXPECT_TRUE(std::holds_alternative<Fault>(read(riscv(false, true), pte, 0))) << "off: reserved";
}

TEST(Svpbmt, TellsTheMemoryTypeOfLeaves) {
  const PageTableFormat f = riscv(false, true);
  EXPECT_EQ(std::get<Translation>(read(f, 0x443, 0)).memory_type, 0);
  EXPECT_EQ(std::get<Translation>(read(f, bit(61) | 0x443, 0)).memory_type, 1) << "NC";
  EXPECT_EQ(std::get<Translation>(read(f, bit(62) | 0x43, 1)).memory_type, 2) << "IO";
  EXPECT_TRUE(std::holds_alternative<Fault>(read(f, bit(62) | bit(61) | 0x443, 0)));
  EXPECT_TRUE(std::holds_alternative<Fault>(read(f, bit(61) | 0x401, 1))) << "a pointer";
  EXPECT_TRUE(std::holds_alternative<Fault>(read(riscv(true, false), bit(61) | 0x443, 0)));
}

TEST(RiscvGlobal, OfAPointerReachesTheLeaf) {
  Walk walk(*find_format("sv39"), VirtAddr(0), PhysAddr(0x1000), 1);
  walk.consume(0x421);
  EXPECT_TRUE(std::get<Translation>(walk.consume(0x443)).global);
}

TEST(RiscvContext, SumHelpsDataAndMxrLoads) {
  const Rights user{true, true, true, true}, kernel{true, true, true, false};
  const Rights execute_only{false, false, true, true};
  EXPECT_FALSE(kernel.allow(kLoad, riscv_context(false, true, true)));
  EXPECT_TRUE(kernel.allow(kFetch, riscv_context(true, false, false)));
  EXPECT_FALSE(user.allow(kStore, riscv_context(true, false, false)));
  EXPECT_TRUE(user.allow(kStore, riscv_context(true, true, false)));
  EXPECT_FALSE(user.allow(kFetch, riscv_context(true, true, true)));
  EXPECT_FALSE(execute_only.allow(kLoad, riscv_context(false, false, false)));
  EXPECT_TRUE(execute_only.allow(kLoad, riscv_context(false, false, true)));
  EXPECT_FALSE(execute_only.allow(kStore, riscv_context(false, false, true)));
}

TEST(X86Context, WpSmepSmapAndAc) {
  const Rights user{true, false, true, true}, kernel{true, false, true, false};
  const auto cpl0 = [](bool wp, bool smep, bool smap, bool ac) {
    return x86_context(true, wp, smep, smap, ac);
  };
  EXPECT_FALSE(kernel.allow(kStore, cpl0(true, false, false, false)));
  EXPECT_TRUE(kernel.allow(kStore, cpl0(false, false, false, false)));
  EXPECT_FALSE(user.allow(kStore, x86_context(false, false, false, false, false)));
  EXPECT_TRUE(user.allow(kFetch, cpl0(true, false, true, false)));
  EXPECT_FALSE(user.allow(kFetch, cpl0(true, true, false, true)));
  EXPECT_TRUE(user.allow(kLoad, cpl0(true, true, false, false)));
  EXPECT_FALSE(user.allow(kLoad, cpl0(true, true, true, false)));
  EXPECT_TRUE(user.allow(kLoad, cpl0(true, true, true, true)));
  EXPECT_TRUE(kernel.allow(kFetch, cpl0(true, true, true, false)));
}

TEST(X86Options, MaxphyaddrAndNxeReserveBitsInEveryEntry) {
  FormatOptions options;
  options.maxphyaddr = 40;
  options.nxe = false;
  const PageTableFormat f = with_options(*find_format("x86-64-4level"), options);
  for (unsigned level = 0; level < 4; ++level) {
    EXPECT_EQ(std::get<Fault>(read(f, bit(63) | 0x7, level)).kind, FaultKind::kMalformed);
    for (unsigned n = 40; n < 52; ++n) {
      EXPECT_EQ(std::get<Fault>(read(f, bit(n) | 0x7, level)).kind, FaultKind::kMalformed) << n;
    }
    EXPECT_FALSE(std::holds_alternative<Fault>(read(f, bit(39) | 0x7, level)));
    EXPECT_FALSE(std::holds_alternative<Fault>(read(f, bit(62) | bit(52) | 0x7, level)));
  }
}

// SDM 4.9.2: the type is PAT[{PAT, PCD, PWT}].
TEST(X86Options, PatMovesInLargePages) {
  const PageTableFormat& f = *find_format("x86-64-4level");
  EXPECT_EQ(std::get<Translation>(read(f, 0x1001 | 0x08, 0)).memory_type, 1);
  EXPECT_EQ(std::get<Translation>(read(f, 0x1001 | 0x10, 0)).memory_type, 2);
  EXPECT_EQ(std::get<Translation>(read(f, 0x1001 | 0x80, 0)).memory_type, 4);
  EXPECT_EQ(std::get<Translation>(read(f, 0x20'0081, 1)).memory_type, 0);
  EXPECT_EQ(std::get<Translation>(read(f, 0x20'1081, 1)).memory_type, 4);
}

}  // namespace
}  // namespace mmu::test
