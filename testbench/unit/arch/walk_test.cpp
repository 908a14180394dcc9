// Walks over tables built by hand: every address and entry is written out.
#include "hw/arch/walk.hpp"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace mmu::test {
namespace {

using Memory = std::map<std::uint64_t, std::uint64_t>;  // entry address: entry

struct Walked {
  WalkStep end;
  std::vector<std::uint64_t> reads;
};

Walked walk(const char* format, const Memory& memory, std::uint64_t root, std::uint64_t va) {
  Walk w(*find_format(format), VirtAddr(va), PhysAddr(root));
  Walked walked;
  do {
    const std::uint64_t entry = w.entry_address().value();
    walked.reads.push_back(entry);
    const auto it = memory.find(entry);
    walked.end = w.consume(it == memory.end() ? 0 : it->second);
  } while (std::holds_alternative<Descend>(walked.end));
  return walked;
}

// VA 0x12'3456'7abc: VPN[2] = bits 38:30 = 0x48, VPN[1] = bits 29:21 = 0x1a2,
// VPN[0] = bits 20:12 = 0x167.
TEST(Walk, OfSv39ReadsThreeEntriesAtTheirAddresses) {
  const Memory memory = {{0x1000 + 0x48 * 8, 0x801},      // -> 0x2000
                         {0x2000 + 0x1a2 * 8, 0xc01},     // -> 0x3000
                         {0x3000 + 0x167 * 8, 0x14053}};  // PPN 0x50: R U A
  const Walked w = walk("sv39", memory, 0x1000, 0x12'3456'7abc);
  EXPECT_EQ(w.reads, (std::vector<std::uint64_t>{0x1240, 0x2d10, 0x3b38}));
  const auto to = std::get<Translation>(w.end);
  EXPECT_EQ(to.base.value(), 0x50000u);
  EXPECT_EQ(to.of(VirtAddr(0x12'3456'7abc)).value(), 0x50abcu);
  EXPECT_TRUE((to.rights == Rights{true, false, false, true}));
  EXPECT_TRUE(to.accessed);
  EXPECT_FALSE(to.dirty);
}

TEST(Walk, EndsAtALargePage) {
  // Level 1 maps 2 MiB at 0x4060'0000: PPN 0x40600 << 10 = 0x1018'0000.
  const Memory memory = {{0x1000 + 0x48 * 8, 0x801}, {0x2000 + 0x1a2 * 8, 0x1018'00d7}};
  const Walked w = walk("sv39", memory, 0x1000, 0x12'3456'7abc);
  EXPECT_EQ(w.reads.size(), 2u);
  const auto to = std::get<Translation>(w.end);
  EXPECT_EQ(to.page_shift, 21u);
  EXPECT_EQ(to.of(VirtAddr(0x12'3456'7abc)).value(), 0x4060'0000u + 0x16'7abc);
}

TEST(Walk, NamesTheLevelThatFaults) {
  Memory memory = {{0x1000 + 0x48 * 8, 0x801}, {0x2000 + 0x1a2 * 8, 0xc01}};
  const auto fault = [&] {
    return std::get<Fault>(walk("sv39", memory, 0x1000, 0x12'3456'7abc).end);
  };
  EXPECT_EQ(fault().kind, FaultKind::kNotPresent);
  EXPECT_EQ(fault().level, 0u);
  EXPECT_EQ(fault().va.value(), 0x12'3456'7abcu);
  memory[0x2000 + 0x1a2 * 8] = 0x1018'04d7;  // 2 MiB, PPN[0] not zero
  EXPECT_EQ(fault().kind, FaultKind::kMisaligned);
  EXPECT_EQ(fault().level, 1u);
  memory[0x2000 + 0x1a2 * 8] = 0xc41;  // a pointer with A
  EXPECT_EQ(fault().kind, FaultKind::kMalformed);
  memory[0x1000 + 0x48 * 8] = 0x800;
  EXPECT_EQ(fault().kind, FaultKind::kNotPresent);
  EXPECT_EQ(fault().level, 2u);
}

// The upper half indexes the upper half of the root: VPN[2] of 0xffff'ffff'ffff'f000 is 0x1ff.
TEST(Walk, OfTheUpperHalfUsesTheBitsOfTheFormatOnly) {
  EXPECT_EQ(walk("sv39", {}, 0x1000, 0xffff'ffff'ffff'f000).reads.at(0), 0x1ff8u);
  EXPECT_EQ(walk("sv48", {}, 0x1000, 0xffff'8000'0000'0000).reads.at(0), 0x1000u + 0x100 * 8);
}

// VA 0x7f12'3456'7abc, 4 levels: bits 47:39 = 0xfe, 38:30 = 0x48, 29:21 = 0x1a2, 20:12 = 0x167.
TEST(Walk, OfX86ReadsFourEntriesAndAndsTheirRights) {
  const Memory memory = {{0x1000 + 0xfe * 8, 0x2027},
                         {0x2000 + 0x48 * 8, 0x3025},  // no writing below
                         {0x3000 + 0x1a2 * 8, 0x4027},
                         {0x4000 + 0x167 * 8, 0x50067}};
  const Walked w = walk("x86-64-4level", memory, 0x1000, 0x7f12'3456'7abc);
  EXPECT_EQ(w.reads, (std::vector<std::uint64_t>{0x17f0, 0x2240, 0x3d10, 0x4b38}));
  const auto to = std::get<Translation>(w.end);
  EXPECT_EQ(to.of(VirtAddr(0x7f12'3456'7abc)).value(), 0x50abcu);
  EXPECT_TRUE((to.rights == Rights{true, false, true, true}));
  EXPECT_TRUE(to.dirty);
}

TEST(Walk, OfFiveLevelsBeginsWithBits56To48) {
  // 0x005a'0000'0000'0000: bits 56:48 = 0x5a.
  for (const char* format : {"sv57", "x86-64-5level"}) {
    EXPECT_EQ(walk(format, {}, 0x1000, 0x005a'0000'0000'0000).reads.at(0), 0x1000u + 0x5a * 8);
  }
}

TEST(Walk, FromAWalkCacheStartsBelowTheRootWithTheRightsInherited) {
  Walk w(*find_format("x86-64-4level"), VirtAddr(0x7f12'3456'7abc), PhysAddr(0x4000), 0,
         {{true, false, true, true}});
  EXPECT_EQ(w.entry_address().value(), 0x4b38u);
  EXPECT_FALSE(std::get<Translation>(w.consume(0x50067)).rights.write);
}

}  // namespace
}  // namespace mmu::test
