#include <gtest/gtest.h>

#include "hw/arch/errors.hpp"
#include "testbench/unit/os_model/os_machine.hpp"

namespace mmu::test {
namespace {

OsSetup with(AdUpdate ad) {
  OsSetup setup;
  setup.ad_update = ad;
  return setup;
}

TEST(Faults, ADemandZeroPageCostsAFrameItsTablesAndItsEntries) {
  OsMachine m;
  m.mmap(0x10000000, 4 * kPage);
  EXPECT_EQ(m.access(0x10001234), 1u);
  // Sv39: tables of level 1 and 0 made; entries: two pointers and the leaf.
  EXPECT_EQ(m.last.faults_served, 1u);
  EXPECT_EQ(m.last.frames_zeroed, 1u);
  EXPECT_EQ(m.last.tables_made, 2u);
  EXPECT_EQ(m.last.entries_written, 3u);
  EXPECT_TRUE(m.last.fences.empty());
  EXPECT_FALSE(m.last.system_call);
  EXPECT_EQ(m.access(0x10001000, AccessKind::kStore), 0u);
  EXPECT_EQ(m.access(0x10002000), 1u);
  EXPECT_EQ(m.last.tables_made, 0u);
  EXPECT_EQ(m.last.entries_written, 1u);
  EXPECT_EQ(m.kernel.stats().minor_faults, 2u);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 2u);
  EXPECT_EQ(m.kernel.stats().table_pages, 3u);
}

// The first data frame is 0x1000 (frame 0 stays free): PPN 1 << 10 | V R W U A D, and a load
// leaves D clear. RISC-V privileged specification: V 1, R 2, W 4, U 0x10, A 0x40, D 0x80.
TEST(Faults, TheEntryIsTheOneTheManualAsksFor) {
  OsMachine m;
  m.mmap(0x10000000, 4 * kPage);
  m.access(0x10000000, AccessKind::kStore);
  EXPECT_EQ(m.raw_leaf(0x10000000), 0x400u | 0xd7u);
  m.access(0x10001000, AccessKind::kLoad);
  EXPECT_EQ(m.raw_leaf(0x10001000), 0x800u | 0x57u);
}

// Intel SDM vol. 3A, 4.5: P 1, W 2, U 4, A 0x20, D 0x40, XD bit 63.
TEST(Faults, TheEntryIsTheOneTheIntelManualAsksFor) {
  OsSetup setup;
  setup.format = "x86-64-4level";
  OsMachine m(setup);
  m.mmap(0x10000000, 4 * kPage);
  m.access(0x10000000, AccessKind::kStore);
  EXPECT_EQ(m.raw_leaf(0x10000000), 0x8000'0000'0000'1067u);
  m.mmap(0x20000000, kPage, linux_abi::kProtRead | linux_abi::kProtExec);
  m.access(0x20000000, AccessKind::kFetch);
  EXPECT_EQ(m.raw_leaf(0x20000000), 0x2025u);
}

TEST(Faults, AFirstTouchSetsAAndAWriteSetsD) {
  for (const AdUpdate ad : {AdUpdate::kHardware, AdUpdate::kFault}) {
    OsMachine m(with(ad));
    m.mmap(0x10000000, 4 * kPage);
    m.access(0x10000000, AccessKind::kLoad);
    m.access(0x10001000, AccessKind::kModify);
    const auto pages = m.table();
    EXPECT_TRUE(pages.at(0x10000000).accessed);
    EXPECT_FALSE(pages.at(0x10000000).dirty);
    EXPECT_TRUE(pages.at(0x10001000).accessed);
    EXPECT_TRUE(pages.at(0x10001000).dirty);
  }
}

TEST(Faults, WithSoftwareAdTheFirstWriteFaultsAndFencesTheAddress) {
  OsMachine m(with(AdUpdate::kFault));
  m.mmap(0x10000000, 4 * kPage);
  m.access(0x10000000, AccessKind::kLoad);
  EXPECT_EQ(m.access(0x10000008, AccessKind::kStore), 1u);
  EXPECT_EQ(m.last.faults_served, 1u);
  EXPECT_EQ(m.last.entries_written, 1u);
  EXPECT_EQ(m.last.frames_zeroed, 0u);
  ASSERT_EQ(m.last.fences.size(), 1u);
  EXPECT_EQ(m.last.fences[0].va->value(), 0x10000000u);
  EXPECT_TRUE(m.last.fences[0].leaf_only);
  EXPECT_EQ(m.access(0x10000010, AccessKind::kStore), 0u);
  EXPECT_EQ(m.kernel.stats().dirty_faults, 1u);
  EXPECT_EQ(m.kernel.stats().page_faults, 2u);
}

TEST(Faults, AClearABitIsSetTogetherWithDForAWrite) {
  OsMachine m(with(AdUpdate::kFault));
  m.mmap(0x10000000, kPage);
  m.access(0x10000000);
  // Sv39 by hand: root[0] -> level 1[0x80] -> level 0[0].
  const auto table_of = [&](std::uint64_t entry) {
    return (m.memory.load(PhysAddr(entry), 8) >> 10) << 12;
  };
  const std::uint64_t level1 = table_of(m.kernel.control().root.value());
  const std::uint64_t leaf = table_of(level1 + 0x80 * 8);
  m.memory.store(PhysAddr(leaf), 8, m.memory.load(PhysAddr(leaf), 8) & ~std::uint64_t{0x40});
  EXPECT_EQ(m.access(0x10000000, AccessKind::kStore), 1u);
  EXPECT_EQ(m.kernel.stats().accessed_faults, 1u);
  EXPECT_EQ(m.kernel.stats().dirty_faults, 0u);
  EXPECT_TRUE(m.table().at(0x10000000).dirty);
}

TEST(Faults, AFaultThatTheTableDoesNotConfirmIsAFenceAndARetry) {
  OsMachine m;
  m.mmap(0x10000000, kPage);
  m.access(0x10000000, AccessKind::kStore);
  m.fault(0x10000000, FaultKind::kNoRight, AccessKind::kStore);
  EXPECT_EQ(m.last.entries_written, 0u);
  ASSERT_EQ(m.last.fences.size(), 1u);
  EXPECT_EQ(m.last.fences[0].va->value(), 0x10000000u);
  EXPECT_EQ(m.kernel.stats().page_faults, 2u);
  EXPECT_EQ(m.kernel.stats().minor_faults, 1u);
}

TEST(Faults, NothingThereIsASegmentationFaultWithTheAccessAndTheAreas) {
  OsMachine m;
  m.mmap(0x10000000, 2 * kPage);
  m.access(0x10000000);
  const std::string text = m.message_of_fault(0x20000008, AccessKind::kStore);
  EXPECT_EQ(text,
            "segmentation fault: store at 0x20000008, access 2: no area holds this address\n"
            "The areas:\n10000000-10002000 rw-p 00000000 00:00 0\n");
  EXPECT_EQ(m.kernel.stats().page_faults, 1u);
}

TEST(Faults, WhatTheAreaForbidsIsASegmentationFault) {
  OsMachine m;
  m.mmap(0x10000000, kPage, kRead);
  m.mmap(0x20000000, kPage, 0);
  EXPECT_EQ(m.access(0x10000000), 1u);
  for (const AccessKind kind : {AccessKind::kStore, AccessKind::kModify, AccessKind::kFetch}) {
    const std::string text = m.message_of_fault(0x10000010, kind);
    EXPECT_NE(text.find(std::string("segmentation fault: ").append(name_of(kind))),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("the area from 0x10000000 to 0x10001000 does not allow it"),
              std::string::npos)
        << text;
  }
  EXPECT_NE(m.message_of_fault(0x20000000, AccessKind::kLoad), "none");
}

// Linux, protection_map: a page that may be written may be read, on x86 also one with X alone.
TEST(Faults, RightsThatAFormatCannotTellApartComeTogether) {
  OsMachine riscv;
  riscv.mmap(0x10000000, kPage, linux_abi::kProtWrite);
  riscv.mmap(0x20000000, kPage, linux_abi::kProtExec);
  EXPECT_EQ(riscv.access(0x10000000, AccessKind::kLoad), 1u);
  EXPECT_EQ(riscv.access(0x20000000, AccessKind::kFetch), 1u);
  EXPECT_NE(riscv.message_of_fault(0x20000000, AccessKind::kLoad), "none");
  OsSetup setup;
  setup.format = "x86-64-4level";
  OsMachine x86(setup);
  x86.mmap(0x20000000, kPage, linux_abi::kProtExec);
  EXPECT_EQ(x86.access(0x20000000, AccessKind::kLoad), 1u);
}

TEST(Faults, AnAddressThatIsNotCanonicalNamesTheFormatsThatFit) {
  OsMachine m;
  try {
    m.access(0x7fff'0000'0000, AccessKind::kFetch);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "access 1 (fetch): virtual address 0x7fff00000000 is not canonical for sv39 (39 "
                 "bits); formats that fit: sv48, sv57, x86-64-4level, x86-64-5level, aarch64-4k, "
                 "aarch64-16k, aarch64-64k");
  }
}

TEST(Faults, AMalformedEntryOrAForeignAsidIsABugOfTheModel) {
  OsMachine m;
  m.mmap(0x10000000, kPage);
  EXPECT_THROW(m.fault(0x10000000, FaultKind::kMalformed), ModelError);
  EXPECT_THROW(m.fault(0x10000000, FaultKind::kMisaligned), ModelError);
  EXPECT_THROW(m.kernel.handle_fault({{}, AccessKind::kLoad, 99, 1}), ModelError);
}

TEST(Faults, MapOnTouchMakesAndGrowsAreas) {
  OsSetup setup;
  setup.map_on_touch = true;
  OsMachine m(setup);
  EXPECT_EQ(m.access(0x5000), 1u);
  EXPECT_EQ(m.access(0x6000, AccessKind::kStore), 1u);
  EXPECT_EQ(m.access(0x5008, AccessKind::kFetch), 0u);
  EXPECT_EQ(m.access(0x8000), 1u);
  EXPECT_EQ(m.kernel.stats().areas_on_touch, 2u);
  EXPECT_EQ(m.kernel.describe_areas(),
            "00005000-00007000 rwxp 00000000 00:00 0  [touched]\n"
            "00008000-00009000 rwxp 00000000 00:00 0  [touched]\n");
  EXPECT_EQ(m.access(0x7000), 1u);  // joins them
  EXPECT_EQ(m.kernel.stats().areas, 1u);
  EXPECT_EQ(m.kernel.stats().areas_on_touch, 2u);
  m.mmap(0x100000, kPage, kRead);
  EXPECT_NE(m.message_of_fault(0x100000, AccessKind::kStore), "none");
}

TEST(Faults, WithoutMappingsTheMessagePointsToMapOnTouch) {
  OsSetup setup;
  setup.trace.carries_mappings = false;
  OsMachine m(setup);
  EXPECT_NE(m.message_of_fault(0x5000, AccessKind::kLoad).find("--map-on-touch"),
            std::string::npos);
}

}  // namespace
}  // namespace mmu::test
