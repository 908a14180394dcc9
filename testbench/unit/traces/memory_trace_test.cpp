#include "traces/memory_trace.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hw/arch/errors.hpp"

namespace mmu::traces {
namespace {

TraceRecord record(std::uint64_t address, AccessKind kind) {
  TraceRecord made;
  made.address = address;
  made.bytes = 8;
  made.instructions = 2;
  made.kind = kind;
  return made;
}

std::string refusal(std::vector<TraceRecord> records) {
  try {
    const MemoryTrace trace(std::move(records), "t");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(MemoryTrace, DeliversItsRecordsEachTimeItIsOpened) {
  std::vector<TraceRecord> records;
  for (std::uint64_t i = 0; i < 40'000; ++i) records.push_back(record(8 * i, AccessKind::kLoad));
  const MemoryTrace trace(records, "t");
  for (int turn = 0; turn < 2; ++turn) {
    const auto source = trace.open();
    TraceBlock block;
    std::uint64_t read = 0;
    while (source->next(block)) {
      for (const TraceRecord& each : block.records) EXPECT_EQ(each.address, 8 * read++);
    }
    EXPECT_EQ(read, 40'000u);
  }
}

TEST(MemoryTrace, HeaderHasCountsHashAndAnImageOfWhatIsTouched) {
  const MemoryTrace trace({record(0x10000, AccessKind::kFetch), record(0x20ff8, AccessKind::kLoad)},
                          "loop");
  const TraceHeader& header = trace.header();
  EXPECT_EQ(header.command, "loop");
  EXPECT_EQ(header.records, 2u);
  EXPECT_EQ(header.instructions, 4u);
  EXPECT_NE(header.hash, 0u);
  ASSERT_EQ(header.image.size(), 2u);
  EXPECT_EQ(header.image[0].start, 0x10000u);
  EXPECT_TRUE(header.image[0].execute);
  EXPECT_EQ(header.image[1].start, 0x20000u);
  EXPECT_FALSE(header.image[1].write);
}

TEST(MemoryTrace, RefusesWhatNoProgramCanDo) {
  EXPECT_EQ(refusal({}), "a trace without records");
  TraceRecord none = record(0, AccessKind::kLoad);
  none.bytes = 0;
  EXPECT_EQ(refusal({record(0, AccessKind::kLoad), none}), "record 1 accesses no bytes");
  EXPECT_EQ(refusal({record(~std::uint64_t{6}, AccessKind::kLoad)}),
            "record 0 goes beyond the last address");
  EXPECT_EQ(refusal({record(~std::uint64_t{7}, AccessKind::kLoad)}), "");
}

}  // namespace
}  // namespace mmu::traces
