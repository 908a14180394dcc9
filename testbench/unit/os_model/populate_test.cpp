// MAP_POPULATE: the pages of an mmap are there when it returns.
#include <gtest/gtest.h>

#include "testbench/unit/os_model/os_machine.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t kAt = 0x1000'0000;

const TrapWork& mmap_populated(OsMachine& m, std::uint64_t bytes, std::uint64_t prot,
                               std::uint64_t more_flags = 0) {
  OsEvent event;
  event.type = OsEventType::kMmap;
  event.args[1] = bytes;
  event.args[2] = prot;
  event.args[3] = linux_abi::kMapAnonymous | linux_abi::kMapPopulate | more_flags;
  event.result = kAt;
  return m.call(event);
}

TEST(Populate, MakesEveryPageOfTheAreaAndNoOther) {
  OsMachine m;
  const TrapWork& work = mmap_populated(m, 3 * kPage, kReadWrite);
  EXPECT_EQ(work.faults_served, 3u);
  EXPECT_EQ(work.frames_zeroed, 3u);
  EXPECT_EQ(m.table().size(), 3u);
  EXPECT_EQ(m.kernel.stats().populated, 3u);
  EXPECT_EQ(m.kernel.stats().page_faults, 0u);
  for (std::uint64_t page = 0; page < 3; ++page) {
    EXPECT_EQ(m.access(kAt + page * kPage, AccessKind::kStore), 0u) << "there, and dirty";
  }
}

TEST(Populate, WithoutItNoPageIsMade) {
  OsMachine m;
  EXPECT_EQ(m.mmap(kAt, 3 * kPage).faults_served, 0u);
  EXPECT_EQ(m.access(kAt), 1u);
}

TEST(Populate, WhatMayNotBeWrittenIsMadeClean) {
  OsMachine m;
  mmap_populated(m, kPage, linux_abi::kProtRead);
  const Mapped page = m.table().at(kAt);
  EXPECT_TRUE(page.accessed);
  EXPECT_FALSE(page.dirty);
}

TEST(Populate, WhatMayNotBeUsedIsNotMade) {
  OsMachine m;
  EXPECT_EQ(mmap_populated(m, kPage, 0).faults_served, 0u);
  EXPECT_TRUE(m.table().empty());
}

TEST(Populate, MakesLargePagesWhereTheyFit) {
  OsSetup setup;
  setup.huge_pages = true;
  OsMachine m(setup);
  const TrapWork& work = mmap_populated(m, 2 * kMiB + 2 * kPage, kReadWrite);
  EXPECT_EQ(work.faults_served, 3u) << "one of 2 MiB, two of 4 KiB";
  EXPECT_EQ(m.kernel.stats().huge_pages_mapped, 1u);
  EXPECT_EQ(m.table().size(), 3u);
}

}  // namespace
}  // namespace mmu::test
