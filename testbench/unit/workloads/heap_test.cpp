// The heap workload touches only what it has allocated and not yet freed, as its code shows.
#include <map>

#include "testbench/unit/workloads/workload_test.hpp"

namespace mmu::traces {
namespace {

// Instructions at which the parts of its code begin (heap_pattern.cpp).
enum Part { kTable = 0, kMalloc = 16, kFree = 48, kFill = 80, kRead = 96 };

Part part_of(std::uint64_t pc, const Generated& all) {
  const std::uint64_t number = (pc - all.header.image[0].start) / 4;
  for (const Part part : {kRead, kFill, kFree, kMalloc}) {
    if (number >= part) return part;
  }
  return kTable;
}

TEST(HeapWorkload, TouchesOnlyLiveObjects) {
  const Generated all = generated("heap:objects=100,most=512KiB,accesses=200K");
  const std::uint64_t table = area(all, 0);
  std::map<std::uint64_t, std::uint64_t> live;  // start -> end, as it was filled
  std::uint64_t filling = 0, reads = 0, frees = 0;
  for (const auto& [pc, record] : data_of(all)) {
    if (record.address >= table && record.address < table + 100 * 8) continue;
    switch (part_of(pc, all)) {
      case kMalloc:
        filling = record.address + 8;
        ASSERT_EQ(live.count(filling), 0u) << "allocated twice";
        break;
      case kFill: {
        std::uint64_t& end = live[filling];
        ASSERT_EQ(record.address, end == 0 ? filling : (end - 1) / 64 * 64 + 64 + filling % 64)
            << "the next line";
        end = record.address + record.bytes;
        break;
      }
      case kFree:
        ASSERT_EQ(live.erase(record.address + 8), 1u);
        ++frees;
        break;
      case kRead: {
        auto object = live.upper_bound(record.address);
        ASSERT_NE(object, live.begin());
        --object;
        ASSERT_LT(record.address, object->second + 64) << "behind its last line";
        ASSERT_EQ(record.depends_on, 1u) << "its address comes from the table";
        ++reads;
        break;
      }
      case kTable:
        FAIL() << "outside of the table";
    }
  }
  EXPECT_GT(reads, 1000u);
  EXPECT_GT(frees, 10u);
}

TEST(HeapWorkload, CallsTheKernelAsALibraryDoes) {
  const Generated all = generated("heap:objects=100,most=512KiB,accesses=200K");
  std::map<OsEventType, unsigned> calls;
  for (const auto& at : all.events) ++calls[at.event.type];
  EXPECT_GT(calls[OsEventType::kBrk], 1u);
  EXPECT_GT(calls[OsEventType::kMmap], calls[OsEventType::kMunmap]);
  EXPECT_GT(calls[OsEventType::kMunmap], 1u);
  EXPECT_NE(all.header.brk_start, 0u);
}

// The same program, whose objects lie where the library that runs with the trace puts them.
TEST(HeapWorkload, TellsMallocAndFreeInsteadIfAsked) {
  const Generated direct = generated("heap:objects=100,accesses=50K");
  const Generated told = generated("heap:objects=100,accesses=50K,calls=libc");
  ASSERT_EQ(told.records.size(), direct.records.size());
  std::map<std::uint32_t, std::uint64_t> live;  // handle -> bytes
  auto event = told.events.begin();
  std::uint64_t offsets = 0;
  for (std::size_t i = 0; i < told.records.size(); ++i) {
    for (; event != told.events.end() && event->before <= i; ++event) {
      const OsEvent& call = event->event;
      if (call.type == OsEventType::kMalloc) {
        ASSERT_TRUE(live.emplace(call.handle, call.args[0]).second);
      } else if (call.type == OsEventType::kFree) {
        ASSERT_EQ(live.erase(static_cast<std::uint32_t>(call.number - 1)), 1u);
      } else {
        ASSERT_EQ(call.type, OsEventType::kMmap) << "the table only";
      }
    }
    const TraceRecord& record = told.records[i];
    ASSERT_EQ(record.kind, direct.records[i].kind);
    ASSERT_EQ(record.bytes, direct.records[i].bytes);
    if (record.handle == TraceRecord::kNoHandle) {
      ASSERT_EQ(record.address, direct.records[i].address);
      continue;
    }
    ++offsets;
    ASSERT_EQ(live.count(record.handle), 1u);
    const std::uint64_t field = 0 - std::uint64_t{8};
    ASSERT_TRUE(record.address == field || record.address < live[record.handle]);
  }
  EXPECT_GT(offsets, 10'000u);
  EXPECT_GT(live.size(), 10u);
}

// 128 KiB at first (M_MMAP_THRESHOLD); the size of a mapping that is freed, from then on.
TEST(HeapWorkload, MapsObjectsUntilOneOfThemIsFreed) {
  const Generated all = generated("heap:objects=100,least=200KiB,most=200KiB,accesses=300K");
  unsigned mapped = 0, mapped_after = 0, unmapped = 0, grown = 0;
  for (const auto& at : all.events) {
    if (at.event.type == OsEventType::kMunmap) ++unmapped;
    if (at.event.type == OsEventType::kBrk) ++grown;
    if (at.event.type == OsEventType::kMmap) ++(unmapped == 0 ? mapped : mapped_after);
  }
  EXPECT_GT(mapped, 2u);
  EXPECT_EQ(mapped_after, 0u);
  EXPECT_GT(grown, 10u);
}

// 5,000 objects of 4 KiB and half of them there: 10 MiB, and never all 20.
TEST(HeapWorkload, HoldsHalfOfItsObjectsInTheEnd) {
  const Generated all = generated("heap:objects=5000,least=4KiB,most=4KiB,reads=0,accesses=1M");
  std::uint64_t at_end = 0;
  for (const auto& at : all.events) {
    if (at.event.type == OsEventType::kBrk) at_end = at.event.args[0] - all.header.brk_start;
  }
  EXPECT_GT(at_end, 9u << 20);
  EXPECT_LT(at_end, 14u << 20);
}

}  // namespace
}  // namespace mmu::traces
