#include "traces/convert.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "testbench/support/project_file.hpp"
#include "testbench/unit/traces/random_trace.hpp"
#include "testbench/unit/traces/trace_test_support.hpp"
#include "traces/open_trace.hpp"
#include "traces/own_trace.hpp"
#include "traces/trace_info.hpp"

namespace mmu::traces {
namespace {

std::string small_log() { return project_file("traces/samples/traps.lackey"); }

OpenOptions no_pre_pass() {
  OpenOptions options;
  options.complete_header = false;
  return options;
}

class ConvertTest : public ::testing::Test {
 protected:
  ConvertResult convert_log(const std::string& log, const ConvertOptions& options = {}) {
    return convert(*open_trace(log, no_pre_pass()), path_, options);
  }
  std::string info(const std::string& path) {
    std::ostringstream out;
    print_summary(summarize(*open_trace(path)), out);
    return out.str();
  }

  TempFolder folder_;
  std::string path_ = folder_.file("out.mmt");
};

TEST_F(ConvertTest, LogAndConvertedTraceAreTheSame) {
  convert_log(small_log());
  const auto log = open_trace(small_log());
  const auto own = open_trace(path_);
  const TraceHeader& a = log->header();
  const TraceHeader& b = own->header();
  EXPECT_EQ(b.command, "./sample -n 3");
  EXPECT_EQ(a.command, b.command);
  EXPECT_EQ(a.architecture, b.architecture);
  EXPECT_EQ(a.brk_start, b.brk_start);
  EXPECT_EQ(a.records, b.records);
  EXPECT_EQ(a.instructions, b.instructions);
  EXPECT_EQ(a.events, b.events);
  EXPECT_EQ(a.hash, b.hash);
  EXPECT_FALSE(b.image.empty());
  EXPECT_TRUE(same(a.image, b.image));
  EXPECT_TRUE(same(read_all(*log), read_all(*own)));
  EXPECT_EQ(info(small_log()), info(path_));
}

TEST_F(ConvertTest, CompressedLogConvertsToTheSameBytes) {
  convert_log(small_log());
  const std::string plain = content_of(path_);
  convert_log(folder_.write("log.zst", zstd_of(content_of(small_log()))));
  EXPECT_EQ(content_of(path_), plain);
}

TEST_F(ConvertTest, ConvertingAConvertedTraceGivesTheSameBytes) {
  convert_log(small_log());
  const std::string once = content_of(path_);
  const std::string again = folder_.file("again.mmt");
  convert(*open_trace(path_), again);
  EXPECT_EQ(content_of(again), once);
}

TEST_F(ConvertTest, LimitOfRecordsCutsThere) {
  const auto whole_source = open_trace(small_log());
  const TraceBlock whole = read_all(*whole_source);
  for (const std::uint64_t limit : {1u, 5u, 11u}) {
    ConvertOptions options;
    options.max_records = limit;
    EXPECT_EQ(convert_log(small_log(), options).header.records, limit);
    TraceBlock expected = whole;
    expected.records.resize(limit);
    while (!expected.events.empty() && expected.events.back().before >= limit) {
      expected.events.pop_back();
    }
    EXPECT_TRUE(same(read_all(*open_trace(path_)), expected)) << limit;
  }
}

TEST_F(ConvertTest, LimitOfInstructionsKeepsTheDataAccessesOfTheLastOne) {
  const std::string log = folder_.write("log",
                                        "I  00001000,4\n L 00002000,8\n"
                                        "I  00001004,4\n S 00002008,8\n S 00002010,8\n"
                                        "I  00001008,4\n L 00002000,8\n");
  ConvertOptions options;
  options.max_instructions = 2;
  const ConvertResult result = convert_log(log, options);
  EXPECT_EQ(result.header.instructions, 2u);
  EXPECT_EQ(result.header.records, 5u);
}

TEST_F(ConvertTest, DamagedSourceLeavesNoFileUnlessAskedTo) {
  const std::string log = folder_.write("log", "I  00001000,4\nI  00001004,4\nI  0000");
  EXPECT_NE(input_error([&] { convert_log(log); }), "");
  EXPECT_EQ(folder_.count(), 1u) << "the log alone";

  ConvertOptions options;
  options.keep_partial = true;
  const ConvertResult result = convert_log(log, options);
  EXPECT_NE(result.source_error.find(":3: "), std::string::npos);
  EXPECT_EQ(result.header.records, 2u);
  EXPECT_EQ(check_trace(path_).summary.record_count(), 2u);
}

TEST_F(ConvertTest, ProgressCanStopIt) {
  ConvertOptions options;
  options.progress = [](std::uint64_t records, std::uint64_t) { return records == 0; };
  EXPECT_FALSE(convert_log(small_log(), options).written);
  EXPECT_EQ(folder_.count(), 0u);
}

TEST_F(ConvertTest, TraceWithoutMappingsGetsNoImage) {
  TraceHeader header;
  header.carries_mappings = false;
  std::mt19937_64 random(1);
  FakeTrace source(header, {random_block(random, 100, 0)});
  EXPECT_TRUE(convert(source, path_).header.image.empty());
  EXPECT_FALSE(open_trace(path_)->header().carries_mappings);
}

TEST_F(ConvertTest, CheckAcceptsWhatConvertWrites) {
  convert_log(small_log());
  const CheckResult result = check_trace(path_);
  EXPECT_EQ(result.blocks, 1u);
  EXPECT_EQ(result.summary.hash, result.summary.header.hash);
  EXPECT_EQ(check_trace(small_log()).summary.hash, result.summary.hash);
}

TEST_F(ConvertTest, CheckFindsAWrongContentHash) {
  // All checksums are right: another trace's header stands in front of the blocks.
  std::mt19937_64 random(1);
  TraceBlock block;
  block.records.resize(3, random_record(random));
  for (TraceRecord& record : block.records) record.handle = TraceRecord::kNoHandle;
  OwnTraceWriter writer(path_, {});
  writer.add(block);
  TraceHeader header = writer.finish({});
  std::string bytes = content_of(path_);
  ByteWriter right;
  write_header(header, right);
  header.hash ^= 1;
  ByteWriter wrong;
  write_header(header, wrong);
  bytes.replace(bytes.find(std::string(right.data(), right.size())), right.size(), wrong.data(),
                wrong.size());
  Footer footer =
      read_footer({bytes.data() + bytes.size() - kFooterBytes, kFooterBytes}, bytes.size());
  footer.header_checksum = checksum(wrong.data(), wrong.size());
  ByteWriter end;
  write_footer(footer, end);
  bytes.replace(bytes.size() - kFooterBytes, kFooterBytes, end.data(), end.size());
  folder_.write("out.mmt", bytes);

  EXPECT_EQ(read_all(*open_trace(path_)).records.size(), 3u);
  EXPECT_NE(input_error([this] { check_trace(path_); }).find("content hash"), std::string::npos);
}

TEST_F(ConvertTest, CheckFindsAHandleThatNoEventHasMade) {
  TraceBlock block;
  block.records.resize(3);
  for (TraceRecord& record : block.records) record.bytes = 1;
  block.records[2].handle = 5;
  OsEvent mmap;
  mmap.type = OsEventType::kMmap;
  mmap.handle = 5;
  const auto check_with_event_before = [&](std::uint32_t record) {
    block.events = {{record, mmap}};
    OwnTraceWriter writer(path_, {});
    writer.add(block);
    writer.finish({});
    return input_error([this] { check_trace(path_); });
  };
  EXPECT_EQ(check_with_event_before(2), "");
  EXPECT_NE(check_with_event_before(3).find("record 2: handle 5"), std::string::npos);
}

TEST_F(ConvertTest, InfoCountsWhatIsThere) {
  const TraceSummary summary = summarize(*open_trace(small_log()));
  EXPECT_EQ(summary.records, (std::array<std::uint64_t, 4>{10, 4, 3, 1}));
  EXPECT_EQ(summary.instructions, 10u);
  EXPECT_EQ(summary.events, (std::array<std::uint64_t, kOsEventTypes>{2, 2, 1, 1, 1, 4, 0}));
  EXPECT_EQ(summary.failed_events, 2u);
  EXPECT_EQ(summary.threads, 2u);
  EXPECT_EQ(summary.pages[0], 6u);
  const std::string text = info(small_log());
  EXPECT_NE(text.find("./sample -n 3"), std::string::npos) << text;
  EXPECT_NE(text.find("18: 10 fetch 4 load 3 store 1 modify"), std::string::npos) << text;
  EXPECT_NE(text.find("0x108000-0x109000 r-x  [image]"), std::string::npos) << text;
}

TEST_F(ConvertTest, HeadShowsRecordsAndEventsInOrder) {
  std::ostringstream out;
  print_head(*open_trace(small_log()), 4, out);
  EXPECT_EQ(out.str(),
            "        0  fetch   0x108000 4\n"
            "        1  store   0x1fff000698 8\n"
            "      -- brk(0) = 0x4035000\n"
            "        2  fetch   0x108004 5\n"
            "      -- mmap(0, 8192, 3, 34, -1, 0) = 0x4835000\n"
            "        3  fetch   0x108009 7\n");
}

TEST_F(ConvertTest, CompletedHeaderNeedsAFileThatCanBeReadTwice) {
  const std::string pipe = folder_.file("pipe");
  ASSERT_EQ(std::system(("mkfifo " + pipe).c_str()), 0);
  ASSERT_EQ(std::system(("(echo 'I  00001000,4' > " + pipe + ") &").c_str()), 0);
  EXPECT_NE(input_error([&] { open_trace(pipe); }).find("from a pipe"), std::string::npos);
  ASSERT_EQ(std::system(("(echo 'I  00001000,4' > " + pipe + ") &").c_str()), 0);
  EXPECT_EQ(convert_log(pipe).header.records, 1u);
}

TEST_F(ConvertTest, SampleThatShipsIsWholeAndLargeEnough) {
  const CheckResult result = check_trace(project_file("traces/samples/sort.mmt"));
  EXPECT_GE(result.summary.instructions, 1'000'000u);
  for (const OsEventType type : {OsEventType::kBrk, OsEventType::kMmap, OsEventType::kMunmap}) {
    EXPECT_GT(result.summary.events[static_cast<std::size_t>(type)], 0u) << name_of(type);
  }
  EXPECT_EQ(result.summary.header.image.back().name, "[stack]");
}

}  // namespace
}  // namespace mmu::traces
