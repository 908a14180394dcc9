// Calls of malloc in a text log, and the accesses to the blocks that they gave.
#include <gtest/gtest.h>

#include "testbench/unit/traces/trace_test_support.hpp"
#include "traces/lackey_trace.hpp"

namespace mmu::traces {
namespace {

class HeapLinesTest : public ::testing::Test {
 protected:
  TraceBlock read(const std::string& text, std::uint32_t block = 65536) {
    LackeyTrace trace(stream(folder_.write("log", text)), block);
    return read_all(trace);
  }
  void expect_error(const std::string& text, const std::string& place, const std::string& what) {
    const std::string message = input_error([&] { read(text); });
    EXPECT_EQ(message.find(folder_.file("log") + place), 0u) << message;
    EXPECT_NE(message.find(what), std::string::npos) << message;
  }
  TempFolder folder_;
};

TEST_F(HeapLinesTest, EachFunctionBecomesItsEvent) {
  const TraceBlock all = read(
      "malloc(24) = 0x5000\n"
      "calloc(10, 8) = 0x6000\n"
      "prog->memalign(64,100)     = 0x7000\n"
      "aligned_alloc(0x40, 100) = 0x8000\n"
      "realloc(0x5000, 100) = 0x9000\n"
      "free(0x6000)\n"
      "free(0x7000) = <void>\n"
      "free(nil)\n"
      "realloc(NULL, 8) = 0x5000\n"
      "realloc(0x5000, 0) = nil\n");
  const OsEventType types[] = {
      OsEventType::kMalloc,  OsEventType::kCalloc, OsEventType::kMemalign, OsEventType::kMemalign,
      OsEventType::kRealloc, OsEventType::kFree,   OsEventType::kFree,     OsEventType::kFree,
      OsEventType::kRealloc, OsEventType::kRealloc};
  constexpr std::uint32_t kNone = TraceRecord::kNoHandle;
  // A handle is free again with its block; the one freed last is taken first.
  const std::uint32_t made[] = {0, 1, 2, 3, 0, kNone, kNone, kNone, 2, kNone};
  const std::uint64_t given[] = {0, 0, 0, 0, 1, 2, 3, 0, 0, 3};  // 1 + handle
  ASSERT_EQ(all.events.size(), std::size(types));
  for (std::size_t i = 0; i < std::size(types); ++i) {
    EXPECT_EQ(all.events[i].event.type, types[i]) << i;
    EXPECT_EQ(all.events[i].event.handle, made[i]) << i;
    EXPECT_EQ(all.events[i].event.number, given[i]) << i;
    EXPECT_FALSE(all.events[i].event.failed()) << i;
  }
  EXPECT_EQ(all.events[3].event.args[0], 64u);
  EXPECT_EQ(all.events[3].event.args[1], 100u);
  EXPECT_EQ(all.events[0].event.result, 0x5000);
}

TEST_F(HeapLinesTest, AccessesInABlockAreOffsetsFromItsHandle) {
  const std::string log =
      "malloc(24) = 0x5000\n"
      "malloc(8) = 0x6000\n"
      " S 00005000,8\n"
      " L 00005017,1\n"
      " L 00005018,8\n"
      " L 00006004,4\n"
      " L 00004fff,1\n"
      "free(0x5000)\n"
      " L 00005000,8\n";
  for (const std::uint32_t block : {65536u, 2u}) {
    const TraceBlock all = read(log, block);
    constexpr std::uint32_t kNone = TraceRecord::kNoHandle;
    const std::uint32_t handles[] = {0, 0, kNone, 1, kNone, kNone};
    const std::uint64_t at[] = {0, 0x17, 0x5018, 4, 0x4fff, 0x5000};
    ASSERT_EQ(all.records.size(), std::size(at));
    for (std::size_t i = 0; i < std::size(at); ++i) {
      EXPECT_EQ(all.records[i].handle, handles[i]) << i;
      EXPECT_EQ(all.records[i].address, at[i]) << i;
    }
  }
}

// Many plain lines go another way through the reader.
TEST_F(HeapLinesTest, ManyAccessesToo) {
  std::string log = "malloc(4096) = 0x5000\n";
  for (int i = 0; i < 1000; ++i) log += " L 00005008,8\n";
  const TraceBlock all = read(log);
  ASSERT_EQ(all.records.size(), 1000u);
  for (const TraceRecord& record : all.records) {
    ASSERT_EQ(record.handle, 0u);
    ASSERT_EQ(record.address, 8u);
  }
}

TEST_F(HeapLinesTest, ACallWithoutMemoryFailedAndChangesNothing) {
  const TraceBlock all = read(
      "malloc(24) = 0x5000\n"
      "malloc(99) = nil\n"
      "realloc(0x5000, 99) = 0\n"
      " S 00005000,8\n");
  EXPECT_TRUE(all.events[1].event.failed());
  EXPECT_TRUE(all.events[2].event.failed());
  EXPECT_EQ(all.records[0].handle, 0u);
}

TEST_F(HeapLinesTest, MistakesNameTheLine) {
  expect_error("malloc(24) = 0x5000\nfree(0x5000)\nfree(0x5000)\n", ":3",
               "no block is at 0x5000: it was freed before, or the log has no call that gave it");
  expect_error("free(0x77)\n", ":1", "no block is at 0x77");
  expect_error("realloc(0x77, 8) = 0x5000\n", ":1", "no block is at 0x77");
  expect_error("calloc(0x100000000, 0x100000000) = 0x5000\n", ":1", "more bytes than");
  expect_error("malloc(8) = 0x5000\nrealloc(0x5000, 0) = 0x6000\n", ":2", "realloc to no bytes");
  expect_error("malloc(24) = 0x5000\nmalloc(8) = 0x5010\n", ":2",
               "the block at 0x5010 overlaps one that has not been freed");
  expect_error("malloc(8) = 0x5010\nmalloc(24) = 0x5000\n", ":2", "overlaps");
  expect_error("malloc(0x10) = 0xfffffffffffffff8\n", ":1", "passes the last address");
  for (const char* line :
       {"malloc(24)", "malloc() = 0x5000", "malloc(24, 1) = 0x5000", "calloc(24) = 0x5000",
        "free(0x5000", "free(0x5000) = 0x1", "malloc(24) = 0x5000 x", "malloc(-) = 0x5000"}) {
    expect_error(std::string("malloc(1) = 0x9000\n") + line + "\n", ":2", "unclear call");
  }
}

}  // namespace
}  // namespace mmu::traces
