#include "traces/own_trace.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "testbench/unit/traces/random_trace.hpp"
#include "testbench/unit/traces/trace_test_support.hpp"
#include "traces/own_trace_writer.hpp"

namespace mmu::traces {
namespace {

TraceHeader full_header() {
  TraceHeader header;
  header.command = "./program with 'words'";
  header.architecture = "x86-64";
  header.page_bytes = 4096;
  header.brk_start = 0x4035000;
  header.image = {{0x1000, 0x3000, true, false, true, "[image]"},
                  {0x4000, 0x1000, true, true, false, "[image]"},
                  {0x7fff'f000, 0x2000, true, true, false, "[stack]"}};
  return header;
}

class OwnTraceTest : public ::testing::Test {
 protected:
  TraceHeader write(const std::vector<TraceBlock>& blocks, std::uint32_t records_per_block = 64) {
    OwnTraceWriter::Options options;
    options.records_per_block = records_per_block;
    OwnTraceWriter writer(path_, options);
    for (const TraceBlock& block : blocks) writer.add(block);
    return writer.finish(full_header());
  }
  TraceBlock read(std::uint64_t first = 0, std::uint64_t count = OwnTrace::kAll) {
    OwnTrace trace(path_, first, count);
    return read_all(trace);
  }
  std::string error_of(const std::string& bytes) {
    folder_.write("trace.mmt", bytes);
    return input_error([this] { read(); });
  }

  TempFolder folder_;
  std::string path_ = folder_.file("trace.mmt");
  std::mt19937_64 random_{1};
};

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

/// A forged file: wrong inside, though all checksums are right.
class ForgedTest : public OwnTraceTest {
 protected:
  std::string forge(const BlockHeader& block, const std::string& packed, TraceHeader header,
                    std::vector<IndexEntry> index) {
    ByteWriter out;
    write_prologue(out);
    write_block_header(block, packed.data(), out);
    out.append(packed.data(), packed.size());
    ByteWriter header_bytes;
    write_header(header, header_bytes);
    ByteWriter index_bytes;
    write_index(index, index_bytes);
    Footer footer;
    footer.header_offset = out.size();
    footer.header_bytes = header_bytes.size();
    footer.header_checksum = checksum(header_bytes.data(), header_bytes.size());
    footer.index_offset = out.size() + header_bytes.size();
    footer.index_bytes = index_bytes.size();
    footer.index_checksum = checksum(index_bytes.data(), index_bytes.size());
    out.append(header_bytes);
    out.append(index_bytes);
    write_footer(footer, out);
    return error_of({out.data(), out.size()});
  }
  /// One block whose columns are `raw`, said to hold `records` records.
  std::string forge(const std::string& raw, std::uint32_t records, std::uint32_t events = 0) {
    const std::string packed = zstd_of(raw);
    BlockHeader block;
    block.raw_bytes = static_cast<std::uint32_t>(raw.size());
    block.packed_bytes = static_cast<std::uint32_t>(packed.size());
    block.records = records;
    block.events = events;
    TraceHeader header;
    header.records = records;
    header.events = events;
    IndexEntry entry;
    entry.offset = kPrologueBytes;
    entry.bytes = static_cast<std::uint32_t>(kBlockHeaderBytes + packed.size());
    entry.records = records;
    return forge(block, packed, header, {entry});
  }
  static std::string columns(std::uint32_t addresses, std::uint32_t extras, std::uint32_t events,
                             const std::string& rest) {
    ByteWriter out;
    out.number(addresses);
    out.number(extras);
    out.number(events);
    return std::string(out.data(), out.size()) + rest;
  }
};

TEST_F(ForgedTest, WellFormedOneIsRead) {
  EXPECT_EQ(forge(columns(1, 0, 0, "\x05\x08\x10"), 1), "");  // a load of 8 bytes at 8
  const TraceBlock all = read();
  EXPECT_EQ(all.records.at(0).address, 8u);
  EXPECT_EQ(all.records.at(0).kind, AccessKind::kLoad);
}

TEST_F(ForgedTest, MalformedColumnsAreInputErrors) {
  const std::string load("\x05\x08\x10");
  EXPECT_NE(forge("", 0), "");
  EXPECT_NE(forge(columns(0, 0, 0, "\x05\x08"), 1), "") << "no address";
  EXPECT_NE(forge(columns(2, 0, 0, load + "x"), 1), "") << "an address too many";
  EXPECT_NE(forge(columns(1, 1, 0, load + "x"), 1), "") << "an extra that nobody uses";
  EXPECT_NE(forge(columns(1, 0, 1, load + "x"), 1), "") << "an event that nobody counts";
  EXPECT_NE(forge(columns(1, 0, 0, load + "x"), 1), "") << "a byte too many";
  EXPECT_NE(forge(columns(0xffffffff, 0, 0, load), 1), "") << "a column beyond the end";
  EXPECT_NE(forge(columns(1, 0, 0, std::string("\x05\0\x10", 3)), 1), "") << "size 0";
  EXPECT_NE(forge(columns(1, 0, 0, "\x45\x08\x10"), 1), "") << "reserved control bit";
  EXPECT_NE(forge(columns(1, 0, 0, "\x05\x08\x01"), 1), "") << "8 bytes at -1";
  EXPECT_NE(forge(columns(1, 0, 0, "\x25\x08\x10"), 1), "") << "extras announced, none there";
  EXPECT_NE(forge(columns(1, 1, 0, "\x25\x08\x10\x20"), 1), "") << "unknown extra";
  EXPECT_NE(forge(columns(1, 0, 3, load + "\x02\0\0"), 1, 1), "") << "event behind the end";
  EXPECT_NE(forge(columns(0, 0, 0, ""), 0xffffffff), "") << "records beyond any block";
}

TEST_F(ForgedTest, WrongHeadersAndIndexesAreInputErrors) {
  const std::string raw = columns(1, 0, 0, "\x05\x08\x10");
  const std::string packed = zstd_of(raw);
  BlockHeader block;
  block.raw_bytes = static_cast<std::uint32_t>(raw.size());
  block.packed_bytes = static_cast<std::uint32_t>(packed.size());
  block.records = 1;
  TraceHeader header;
  header.records = 1;
  IndexEntry entry;
  entry.offset = kPrologueBytes;
  entry.bytes = static_cast<std::uint32_t>(kBlockHeaderBytes + packed.size());
  entry.records = 1;
  ASSERT_EQ(forge(block, packed, header, {entry}), "");

  const auto with = [&](auto change) {
    BlockHeader b = block;
    TraceHeader h = header;
    std::vector<IndexEntry> i{entry};
    change(b, h, i);
    return forge(b, packed, h, i);
  };
  using Index = std::vector<IndexEntry>;
  EXPECT_NE(with([](BlockHeader& b, TraceHeader&, Index&) { b.raw_bytes += 1; }), "");
  EXPECT_NE(with([](BlockHeader& b, TraceHeader&, Index&) { b.raw_bytes = 0xffffffff; }), "");
  EXPECT_NE(with([](BlockHeader& b, TraceHeader&, Index&) { b.raw_bytes -= 1; }), "");
  EXPECT_NE(with([](BlockHeader& b, TraceHeader&, Index&) { b.records = 2; }), "");
  EXPECT_NE(with([](BlockHeader& b, TraceHeader&, Index&) { b.events = 1; }), "");
  EXPECT_NE(with([](BlockHeader& b, TraceHeader&, Index&) { b.instructions = 1; }), "");
  EXPECT_NE(with([](BlockHeader&, TraceHeader& h, Index&) { h.records = 2; }), "");
  EXPECT_NE(with([](BlockHeader&, TraceHeader& h, Index&) { h.instructions = 1; }), "");
  EXPECT_NE(with([](BlockHeader&, TraceHeader& h, Index&) { h.page_bytes = 4095; }), "");
  EXPECT_NE(with([](BlockHeader&, TraceHeader& h, Index&) { h.page_bytes = 0; }), "");
  EXPECT_NE(
      with([](BlockHeader&, TraceHeader& h, Index&) {
        h.image = {{0x1000, 0x2000, true, true, true, ""}, {0x2000, 0x1000, true, true, true, ""}};
      }),
      "");
  EXPECT_NE(with([](BlockHeader&, TraceHeader& h, Index&) {
              h.image = {{0x1001, 0x2000, true, true, true, ""}};
            }),
            "");
  EXPECT_NE(with([](BlockHeader&, TraceHeader&, Index& i) { i.clear(); }), "");
  EXPECT_NE(with([](BlockHeader&, TraceHeader&, Index& i) { i[0].offset += 1; }), "");
  EXPECT_NE(with([](BlockHeader&, TraceHeader&, Index& i) { i[0].bytes -= 1; }), "");
  EXPECT_NE(with([](BlockHeader&, TraceHeader&, Index& i) { i[0].first_record = 1; }), "");
  EXPECT_NE(with([](BlockHeader&, TraceHeader&, Index& i) { i[0].first_event = 1; }), "");
  EXPECT_NE(with([](BlockHeader&, TraceHeader&, Index& i) { i.push_back(i[0]); }), "");
}

TEST_F(ForgedTest, RandomColumnsNeverCrash) {
  std::mt19937_64 random(3);
  const TraceBlock block = random_block(random, 50, 4);
  ByteWriter out;
  BlockEncoder().encode(block, out);
  const std::string good(out.data(), out.size());
  TraceBlock decoded;
  unsigned refused = 0;
  for (unsigned i = 0; i < 20'000; ++i) {
    std::string bad = good.substr(0, i % 3 == 0 ? random() % good.size() : good.size());
    for (unsigned n = 0; n <= i % 4 && !bad.empty(); ++n) {
      bad[random() % bad.size()] = static_cast<char>(random());
    }
    const std::size_t size = bad.size();
    bad.append(kDecoderSlack, '\0');
    try {
      BlockDecoder().decode(bad.data(), size, 50, 4, decoded);
    } catch (const BadBytes&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 7'000u);
}

}  // namespace
}  // namespace mmu::traces
