#include "traces/highest_address.hpp"

#include <gtest/gtest.h>

namespace mmu::traces {
namespace {

TraceRecord access(std::uint64_t address, std::uint16_t bytes) {
  TraceRecord record;
  record.address = address;
  record.bytes = bytes;
  return record;
}

OsEvent event(OsEventType type, std::int64_t result, std::uint64_t second = 0,
              std::uint64_t third = 0) {
  OsEvent e;
  e.type = type;
  e.result = result;
  e.args[1] = second;
  e.args[2] = third;
  return e;
}

std::uint64_t highest(const std::vector<TraceRecord>& records,
                      const std::vector<OsEvent>& events = {}) {
  TraceBlock block;
  block.records = records;
  for (const OsEvent& e : events) block.events.push_back({0, e});
  HighestAddress all;
  all.add(block);
  return all.value();
}

TEST(HighestAddress, IsTheLastByteOfAnAccess) {
  EXPECT_EQ(highest({access(0x3f'ffff'fff8, 8), access(0x1000, 4)}), 0x3f'ffff'ffffu);
}

TEST(HighestAddress, CountsTheUpperHalfFromItsEndDown) {
  const std::uint64_t vsyscall = 0xffff'ffff'ff60'0000;
  EXPECT_EQ(highest({access(0x401000, 1), access(vsyscall, 4)}), vsyscall);
  EXPECT_EQ(highest({access(0x7fff'0000'0000, 1), access(vsyscall, 4)}), 0x7fff'0000'0000u);
}

TEST(HighestAddress, MappingsCountWhetherTouchedOrNot) {
  EXPECT_EQ(highest({}, {event(OsEventType::kMmap, 0x40'0000'0000, 8192)}), 0x40'0000'1fffu);
  EXPECT_EQ(highest({}, {event(OsEventType::kMremap, 0x40'0000'0000, 1, 4096)}), 0x40'0000'0fffu);
  EXPECT_EQ(highest({}, {event(OsEventType::kBrk, 0x55'0000'0000)}), 0x54'ffff'ffffu);
  EXPECT_EQ(highest({}, {event(OsEventType::kOther, 0x7000'0000)}), 0u);
  EXPECT_EQ(highest({}, {event(OsEventType::kMmap, -12, 8192)}), 0u) << "it failed";
}

TEST(HighestAddress, TheImageCountsAndWhatAHandleStandsForDoesNot) {
  HighestAddress all;
  TraceHeader header;
  header.image.push_back({0x10000, 0x1000, true, false, false, ""});
  all.add(header);
  TraceBlock block;
  block.records = {access(0x7fff'ffff, 1)};
  block.records[0].handle = 1;
  OsEvent mmap = event(OsEventType::kMmap, 0x7fff'0000'0000, 4096);
  mmap.handle = 1;
  block.events.push_back({0, mmap});
  all.add(block);
  EXPECT_EQ(all.value(), 0x10fffu);
}

}  // namespace
}  // namespace mmu::traces
