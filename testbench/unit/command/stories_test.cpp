// What people and programs read of a run's slowest accesses and of its timeline.
#include <gtest/gtest.h>

#include "sim/result/slowest_report.hpp"
#include "sim/result/timeline_json.hpp"

namespace mmu {
namespace {

SlowAccess slow_access() {
  SlowAccess access;
  access.number = 1234;
  access.pc = 0x400100;
  access.va = VirtAddr(0x7000'1008);
  access.pa = PhysAddr(0x5008);
  access.kind = AccessKind::kStore;
  access.issued = 1000;
  access.complete = 1100;
  access.retired = 1150;
  // Nothing was waited for: the queue takes no time.
  access.story = {{1001, Part::kL1Tlb},
                  {1001, Part::kWalkerQueue},
                  {1040, pte_part(0, Served::kMemory)},
                  {1100, data_part(Served::kLlc)}};
  return access;
}

TEST(SlowestReport, TellsEachPartThatTakesTime) {
  const std::string text = slowest_text({slow_access()});
  EXPECT_NE(text.find("1. 100 cycles: store of VA 0x70001008 (PA 0x5008), access 1,234 of the "
                      "instruction at 0x400100; issued in cycle 1,000, data in 1,100, retired in "
                      "1,150\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("pte_level0_memory  1,001  1,040      39\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("walker_queue"), std::string::npos) << text;
  EXPECT_EQ(slowest_text({}), "");
}

TEST(SlowestReport, IsWrittenForProgramsToo) {
  const Json row = slowest_json({slow_access()}).at("accesses").at(0);
  EXPECT_EQ(row.at("va"), "0x70001008");
  EXPECT_EQ(row.at("pc"), "0x400100");
  EXPECT_EQ(row.at("cycles"), 100);
  EXPECT_EQ(row.at("story").size(), 3u);
  EXPECT_EQ(row.at("story").at(2), (Json{{"part", "data_llc"}, {"from", 1040}, {"to", 1100}}));
  SlowAccess unknown = slow_access();
  unknown.pc = AccessStream::kNoPc;
  EXPECT_FALSE(slowest_json({unknown}).at("accesses").at(0).contains("pc"));
}

TEST(TimelineJson, WalksHoldTheirParts) {
  Timeline timeline;
  RecordedWalk walk;
  walk.walker = 1;
  walk.accepted = 10;
  walk.ended = 30;
  walk.va = VirtAddr(0x4000);
  walk.story = {{12, Part::kWalkCache}, {30, pte_part(0, Served::kL2)}};
  timeline.walks.push_back(walk);
  timeline.traps.push_back({100, 50, true, {FaultKind::kNotPresent, VirtAddr(0x5000), 0}, {}});
  timeline.traps.push_back({200, 5, false, {}, OsEventType::kMunmap});
  timeline.fences.push_back({205, {Asid{1}, VirtAddr(0x5000), true}});
  const Json events = Json::parse(timeline_json(timeline)).at("traceEvents");

  std::vector<std::string> lines;
  std::vector<Json> slices;
  for (const Json& event : events) {
    if (event.at("name") == "thread_name") lines.push_back(event.at("args").at("name"));
    if (event.at("ph") == "X") slices.push_back(event);
  }
  EXPECT_EQ(lines,
            (std::vector<std::string>{"operating system", "fences", "walker 0", "walker 1"}));
  ASSERT_EQ(slices.size(), 5u);
  EXPECT_EQ(slices[0].at("name"), "walk 0x4000");
  EXPECT_EQ(slices[0].at("ts"), 10);
  EXPECT_EQ(slices[0].at("dur"), 20);
  EXPECT_EQ(slices[1].at("name"), "walk_cache");
  EXPECT_EQ(slices[1].at("ts"), 10);
  EXPECT_EQ(slices[1].at("dur"), 2);
  EXPECT_EQ(slices[2].at("name"), "pte_level0_l2");
  EXPECT_EQ(slices[2].at("ts"), 12);
  EXPECT_EQ(slices[2].at("dur"), 18);
  EXPECT_EQ(slices[2].at("tid"), slices[0].at("tid"));
  EXPECT_EQ(slices[3].at("name"), "page fault");
  EXPECT_EQ(slices[3].at("args").at("va"), "0x5000");
  EXPECT_EQ(slices[4].at("name"), "munmap");
  const Json& fence = events.back();
  EXPECT_EQ(fence.at("ph"), "i");
  EXPECT_EQ(fence.at("ts"), 205);
  EXPECT_EQ(fence.at("args").at("asid"), 1);
  EXPECT_EQ(fence.at("args").at("leaf_only"), true);
}

TEST(TimelineJson, APrefetchIsNoWalkOfTheProgram) {
  Timeline timeline;
  RecordedWalk walk;
  walk.prefetch = true;
  timeline.walks.push_back(walk);
  EXPECT_NE(timeline_json(timeline).find("\"prefetch 0x0\""), std::string::npos);
}

}  // namespace
}  // namespace mmu
