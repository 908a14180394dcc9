#include <gtest/gtest.h>

#include "hw/arch/errors.hpp"
#include "testbench/unit/os_model/os_machine.hpp"

namespace mmu::test {
namespace {

template <class Error, class Do>
std::string message_of(Do act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

TEST(Refusals, MemoryTooSmallToStartIsAConfigurationError) {
  OsSetup setup;
  setup.format = "sv48";
  setup.memory_bytes = 64 * 1024 - 1;  // Sv48: 4 tables of 4 KiB are a quarter of 64 KiB
  EXPECT_EQ(message_of<ConfigError>([&] { OsMachine m(setup); }),
            "os.memory_bytes is 65535; sv48 needs at least 65536");
  setup.memory_bytes = 64 * 1024;
  OsMachine m(setup);
  m.mmap(0x10000, kPage);
  EXPECT_EQ(m.access(0x10000), 1u);
}

TEST(Refusals, MemoryExhaustedNamesWhatIsConfiguredAndInUse) {
  OsSetup setup;
  setup.memory_bytes = kMiB;  // 64 pages of tables, 192 - 1 frames
  OsMachine m(setup);
  m.mmap(0x10000000, 192 * kPage);
  for (std::uint64_t i = 0; i < 191; ++i) m.access(0x10000000 + i * kPage);
  const std::string text = m.message_of_fault(0x10000000 + 191 * kPage, AccessKind::kLoad);
  EXPECT_NE(text.find("191 of 191 data frames"), std::string::npos) << text;
  EXPECT_NE(text.find("os.memory_bytes is 1048576"), std::string::npos) << text;
  EXPECT_NE(text.find("  191 of 191 data frames of 4 KiB are in use; free blocks by order (0 to "
                      "10): 0 0 0 0 0 0 0 0 0 0 0\n"
                      "  3 of 64 page-table pages of 4 KiB are in use; free blocks by order (0 to "
                      "10): 1 0 1 1 1 1 0 0 0 0 0\n"
                      "Resident, by area:\n  [anonymous]: 764 KiB in 1 area\n"),
            std::string::npos)
      << text;
}

TEST(Refusals, PageTablePagesExhaustedSaysSo) {
  OsSetup setup;
  setup.memory_bytes = kMiB;
  setup.map_on_touch = true;
  OsMachine m(setup);
  const std::string text = message_of<SimulatedError>([&] {
    for (std::uint64_t i = 0; i < 100; ++i) m.access(i * (std::uint64_t{1} << 30));
  });
  EXPECT_NE(text.find("64 of 64 page-table pages"), std::string::npos) << text;
}

TEST(Refusals, AnImageBeyondTheFormatNamesTheFormatsThatFit) {
  OsSetup setup;
  setup.trace.image = {{0x7fff'0000'0000, kPage, true, true, false, "[stack]"}};
  const std::string text = message_of<InputError>([&] { OsMachine m(setup); });
  EXPECT_NE(text.find("initial image"), std::string::npos) << text;
  EXPECT_NE(text.find("not canonical for sv39"), std::string::npos) << text;
  EXPECT_NE(text.find("formats that fit: sv48, sv57, x86-64-4level, x86-64-5level, aarch64-4k, "
                      "aarch64-16k, aarch64-64k"),
            std::string::npos)
      << text;
}

TEST(Refusals, AnImageThatOverlapsOrIsNoWholePageIsBadInput) {
  OsSetup setup;
  setup.trace.image = {{0x1000, 2 * kPage, true, false, false, "a"},
                       {0x2000, kPage, true, false, false, "b"}};
  EXPECT_NE(message_of<InputError>([&] { OsMachine m(setup); }), "none");
  setup.trace.image = {{0x1001, kPage, true, false, false, "a"}};
  EXPECT_NE(message_of<InputError>([&] { OsMachine m(setup); }), "none");
  setup.trace.image = {{0x1000, 0, true, false, false, "a"}};
  EXPECT_NE(message_of<InputError>([&] { OsMachine m(setup); }), "none");
}

TEST(Refusals, AnEventBeyondTheFormatNamesItselfAndTheFormatsThatFit) {
  OsMachine m;
  m.brk(0x1000);
  EXPECT_EQ(message_of<InputError>([&] { m.mmap(0x3f'ffff'f000, 2 * kPage); }),
            "event 2 (mmap): virtual address 0x4000000fff is not canonical for sv39 (39 bits); "
            "formats that fit: sv48, sv57, x86-64-4level, x86-64-5level, aarch64-4k, "
            "aarch64-16k, aarch64-64k");
  const std::string none = message_of<InputError>([&] { m.munmap(0x0200'0000'0000'0000, kPage); });
  EXPECT_NE(none.find("formats that fit: none"), std::string::npos) << none;
}

TEST(Refusals, TheLastPageBelowTheHoleAndTheFirstAboveAreUsable) {
  OsMachine m;
  m.mmap(0x3f'ffff'f000, kPage);
  m.mmap(0xffff'ffc0'0000'0000, kPage);
  EXPECT_EQ(m.access(0x3f'ffff'fff8), 1u);
  EXPECT_EQ(m.access(0xffff'ffc0'0000'0000), 1u);
  EXPECT_EQ(m.table().size(), 2u);
}

TEST(Refusals, WhatCannotBeDoneHereIsCountedAndChangesNothing) {
  OsMachine m;
  m.mmap(0x10000000, 4 * kPage);
  m.access(0x10000000);
  const std::string before = m.kernel.describe_areas();
  m.munmap(0x10000001, kPage);                             // not at a page
  m.munmap(0x10000000, 0);                                 // empty
  m.munmap(0x10000000, ~std::uint64_t{0});                 // wraps
  m.mmap(0x20000000, 0);                                   // empty
  m.mremap(0x50000000, kPage, kPage, 0x60000000);          // nothing there
  m.mremap(0x10000000, 5 * kPage, kPage, 0x60000000);      // more than the area
  m.mremap(0x10000000, 4 * kPage, 4 * kPage, 0x10001000);  // onto itself
  m.mremap(0x10000000, 0, kPage, 0x60000000);              // a copy of a shared area
  EXPECT_EQ(m.kernel.stats().failed_here, 8u);
  EXPECT_EQ(m.kernel.describe_areas(), before);
  EXPECT_EQ(m.table().size(), 1u);
}

TEST(Refusals, NoRoomForAHandleEndsTheRun) {
  OsMachine m;
  OsEvent event;
  event.type = OsEventType::kMmap;
  event.handle = 1;
  event.args[1] = std::uint64_t{1} << 38;
  event.args[3] = linux_abi::kMapAnonymous;
  const std::string text = message_of<SimulatedError>([&] { m.call(event); });
  EXPECT_NE(text.find("event 1 (mmap): no room for 274877906944 bytes"), std::string::npos) << text;
}

}  // namespace
}  // namespace mmu::test
