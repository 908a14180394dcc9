#include <gtest/gtest.h>

#include "testbench/unit/os_model/os_machine.hpp"

namespace mmu::test {
namespace {

OsSetup with_brk(std::uint64_t start) {
  OsSetup setup;
  setup.trace.brk_start = start;
  return setup;
}

TEST(Image, AreasOfTheTraceAreThereFromTheStart) {
  OsSetup setup;
  setup.trace.image = {{0x400000, 2 * kPage, true, false, true, "[image]"},
                       {0x1ffe000, 2 * kPage, true, true, false, "[stack]"}};
  OsMachine m(setup);
  EXPECT_EQ(m.kernel.describe_areas(),
            "00400000-00402000 r-xp 00000000 00:00 0  [image]\n"
            "01ffe000-02000000 rw-p 00000000 00:00 0  [stack]\n");
  EXPECT_EQ(m.access(0x401000, AccessKind::kFetch), 1u);
  EXPECT_EQ(m.access(0x1fffff8, AccessKind::kStore), 1u);
  EXPECT_NE(m.message_of_fault(0x401000, AccessKind::kStore), "none");
}

TEST(Brk, GrowsAndShrinksInWholePages) {
  OsMachine m(with_brk(0x4035010));
  EXPECT_EQ(m.brk(0x4035010).value, 0x4035010u);  // a query
  EXPECT_EQ(m.kernel.stats().areas, 0u);
  EXPECT_TRUE(m.last.system_call);
  m.brk(0x4038001);
  EXPECT_EQ(m.kernel.describe_areas(), "04036000-04039000 rw-p 00000000 00:00 0  [heap]\n");
  for (std::uint64_t va = 0x4036000; va < 0x4039000; va += kPage) m.access(va, AccessKind::kStore);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 3u);
  m.brk(0x4036800);
  EXPECT_EQ(m.kernel.describe_areas(), "04036000-04037000 rw-p 00000000 00:00 0  [heap]\n");
  EXPECT_EQ(m.kernel.stats().frames_in_use, 1u);
  EXPECT_EQ(m.last.fences.size(), 2u);
  m.expect_nothing_stale();
  EXPECT_NE(m.message_of_fault(0x4037000, AccessKind::kLoad), "none");
  m.brk(0x4038000);
  EXPECT_EQ(m.access(0x4037000), 1u) << "what was given up comes back as a new page";
  EXPECT_EQ(m.last.frames_zeroed, 1u);
  EXPECT_EQ(m.kernel.stats().areas, 1u);
  EXPECT_EQ(m.kernel.stats().brk_calls, 4u);
}

TEST(Brk, BeginsAtTheFirstResultIfTheTraceDoesNotSay) {
  OsMachine m;
  EXPECT_EQ(m.brk(0x500000).value, 0x500000u);
  m.brk(0x502000);
  EXPECT_EQ(m.kernel.describe_areas(), "00500000-00502000 rw-p 00000000 00:00 0  [heap]\n");
  m.brk(0x4ff000);
  EXPECT_EQ(m.kernel.stats().failed_here, 1u);
}

TEST(Mmap, PutsTheAreaWhereTheTraceHasItAndReplacesWhatIsThere) {
  OsMachine m;
  EXPECT_EQ(m.mmap(0x10000000, 4 * kPage).value, 0x10000000u);
  EXPECT_EQ(m.last.areas_changed, 1u);
  for (std::uint64_t i = 0; i < 4; ++i) m.access(0x10000000 + i * kPage, AccessKind::kStore);
  m.mmap(0x10001000, 2 * kPage - 1, kRead);
  EXPECT_EQ(m.kernel.describe_areas(),
            "10000000-10001000 rw-p 00000000 00:00 0\n"
            "10001000-10003000 r--p 00000000 00:00 0\n"
            "10003000-10004000 rw-p 00000000 00:00 0\n");
  EXPECT_EQ(m.last.areas_changed, 4u);  // two splits, one removed, one made
  EXPECT_EQ(m.last.fences.size(), 2u);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 2u);
  m.expect_nothing_stale();
  EXPECT_EQ(m.access(0x10001000), 1u);
  EXPECT_FALSE(m.table().at(0x10001000).rights.write);
}

TEST(Mmap, OfAFileHasItsOffsetAndZeroPages) {
  OsMachine m;
  OsEvent event;
  event.type = OsEventType::kMmap;
  event.args[1] = 5 * kPage;
  event.args[2] = kRead;
  event.args[3] = 1;  // MAP_SHARED
  event.args[4] = 3;
  event.args[5] = 0x7000;
  event.result = 0x10000000;
  m.call(event);
  m.munmap(0x10001000, kPage);
  EXPECT_EQ(m.kernel.describe_areas(),
            "10000000-10001000 r--s 00007000 00:00 0  [file 3]\n"
            "10002000-10005000 r--s 00009000 00:00 0  [file 3]\n");
  EXPECT_EQ(m.access(0x10002000), 1u);
  EXPECT_EQ(m.last.frames_zeroed, 1u);
}

TEST(Mmap, ChoosesAPlaceTopDownForAHandle) {
  OsMachine m;
  OsEvent event;
  event.type = OsEventType::kMmap;
  event.handle = 5;
  event.args[1] = 3 * kPage - 100;
  event.args[2] = kReadWrite;
  event.args[3] = linux_abi::kMapAnonymous;
  event.result = 0x7f00'0000'0000;  // where it was when traced, which Sv39 cannot express
  // Sv39: the user half ends at 2^38; 128 MiB below it is left to the stack.
  const std::uint64_t top = (std::uint64_t{1} << 38) - 128 * kMiB;
  EXPECT_EQ(m.call(event).value, top - 3 * kPage);
  EXPECT_EQ(m.call(event).value, top - 6 * kPage);
  m.munmap(top - 3 * kPage, kPage);
  event.args[1] = kPage;
  EXPECT_EQ(m.call(event).value, top - 3 * kPage);
  m.access(top - kPage);
}

TEST(Munmap, RemovesPagesFramesTablesAndAreas) {
  OsMachine m;
  m.mmap(0x10000000, 8 * kPage);
  for (std::uint64_t i = 0; i < 8; ++i) m.access(0x10000000 + i * kPage);
  m.munmap(0x10002000, 2 * kPage);
  EXPECT_EQ(m.last.entries_written, 2u);
  ASSERT_EQ(m.last.fences.size(), 2u);
  EXPECT_EQ(m.last.fences[0].va->value(), 0x10002000u);
  EXPECT_TRUE(m.last.fences[0].leaf_only);
  m.expect_nothing_stale();
  EXPECT_NE(m.message_of_fault(0x10003fff, AccessKind::kLoad), "none");
  EXPECT_EQ(m.access(0x10004000), 0u);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 6u);
  EXPECT_EQ(m.kernel.stats().areas, 2u);

  m.munmap(0x10000000, 8 * kPage);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 0u);
  EXPECT_EQ(m.kernel.stats().table_pages, 1u) << "only the root is left";
  EXPECT_EQ(m.last.entries_written, 6u + 2u);  // leaves, and the two pointers to empty tables
  ASSERT_EQ(m.last.fences.size(), 1u);
  EXPECT_FALSE(m.last.fences[0].leaf_only);
  m.expect_nothing_stale();
  EXPECT_TRUE(m.table().empty());
  EXPECT_EQ(m.kernel.stats().frames_peak, 8u);
}

TEST(Munmap, OfNothingSucceedsAndDoesNothing) {
  OsMachine m;
  m.munmap(0x10000000, 4 * kPage);
  EXPECT_EQ(m.last.value, 0u);
  EXPECT_EQ(m.last.areas_changed, 0u);
  EXPECT_TRUE(m.last.fences.empty());
  EXPECT_EQ(m.kernel.stats().failed_here, 0u);
}

TEST(Munmap, OfManyPagesIsOneFenceForTheAsid) {
  OsSetup setup;
  setup.format = "x86-64-4level";
  OsMachine m(setup);
  m.mmap(0x10000000, 100 * kPage);
  for (std::uint64_t i = 0; i < 100; ++i) m.access(0x10000000 + i * kPage);
  m.munmap(0x10000000, 33 * kPage);
  EXPECT_EQ(m.last.fences.size(), 33u);
  m.munmap(0x10000000 + 33 * kPage, 34 * kPage);
  ASSERT_EQ(m.last.fences.size(), 1u);
  EXPECT_FALSE(m.last.fences[0].va.has_value());
  m.expect_nothing_stale();
}

TEST(Mprotect, ChangesThePagesThatAreThereAndFencesWhatShrinks) {
  OsMachine m;
  m.mmap(0x10000000, 4 * kPage);
  m.access(0x10000000, AccessKind::kStore);
  m.access(0x10001000, AccessKind::kStore);
  const std::uint64_t pa = m.pa_of(0x10001000);
  m.mprotect(0x10001000, 2 * kPage, kRead);
  EXPECT_EQ(m.last.entries_written, 1u);
  ASSERT_EQ(m.last.fences.size(), 1u);
  EXPECT_EQ(m.last.fences[0].va->value(), 0x10001000u);
  m.expect_nothing_stale();
  EXPECT_EQ(m.kernel.stats().areas, 3u);
  const Mapped page = m.table().at(0x10001000);
  EXPECT_EQ(page.pa, pa);
  EXPECT_FALSE(page.rights.write);
  EXPECT_TRUE(page.dirty);
  EXPECT_NE(m.message_of_fault(0x10001000, AccessKind::kStore), "none");
  EXPECT_EQ(m.access(0x10000000, AccessKind::kStore), 0u);

  m.mprotect(0x10001000, 2 * kPage, kReadWrite);
  EXPECT_TRUE(m.last.fences.empty()) << "a wider right needs no fence";
  EXPECT_EQ(m.kernel.stats().areas, 1u);
  EXPECT_EQ(m.access(0x10001000, AccessKind::kStore), 0u);
}

TEST(Mprotect, WithoutAnyRightKeepsTheFrameUntilItComesBack) {
  for (const char* format : {"sv39", "sv57", "x86-64-4level"}) {
    OsSetup setup;
    setup.format = format;
    OsMachine m(setup);
    m.mmap(0x10000000, 2 * kPage);
    m.access(0x10000000, AccessKind::kStore);
    const std::uint64_t pa = m.pa_of(0x10000000);
    m.mprotect(0x10000000, 2 * kPage, 0);
    EXPECT_EQ(m.last.fences.size(), 1u);
    EXPECT_TRUE(m.table().empty());
    EXPECT_EQ(m.raw_leaf(0x10000000) & 1, 0u);
    EXPECT_EQ(m.kernel.stats().frames_in_use, 1u);
    m.expect_nothing_stale();
    EXPECT_NE(m.message_of_fault(0x10000000, AccessKind::kLoad), "none");
    m.mprotect(0x10000000, 2 * kPage, kReadWrite);
    EXPECT_EQ(m.pa_of(0x10000000), pa);
    EXPECT_TRUE(m.table().at(0x10000000).dirty);
    EXPECT_EQ(m.access(0x10000000, AccessKind::kStore), 0u);

    m.mprotect(0x10000000, 2 * kPage, 0);
    m.munmap(0x10000000, 2 * kPage);
    EXPECT_EQ(m.kernel.stats().frames_in_use, 0u);
    EXPECT_EQ(m.kernel.stats().table_pages, 1u);
    m.expect_nothing_stale();
  }
}

TEST(Mprotect, OfNothingFailsHere) {
  OsMachine m;
  EXPECT_EQ(static_cast<std::int64_t>(m.mprotect(0x10000000, kPage, kRead).value), -22);
  EXPECT_EQ(m.kernel.stats().failed_here, 1u);
}

TEST(Mremap, MovesThePagesWithTheirFrames) {
  OsMachine m;
  m.mmap(0x10000000, 4 * kPage);
  m.access(0x10000000, AccessKind::kStore);
  m.access(0x10002000, AccessKind::kLoad);
  const auto before = m.table();
  const std::uint64_t hash = m.kernel.map_hash();
  EXPECT_EQ(m.mremap(0x10000000, 4 * kPage, 6 * kPage, 0x30000000).value, 0x30000000u);
  const auto after = m.table();
  ASSERT_EQ(after.size(), 2u);
  EXPECT_EQ(after.at(0x30000000).pa, before.at(0x10000000).pa);
  EXPECT_EQ(after.at(0x30002000).pa, before.at(0x10002000).pa);
  EXPECT_TRUE(after.at(0x30000000).dirty);
  EXPECT_FALSE(after.at(0x30002000).dirty);
  EXPECT_NE(m.kernel.map_hash(), hash);
  EXPECT_EQ(m.last.frames_zeroed, 0u);
  EXPECT_FALSE(m.last.fences.empty());
  m.expect_nothing_stale();
  EXPECT_EQ(m.kernel.describe_areas(), "30000000-30006000 rw-p 00000000 00:00 0\n");
  EXPECT_EQ(m.access(0x30005000), 1u);
  EXPECT_NE(m.message_of_fault(0x10000000, AccessKind::kLoad), "none");
}

TEST(Mremap, GrowsAndShrinksInPlace) {
  OsMachine m;
  m.mmap(0x10000000, 2 * kPage);
  m.access(0x10000000);
  m.mremap(0x10000000, 2 * kPage, 5 * kPage, 0x10000000);
  EXPECT_EQ(m.kernel.describe_areas(), "10000000-10005000 rw-p 00000000 00:00 0\n");
  EXPECT_EQ(m.access(0x10000000), 0u);
  EXPECT_EQ(m.access(0x10004000), 1u);
  m.mremap(0x10000000, 5 * kPage, kPage, 0x10000000);
  EXPECT_EQ(m.kernel.describe_areas(), "10000000-10001000 rw-p 00000000 00:00 0\n");
  EXPECT_EQ(m.kernel.stats().frames_in_use, 1u);
  m.expect_nothing_stale();
}

TEST(Mremap, ThatShrinksOnTheWayFreesTheTail) {
  OsMachine m;
  m.mmap(0x10000000, 4 * kPage);
  for (std::uint64_t i = 0; i < 4; ++i) m.access(0x10000000 + i * kPage);
  m.mremap(0x10000000, 4 * kPage, 2 * kPage, 0x30000000);
  EXPECT_EQ(m.kernel.stats().frames_in_use, 2u);
  EXPECT_EQ(m.table().size(), 2u);
  EXPECT_EQ(m.kernel.describe_areas(), "30000000-30002000 rw-p 00000000 00:00 0\n");
}

TEST(Mremap, OfAPartLeavesTheRest) {
  OsMachine m;
  m.mmap(0x10000000, 4 * kPage);
  for (std::uint64_t i = 0; i < 4; ++i) m.access(0x10000000 + i * kPage);
  m.mremap(0x10001000, kPage, kPage, 0x30000000);
  EXPECT_EQ(m.kernel.describe_areas(),
            "10000000-10001000 rw-p 00000000 00:00 0\n"
            "10002000-10004000 rw-p 00000000 00:00 0\n"
            "30000000-30001000 rw-p 00000000 00:00 0\n");
  EXPECT_EQ(m.table().size(), 4u);
}

TEST(Mremap, WithDontUnmapLeavesAnEmptyArea) {
  OsMachine m;
  m.mmap(0x10000000, kPage);
  m.access(0x10000000);
  OsEvent event;
  event.type = OsEventType::kMremap;
  event.args[0] = 0x10000000;
  event.args[1] = event.args[2] = kPage;
  event.args[3] = 5;  // MREMAP_MAYMOVE | MREMAP_DONTUNMAP
  event.result = 0x30000000;
  m.call(event);
  EXPECT_EQ(m.kernel.stats().areas, 2u);
  EXPECT_EQ(m.access(0x10000000), 1u);
  EXPECT_EQ(m.access(0x30000000), 0u);
}

TEST(Mremap, ChoosesAPlaceIfTheTraceHasNone) {
  OsMachine m;
  m.mmap(0x10000000, 2 * kPage);
  m.mmap(0x10003000, kPage, kRead);
  EXPECT_EQ(m.mremap(0x10000000, 2 * kPage, 3 * kPage, 0).value, 0x10000000u) << "room behind";
  const std::uint64_t top = (std::uint64_t{1} << 38) - 128 * kMiB;
  EXPECT_EQ(m.mremap(0x10000000, 3 * kPage, 4 * kPage, 0).value, top - 4 * kPage);
}

TEST(OtherCalls, AreCountedAndDoNothing) {
  OsMachine m;
  OsEvent event;
  event.number = 39;
  event.result = 1234;
  EXPECT_EQ(m.call(event).value, 1234u);
  EXPECT_TRUE(m.last.system_call);
  EXPECT_EQ(m.last.areas_changed, 0u);
  EXPECT_EQ(m.kernel.stats().other_calls, 1u);
  EXPECT_EQ(m.kernel.stats().system_calls, 1u);
}

TEST(FailedCalls, ChangeNothingAndAreCounted) {
  OsMachine m;
  m.mmap(0x10000000, kPage);
  m.mmap(static_cast<std::uint64_t>(-12), kPage);
  EXPECT_EQ(static_cast<std::int64_t>(m.last.value), -12);
  EXPECT_EQ(m.last.areas_changed, 0u);
  EXPECT_EQ(m.kernel.stats().failed_in_trace, 1u);
  EXPECT_EQ(m.kernel.stats().mmap_calls, 2u);
  EXPECT_EQ(m.kernel.stats().areas, 1u);
}

}  // namespace
}  // namespace mmu::test
