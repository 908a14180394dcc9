// Where the switches of os.switch_instructions stand in a trace.
#include <gtest/gtest.h>

#include "sim/platform/time_slices.hpp"
#include "testbench/support/vector_trace.hpp"

namespace mmu {
namespace {

/// A trace of one block, whose records begin so many instructions each.
TraceBlock sliced(const std::vector<std::uint16_t>& instructions, std::uint64_t slice,
                  const std::vector<TraceBlock::Event>& events = {}) {
  TraceBlock block;
  block.events = events;
  for (const std::uint16_t count : instructions) {
    TraceRecord record;
    record.bytes = 1;
    record.instructions = count;
    block.records.push_back(record);
  }
  test::VectorTrace trace(block);
  TimeSlices slices(trace, slice);
  TraceBlock result;
  EXPECT_TRUE(slices.next(result));
  return result;
}

std::vector<std::uint32_t> places(const TraceBlock& block) {
  std::vector<std::uint32_t> places;
  for (const TraceBlock::Event& event : block.events) {
    if (event.event.type == OsEventType::kSwitch) places.push_back(event.before);
  }
  return places;
}

using Places = std::vector<std::uint32_t>;

TEST(TimeSlices, ASwitchOfOneProcessGivesTheCoreToNobodyElse) {
  OsEvent event;
  event.type = OsEventType::kSwitch;
  event.args[0] = 100'000'000;
  const TraceBlock block = sliced({1, 1}, 0, {{1, event}});
  ASSERT_EQ(block.events.size(), 1u);
  EXPECT_FALSE(switched_to(block.events[0].event));
}

TEST(TimeSlices, ASwitchStandsBeforeTheFirstRecordBehindEachSlice) {
  EXPECT_EQ(places(sliced({1, 1, 1, 1, 1}, 2)), (Places{2, 4}));
  EXPECT_EQ(places(sliced({1, 0, 1, 0, 0, 1}, 2)), (Places{3}));
  EXPECT_EQ(places(sliced({1, 1}, 2)), (Places{})) << "not behind the last";
}

TEST(TimeSlices, ARecordThatLastsLongerEndsOneSliceOnly) {
  EXPECT_EQ(places(sliced({9, 1, 1, 1}, 2)), (Places{1, 3}));
}

TEST(TimeSlices, WithoutALengthNothingIsAdded) { EXPECT_TRUE(sliced({9, 9, 9}, 0).events.empty()); }

TEST(TimeSlices, ASwitchComesBehindTheEventsOfItsPlace) {
  const TraceBlock block = sliced({1, 1, 1}, 1, {{0, {}}, {1, {}}, {2, {}}});
  ASSERT_EQ(block.events.size(), 5u);
  EXPECT_EQ(places(block), (Places{1, 2}));
  EXPECT_EQ(block.events[1].event.type, OsEventType::kOther);
  EXPECT_EQ(block.events[2].event.type, OsEventType::kSwitch);
}

}  // namespace
}  // namespace mmu
