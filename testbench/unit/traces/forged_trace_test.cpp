#include <gtest/gtest.h>

#include "testbench/unit/traces/own_trace_fixture.hpp"

namespace mmu::traces {
namespace {

/// A forged file: wrong inside, though all checksums are right.
class ForgedTest : public OwnTraceTest {
 protected:
  std::string forge(const BlockHeader& block, const std::string& packed, const TraceHeader& header,
                    const std::vector<IndexEntry>& index) {
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
  EXPECT_NE(forge(columns(1, 0, 3, load + std::string("\x02\0\0", 3)), 1, 1), "")
      << "event behind the end";
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
