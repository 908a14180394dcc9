#include "traces/own_trace.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "testbench/unit/traces/own_trace_fixture.hpp"

namespace mmu::traces {
namespace {

TEST_F(OwnTraceTest, HeaderComesBackWithCountsAndHash) {
  const TraceBlock block = random_block(random_, 200, 7);
  write({block});
  const OwnTraceFile file(path_);
  const TraceHeader& header = file.header();
  EXPECT_EQ(header.command, "./program with 'words'");
  EXPECT_EQ(header.architecture, "x86-64");
  EXPECT_EQ(header.page_bytes, 4096u);
  EXPECT_EQ(header.brk_start, 0x4035000u);
  EXPECT_TRUE(header.carries_mappings);
  EXPECT_TRUE(same(header.image, full_header().image));
  EXPECT_EQ(header.records, 200u);
  EXPECT_EQ(header.events, 7u);
  std::uint64_t instructions = 0;
  for (const TraceRecord& record : block.records) instructions += record.instructions;
  EXPECT_EQ(header.instructions, instructions);
  EXPECT_NE(header.hash, 0u);
  EXPECT_EQ(file.index().size(), 4u) << "64 records each";
}

TEST_F(OwnTraceTest, AnyRecordsAndEventsComeBackAsTheyWere) {
  rc::check([this](std::uint32_t seed) {
    std::mt19937_64 random(seed);
    const TraceBlock block = random_block(random, 1 + seed % 1000, seed % 17);
    write({block}, 1 + seed % 100);
    RC_ASSERT(same(read(), block));
  });
}

TEST_F(OwnTraceTest, TraceOfEventsAloneComesBack) {
  const TraceBlock block = random_block(random_, 0, 5);
  write({block});
  EXPECT_TRUE(same(read(), block));
}

TEST_F(OwnTraceTest, HashDependsOnTheContentAndNotOnTheBlocks) {
  TraceBlock block = random_block(random_, 300, 9);
  const std::uint64_t hash = write({block}).hash;
  EXPECT_EQ(write({block}, 7).hash, hash);
  TraceBlock first = block;
  TraceBlock second;
  first.records.resize(100);
  first.events.clear();
  second.records.assign(block.records.begin() + 100, block.records.end());
  for (TraceBlock::Event event : block.events) {
    if (event.before <= 100) {
      first.events.push_back(event);
    } else {
      event.before -= 100;
      second.events.push_back(event);
    }
  }
  EXPECT_EQ(write({first, second}).hash, hash);

  const auto differs = [&](auto change) {
    TraceBlock changed = block;
    change(changed);
    return write({changed}).hash != hash;
  };
  EXPECT_TRUE(differs([](TraceBlock& b) { b.records[7].address ^= 1; }));
  EXPECT_TRUE(differs([](TraceBlock& b) { b.records[7].thread ^= 1; }));
  EXPECT_TRUE(differs([](TraceBlock& b) { b.records[7].depends_on ^= 1; }));
  EXPECT_TRUE(differs([](TraceBlock& b) { b.events[3].event.args[5] ^= 1; }));
  EXPECT_TRUE(differs([](TraceBlock& b) { b.events[8].before += 1; }));
  EXPECT_TRUE(differs([](TraceBlock& b) { b.events.pop_back(); }));
}

TEST_F(OwnTraceTest, SequentialFetchesAndStridesTakeTwoBytesARecordBeforeCompression) {
  TraceBlock block;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    TraceRecord fetch;
    fetch.kind = AccessKind::kFetch;
    fetch.address = 0x400000 + (i % 2) * 4;  // a loop of two instructions
    fetch.bytes = 4;
    fetch.instructions = 1;
    TraceRecord load;
    load.address = 0x10'0000'0000 + std::uint64_t{i} * 4096;
    load.bytes = 8;
    block.records.insert(block.records.end(), {fetch, load});
  }
  ByteWriter out;
  BlockEncoder().encode(block, out);
  // Control and size for each of 2000; the jump back costs a byte; each load's stride is known
  // after its third execution.
  EXPECT_LT(out.size(), 12u + 2 * 2000 + 500 + 6 * 8);
}

TEST_F(OwnTraceTest, AnyRangeOfRecordsCanBeCutOut) {
  const TraceBlock all = random_block(random_, 500, 60);
  write({all});
  for (const std::uint64_t first : {0u, 1u, 63u, 64u, 65u, 200u, 499u, 500u, 501u}) {
    for (const std::uint64_t count : {0u, 1u, 63u, 64u, 65u, 300u, 500u, 1000u}) {
      TraceBlock expected;
      const std::uint64_t end = std::min<std::uint64_t>(500, first + count);
      for (std::uint64_t i = first; i < end; ++i) expected.records.push_back(all.records[i]);
      for (TraceBlock::Event event : all.events) {
        const bool behind_the_end = end == 500 && event.before == 500;
        if (event.before < first || (event.before >= end && !behind_the_end) || first >= 500) {
          continue;
        }
        event.before -= static_cast<std::uint32_t>(first);
        expected.events.push_back(event);
      }
      EXPECT_TRUE(same(read(first, count), expected)) << first << " + " << count;
    }
  }
}

TEST_F(OwnTraceTest, BlocksCanBeReadAloneAndInAnyOrder) {
  const TraceBlock all = random_block(random_, 500, 60);
  write({all});
  const OwnTraceFile file(path_);
  ASSERT_EQ(file.index().size(), 8u);
  BlockReader reader(file);
  TraceBlock block;
  std::uint64_t events = 0;
  for (std::size_t number = 8; number-- > 0;) {
    reader.read(number, block);
    events += block.events.size();
    EXPECT_EQ(block.events.size(), file.events_in(number));
    EXPECT_EQ(file.index()[number].first_record, number * 64);
    EXPECT_EQ(file.block_of(number * 64), number);
    const auto from = all.records.begin() + static_cast<std::ptrdiff_t>(number * 64);
    EXPECT_TRUE(same(
        block.records,
        std::vector<TraceRecord>(from, from + static_cast<std::ptrdiff_t>(block.records.size()))));
  }
  EXPECT_EQ(events, 60u);
}

TEST_F(OwnTraceTest, UnfinishedWriterLeavesNoFile) {
  write({random_block(random_, 10, 0)});
  const std::string before = content_of(path_);
  {
    OwnTraceWriter writer(path_, {});
    writer.add(random_block(random_, 100, 0));
    EXPECT_EQ(folder_.count(), 2u);
  }
  EXPECT_EQ(folder_.count(), 1u);
  EXPECT_EQ(content_of(path_), before) << "what was there before is untouched";
}

TEST_F(OwnTraceTest, PlaceThatCannotBeWrittenIsNamed) {
  const std::string path = folder_.file("no/such/folder.mmt");
  EXPECT_NE(input_error([&] { OwnTraceWriter(path, {}); }).find(path), std::string::npos);
}

TEST_F(OwnTraceTest, EveryTruncationIsAnInputError) {
  write({random_block(random_, 40, 3)}, 25);
  const std::string whole = content_of(path_);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string message = error_of(whole.substr(0, size));
    ASSERT_EQ(message.find(path_), 0u) << "cut at " << size << ": '" << message << "'";
  }
  EXPECT_EQ(error_of(whole), "");
}

TEST_F(OwnTraceTest, EveryFlippedBitIsAnInputErrorWithAPlace) {
  write({random_block(random_, 40, 3)}, 25);
  const std::string whole = content_of(path_);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
    const std::string message = error_of(damaged);
    ASSERT_EQ(message.find(path_), 0u) << "byte " << at << ": '" << message << "'";
    ASSERT_NE(message.find(" at byte "), std::string::npos) << message;
  }
}

TEST_F(OwnTraceTest, MessagesNameWhatIsWrong) {
  write({random_block(random_, 150, 5)});
  const std::string whole = content_of(path_);
  const OwnTraceFile file(path_);
  const auto changed = [&whole](std::size_t at, char to) {
    std::string bytes = whole;
    bytes[at] = to;
    return bytes;
  };
  EXPECT_NE(error_of(changed(8, 2)).find("version 2; this program reads version 1"),
            std::string::npos);
  EXPECT_NE(error_of(changed(0, 'x')).find("not a trace of mmusim's format"), std::string::npos);
  const IndexEntry& second = file.index()[1];
  const std::string message = error_of(changed(second.offset + 40, '\0'));
  EXPECT_NE(message.find("block 1 at byte " + std::to_string(second.offset)), std::string::npos)
      << message;
  EXPECT_NE(message.find("checksum"), std::string::npos) << message;
  EXPECT_NE(error_of("").find("is empty"), std::string::npos);
  EXPECT_NE(error_of(whole.substr(0, 300)).find("truncated"), std::string::npos);
}

TEST_F(OwnTraceTest, BlocksBeforeADamagedOneAreDelivered) {
  const TraceBlock all = random_block(random_, 150, 0);
  write({all});
  std::string bytes = content_of(path_);
  bytes[OwnTraceFile(path_).index()[1].offset + 40] ^= 1;
  folder_.write("trace.mmt", bytes);
  OwnTrace trace(path_);
  TraceBlock block;
  ASSERT_TRUE(trace.next(block));
  EXPECT_TRUE(same(block.records, {all.records.begin(), all.records.begin() + 64}));
  EXPECT_THROW(trace.next(block), InputError);
}

}  // namespace
}  // namespace mmu::traces
