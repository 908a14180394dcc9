#include "traces/interleaver.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "hw/arch/errors.hpp"

namespace mmu::traces {
namespace {

class Blocks final : public TraceSource {
 public:
  explicit Blocks(std::vector<TraceBlock> blocks, const std::string& architecture = "x86-64",
                  std::uint32_t page_bytes = 4096)
      : blocks_(std::move(blocks)) {
    header_.architecture = architecture;
    header_.page_bytes = page_bytes;
    header_.hash = blocks_.size() + 1;
    for (const TraceBlock& block : blocks_) header_.records += block.records.size();
  }
  const TraceHeader& header() const override { return header_; }
  bool next(TraceBlock& block) override {
    if (at_ == blocks_.size()) return false;
    block = blocks_[at_++];
    return true;
  }

 private:
  TraceHeader header_;
  std::vector<TraceBlock> blocks_;
  std::size_t at_ = 0;
};

Interleaver interleave(std::vector<Blocks> traces, std::uint64_t quantum) {
  std::vector<Interleaver::Trace> all;
  all.reserve(traces.size());
  for (Blocks& trace : traces) {
    all.push_back({std::make_unique<Blocks>(std::move(trace)),
                   std::string(1, static_cast<char>('a' + all.size()))});
  }
  return Interleaver(std::move(all), quantum);
}

TraceRecord load(std::uint64_t address, std::uint16_t instructions = 1,
                 std::uint16_t depends_on = 0) {
  TraceRecord record;
  record.address = address;
  record.bytes = 8;
  record.instructions = instructions;
  record.depends_on = depends_on;
  return record;
}

TraceBlock loads(std::uint64_t first, unsigned count) {
  TraceBlock block;
  for (unsigned i = 0; i < count; ++i) block.records.push_back(load(first + i));
  return block;
}

OsEvent mmap_as(std::uint32_t handle) {
  OsEvent event;
  event.type = OsEventType::kMmap;
  event.handle = handle;
  return event;
}

/// Addresses of records; "->k" for the core to process k, "mmap" for that.
std::string story_of(const TraceBlock& block) {
  std::string text;
  std::size_t event = 0;
  for (std::size_t i = 0; i <= block.records.size(); ++i) {
    for (; event < block.events.size() && block.events[event].before == i; ++event) {
      const OsEvent& what = block.events[event].event;
      text += switched_to(what) ? "->" + std::to_string(*switched_to(what)) + " "
                                : std::string(name_of(what.type)) + " ";
    }
    if (i < block.records.size()) text += std::to_string(block.records[i].address) + " ";
  }
  return text;
}

std::string story_of(TraceSource& source) {
  std::string text;
  TraceBlock block;
  while (source.next(block)) text += story_of(block);
  return text;
}

TEST(Interleaver, TakesTurnsByTheQuantum) {
  Interleaver all = interleave(
      {Blocks({loads(10, 5)}), Blocks({loads(20, 1), loads(21, 2)}), Blocks({loads(30, 1)})}, 2);
  EXPECT_EQ(all.header().records, 9U);
  // c ends within its turn, b with its second one; a then has the core for good.
  EXPECT_EQ(story_of(all), "10 11 ->1 20 21 ->2 30 ->0 12 13 ->1 22 ->0 14 ");
}

TEST(Interleaver, CountsInstructionsNotRecords) {
  TraceBlock first;
  first.records = {load(10, 3), load(11, 0), load(12, 1), load(13, 9), load(14, 1)};
  Interleaver all = interleave({Blocks({first}), Blocks({loads(20, 8)})}, 4);
  // The turn that 13 begins is over with it.
  EXPECT_EQ(story_of(all), "10 11 12 ->1 20 21 22 23 ->0 13 ->1 24 25 26 27 ->0 14 ");
}

// 13 and 14 are accesses of the instruction that 12 begins, the last of the turn; 14 stands in the
// next block.
TEST(Interleaver, EndsNoTurnWithinAnInstruction) {
  TraceBlock first, second;
  first.records = {load(10), load(11), load(12), load(13, 0)};
  second.records = {load(14, 0), load(15)};
  Interleaver all = interleave({Blocks({first, second}), Blocks({loads(20, 2)})}, 3);
  EXPECT_EQ(story_of(all), "10 11 12 13 14 ->1 20 21 ->0 15 ");
}

TEST(Interleaver, RefusesABlockThatIsNoHandle) {
  TraceBlock block;
  OsEvent event;
  event.type = OsEventType::kFree;
  event.number = (std::uint64_t{1} << 32) + 1;
  block.events.push_back({0, event});
  Interleaver all = interleave({Blocks({block}), Blocks({loads(20, 2)})}, 3);
  TraceBlock given;
  EXPECT_THROW(all.next(given), InputError);
}

TEST(Interleaver, LeavesOneProcessAsItIs) {
  TraceBlock block = loads(10, 4);
  block.records[2].depends_on = 2;
  block.records[3].handle = 7;
  block.events.push_back({2, mmap_as(7)});
  Interleaver all = interleave({Blocks({block})}, 1);
  TraceBlock got;
  std::vector<TraceRecord> records;
  std::string text;
  while (all.next(got)) {
    text += story_of(got);
    records.insert(records.end(), got.records.begin(), got.records.end());
  }
  EXPECT_EQ(text, "10 11 mmap 12 13 ");
  EXPECT_EQ(records[2].depends_on, 2);
  EXPECT_EQ(records[3].handle, 7U);
}

TEST(Interleaver, KeepsEventsWithTheInstructionBeforeThem) {
  TraceBlock first = loads(10, 2);
  first.events.push_back({2, mmap_as(0)});
  TraceBlock second = loads(12, 1);
  second.events.push_back({0, mmap_as(1)});
  Interleaver all = interleave({Blocks({first, second}), Blocks({loads(20, 1)})}, 2);
  EXPECT_EQ(story_of(all), "10 11 mmap mmap ->1 20 ->0 12 ");
}

TEST(Interleaver, MakesHandlesDifferent) {
  TraceBlock block = loads(10, 1);
  block.events.push_back({0, mmap_as(3)});
  block.records[0].handle = 3;
  Interleaver all = interleave({Blocks({block}), Blocks({block})}, 1);
  TraceBlock of_a, of_b;
  ASSERT_TRUE(all.next(of_a));
  ASSERT_TRUE(all.next(of_b));
  EXPECT_EQ(of_a.records[0].handle, of_a.events[0].event.handle);
  EXPECT_EQ(of_b.records[0].handle, of_b.events[1].event.handle);
  EXPECT_NE(of_a.records[0].handle, of_b.records[0].handle);
}

TEST(Interleaver, CutsDependencesAtTheSwitch) {
  TraceBlock block;
  block.records = {load(10), load(11, 1, 1), load(12, 1, 1), load(13, 1, 1), load(14, 1, 3)};
  Interleaver all = interleave({Blocks({block}), Blocks({loads(20, 5)})}, 2);
  std::vector<unsigned> depends;
  TraceBlock got;
  while (all.next(got)) {
    for (const TraceRecord& record : got.records) {
      if (record.address < 20) depends.push_back(record.depends_on);
    }
  }
  EXPECT_EQ(depends, (std::vector<unsigned>{0, 1, 0, 1, 0}));
}

TEST(Interleaver, GoesOnWithoutAProcessThatEnds) {
  Interleaver all = interleave({Blocks({loads(10, 6)}), Blocks({loads(20, 4)})}, 2);
  TraceBlock block;
  ASSERT_TRUE(all.next(block));
  ASSERT_TRUE(all.next(block));
  EXPECT_EQ(story_of(block), "->1 20 21 ");
  all.end_process(1);
  EXPECT_EQ(story_of(all), "->0 12 13 14 15 ");
}

// Known too late: the next one has the core already, for a whole turn.
TEST(Interleaver, LetsTheNextOneHaveItsTurn) {
  Interleaver all =
      interleave({Blocks({loads(10, 6)}), Blocks({loads(20, 4)}), Blocks({loads(30, 3)})}, 2);
  TraceBlock block;
  ASSERT_TRUE(all.next(block));
  ASSERT_TRUE(all.next(block));
  all.end_process(0);
  EXPECT_EQ(story_of(all), "->2 30 31 ->1 22 23 ->2 32 ");
}

// One whose trace is over does not get the core to find that out.
TEST(Interleaver, SwitchesToNobodyWhoHasNothing) {
  Interleaver all = interleave({Blocks({loads(10, 5)}), Blocks({loads(20, 2)})}, 2);
  EXPECT_EQ(story_of(all), "10 11 ->1 20 21 ->0 12 13 14 ");
}

TEST(Interleaver, TellsBlocksOfTheHeapByTheirHandles) {
  TraceBlock block;
  OsEvent allocate = mmap_as(3), release;
  allocate.type = OsEventType::kMalloc;
  release.type = OsEventType::kFree;
  release.number = 1 + 3;
  block.events = {{0, allocate}, {0, release}};
  Interleaver all = interleave({Blocks({loads(10, 1)}), Blocks({block})}, 1);
  TraceBlock got;
  ASSERT_TRUE(all.next(got));
  ASSERT_TRUE(all.next(got));
  ASSERT_EQ(got.events.size(), 3U);
  EXPECT_EQ(got.events[1].event.handle, 2 * 3 + 1U);
  EXPECT_EQ(got.events[2].event.number, 1 + 2 * 3 + 1U);
}

TEST(Interleaver, KnowsWhatItIsMadeOf) {
  const Interleaver one = interleave({Blocks({loads(10, 2)})}, 1);
  const Interleaver two = interleave({Blocks({loads(10, 2)}), Blocks({}, "synthetic")}, 1);
  const Interleaver turned = interleave({Blocks({}), Blocks({loads(10, 2)})}, 1);
  EXPECT_EQ(one.header().hash, 2U);
  EXPECT_NE(two.header().hash, 2U);
  EXPECT_NE(two.header().hash, turned.header().hash) << "the order counts";
  EXPECT_EQ(two.header().architecture, "x86-64");
  ASSERT_EQ(two.processes().size(), 2U);
  EXPECT_EQ(two.processes()[1]->hash, 1U) << "of each as it is";
}

void expect_refused(std::vector<Blocks> traces, const std::string& why) {
  try {
    interleave(std::move(traces), 1);
    FAIL() << why;
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find(why), std::string::npos) << error.what();
  }
}

TEST(Interleaver, RefusesWhatCannotTakeTurns) {
  EXPECT_THROW(interleave({Blocks({})}, 0), ConfigError);
  expect_refused({Blocks({}), Blocks({}, "riscv64")}, "b: is of the architecture riscv64");
  expect_refused({Blocks({}, "synthetic"), Blocks({}), Blocks({}, "riscv64")}, "riscv64");
  expect_refused({Blocks({}), Blocks({}, "x86-64", 16384)}, "b: has pages of 16384");
}

}  // namespace
}  // namespace mmu::traces
