// Calls of malloc and its like as events: the blocks, what the kernel does for them, what is told.
#include <gtest/gtest.h>

#include <functional>

#include "hw/arch/errors.hpp"
#include "testbench/unit/os_model/os_machine.hpp"

namespace mmu::test {
namespace {

constexpr std::uint64_t kHeap = 0x40000000;
// As glibc has them: 640 bytes of the tcache's lists and their header, then a block's own header.
constexpr std::uint64_t kFirst = kHeap + 656 + 16;
// The first chunk, M_TOP_PAD more, whole pages.
constexpr std::uint64_t kFirstHeap = 33 * kPage;

OsSetup with_break() {
  OsSetup setup;
  setup.trace.brk_start = kHeap;
  return setup;
}

OsEvent event(OsEventType type, std::uint32_t handle, std::uint64_t first,
              std::uint64_t second = 0) {
  OsEvent call;
  call.type = type;
  call.handle = handle;
  call.args[0] = first;
  call.args[1] = second;
  return call;
}
OsEvent allocate(std::uint32_t handle, std::uint64_t bytes) {
  return event(OsEventType::kMalloc, handle, bytes);
}
OsEvent release(std::uint32_t handle) {
  OsEvent call = event(OsEventType::kFree, TraceRecord::kNoHandle, 0x5000);
  call.number = std::uint64_t{1} + handle;
  return call;
}
OsEvent resize(std::uint32_t from, std::uint32_t to, std::uint64_t bytes) {
  OsEvent call = event(OsEventType::kRealloc, to, 0x5000, bytes);
  call.number = std::uint64_t{1} + from;
  return call;
}

template <class Error>
std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

TEST(ProcessHeap, PlacesBlocksAsTheLibraryDoes) {
  OsMachine m(with_break());
  EXPECT_EQ(m.call(allocate(0, 24)).value, kFirst);
  EXPECT_EQ(m.call(allocate(1, 25)).value, kFirst + 32);
  EXPECT_EQ(m.call(event(OsEventType::kCalloc, 2, 10, 8)).value, kFirst + 32 + 48);
  EXPECT_EQ(m.call(event(OsEventType::kMemalign, 3, 4096, 100)).value % 4096, 0u);
  m.call(release(0));
  EXPECT_EQ(m.call(allocate(0, 20)).value, kFirst) << "of the tcache";
  m.access(kFirst, AccessKind::kStore);
}

TEST(ProcessHeap, TrapsOnlyWhereItAsksTheKernel) {
  OsMachine m(with_break());
  m.call(allocate(0, 24));
  EXPECT_EQ(m.last.library_calls, 1u);  // brk
  EXPECT_EQ(m.last.areas_changed, 1u);
  m.call(allocate(1, 24));
  EXPECT_EQ(m.last.library_calls, 0u);
  EXPECT_EQ(m.last.areas_changed, 0u);
  m.call(allocate(2, 200'000));
  EXPECT_EQ(m.last.library_calls, 1u);  // mmap
  m.call(release(2));
  EXPECT_EQ(m.last.library_calls, 1u);  // munmap
  const os::OsStats stats = m.kernel.stats();
  EXPECT_EQ(stats.brk_calls, 1u);
  EXPECT_EQ(stats.mmap_calls, 1u);
  EXPECT_EQ(stats.munmap_calls, 1u);
  EXPECT_EQ(stats.system_calls, 3u);
}

TEST(ProcessHeap, TellsBytesAndCalls) {
  OsMachine m(with_break());
  m.call(allocate(0, 24));  // a chunk of 32, of which 24 are usable
  m.call(allocate(1, 25));  // 48, 40
  m.access(kFirst, AccessKind::kStore);
  os::HeapStats stats = m.kernel.heap_stats();
  EXPECT_EQ(stats.malloc_calls, 2u);
  EXPECT_EQ(stats.blocks, 2u);
  EXPECT_EQ(stats.requested_bytes, 49u);
  EXPECT_EQ(stats.usable_bytes, 64u);
  EXPECT_EQ(stats.inside_bytes, 15u);
  EXPECT_EQ(stats.in_use_bytes, 656u + 32 + 48);
  EXPECT_EQ(stats.heap_bytes, kFirstHeap);
  EXPECT_EQ(stats.outside_bytes, kFirstHeap - 736);
  EXPECT_EQ(stats.resident_bytes, kPage);
  EXPECT_EQ(stats.growing_calls, 1u);
  EXPECT_EQ(stats.kernel_calls, 1u);

  // 200,016 bytes and a size field, in pages: 49.
  const std::uint64_t mapped = m.call(allocate(2, 200'000)).value;
  m.access(mapped, AccessKind::kStore);
  m.access(mapped + kPage, AccessKind::kStore);
  stats = m.kernel.heap_stats();
  EXPECT_EQ(stats.mapped_bytes, 49 * kPage);
  EXPECT_EQ(stats.resident_bytes, 3 * kPage);
  EXPECT_EQ(stats.growing_calls, 2u);
  m.call(release(2));
  m.call(release(1));
  stats = m.kernel.heap_stats();
  EXPECT_EQ(stats.mapped_bytes, 0u);
  EXPECT_EQ(stats.trimming_calls, 1u);
  EXPECT_EQ(stats.free_calls, 2u);
  EXPECT_EQ(stats.blocks, 1u);
  EXPECT_EQ(stats.usable_bytes, 24u);
  EXPECT_EQ(stats.requested_bytes, 24u);
  EXPECT_EQ(stats.requested_peak_bytes, 200'049u);
  EXPECT_EQ(stats.held_peak_bytes, kFirstHeap + 49 * kPage);
}

TEST(ProcessHeap, ReallocMovesAHandle) {
  OsMachine m(with_break());
  m.call(allocate(0, 24));
  m.call(allocate(1, 24));
  EXPECT_EQ(m.call(resize(0, 0, 1000)).value, kFirst + 64) << "behind the second one";
  EXPECT_EQ(m.call(resize(0, 7, 900)).value, kFirst + 64);
  m.call(resize(7, TraceRecord::kNoHandle, 0));
  EXPECT_EQ(m.kernel.heap_stats().blocks, 1u);
  EXPECT_EQ(m.kernel.heap_stats().realloc_calls, 3u);
  OsEvent of_null = event(OsEventType::kRealloc, 7, 0, 24);
  EXPECT_NE(m.call(of_null).value, 0u);
  m.call(event(OsEventType::kFree, TraceRecord::kNoHandle, 0));  // of NULL: nothing
  EXPECT_EQ(m.kernel.heap_stats().blocks, 2u);
}

TEST(ProcessHeap, RefusesWhatIsNoBlock) {
  OsMachine m(with_break());
  m.call(allocate(3, 24));
  m.call(release(3));
  const std::string twice = message_of<InputError>([&] { m.call(release(3)); });
  EXPECT_NE(twice.find("event 3 (free): handle 3 stands for no block: it was freed before, or none "
                       "of malloc's calls gave it"),
            std::string::npos)
      << twice;
  const std::string never = message_of<InputError>([&] { m.call(resize(9, 9, 100)); });
  EXPECT_NE(never.find("(realloc): handle 9 stands for no block"), std::string::npos) << never;
  m.call(allocate(3, 24));
  const std::string live = message_of<InputError>([&] { m.call(allocate(3, 24)); });
  EXPECT_NE(live.find("handle 3 stands for a block that is not freed"), std::string::npos) << live;
}

TEST(ProcessHeap, DoesNothingForACallThatFailedWhenTraced) {
  OsMachine m(with_break());
  OsEvent failed = allocate(0, 24);
  failed.result = -linux_abi::kEnomem;
  m.call(failed);
  EXPECT_EQ(m.last.library_calls, 0u);
  EXPECT_EQ(m.kernel.stats().failed_in_trace, 1u);
  EXPECT_EQ(m.kernel.stats().areas, 0u);
  m.call(allocate(0, 24));
}

TEST(ProcessHeap, EndsTheRunWithoutMemoryThatWasThereWhenTraced) {
  OsMachine m(with_break());
  const std::string text =
      message_of<SimulatedError>([&] { m.call(allocate(0, std::uint64_t{1} << 40)); });
  EXPECT_NE(text.find("event 1 (malloc)"), std::string::npos) << text;
}

TEST(ProcessHeap, MapsWhereAnAreaIsInTheWayOfTheBreak) {
  OsMachine m(with_break());
  m.mmap(kHeap + 16 * kPage, kPage);
  EXPECT_GT(m.call(allocate(0, 24)).value, kHeap + (std::uint64_t{1} << 30));
  EXPECT_EQ(m.kernel.heap_stats().heap_bytes, 0u);
  EXPECT_NE(m.kernel.areas().find(kHeap + 16 * kPage), nullptr) << "it is still there";
}

TEST(ProcessHeap, OwnsTheBreak) {
  OsMachine m(with_break());
  m.brk(kHeap + kPage);
  EXPECT_EQ(m.call(allocate(0, 24)).value, kFirst + kPage) << "it begins where the break is";
  m.brk(kHeap + 2 * kPage);
  EXPECT_EQ(m.kernel.stats().failed_here, 1u);
  EXPECT_EQ(m.kernel.areas().find(kHeap)->range.end, kHeap + kPage + kFirstHeap);
}

TEST(ProcessHeap, BeginsBehindTheProgramWhereNoBreakIsKnown) {
  OsSetup setup;
  setup.trace.image = {{0x400000, 2 * kPage, true, false, true, "[image]"},
                       {0x403000, kPage, true, true, false, "[image]"},
                       {0x3f'0000'0000, kPage, true, true, false, "[stack]"}};
  OsMachine m(setup);
  EXPECT_EQ(m.call(allocate(0, 24)).value, 0x404000u + 656 + 16);
}

TEST(ProcessHeap, IsAnotherOneAfterExec) {
  OsMachine m(with_break());
  m.call(allocate(0, 24));
  OsEvent exec;
  exec.type = OsEventType::kExec;
  m.call(exec);
  EXPECT_EQ(m.kernel.heap_stats().blocks, 0u);
  EXPECT_EQ(m.kernel.heap_stats().heap_bytes, 0u);
  EXPECT_EQ(m.kernel.heap_stats().malloc_calls, 1u);
  message_of<InputError>([&] { m.call(release(0)); });
  m.call(allocate(0, 24));
  EXPECT_EQ(m.kernel.heap_stats().blocks, 1u);
}

}  // namespace
}  // namespace mmu::test
