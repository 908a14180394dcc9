// DynamoRIO's entries: what they become, and what is wrong with them.
#include "traces/drmemtrace_trace.hpp"

#include <gtest/gtest.h>

#include "testbench/support/trace_writers.hpp"
#include "testbench/unit/traces/trace_test_support.hpp"

namespace mmu::traces {
namespace {

using Entries = std::vector<DrmemtraceEntry>;
constexpr DrmemtraceEntry kHead{25, 0, 5}, kFoot{26, 0, 0};

DrmemtraceEntry marker(std::uint16_t kind, std::uint64_t value) { return {28, kind, value}; }

class DrmemtraceTraceTest : public ::testing::Test {
 protected:
  TraceBlock read_bytes(const std::string& bytes, std::uint32_t records_per_block = 65536) {
    DrmemtraceTrace trace(stream(folder_.write("t", bytes)), records_per_block);
    return read_all(trace);
  }
  /// Of a file that has header and footer besides.
  TraceBlock read(Entries entries, std::uint32_t records_per_block = 65536) {
    entries.insert(entries.begin(), kHead);
    entries.push_back(kFoot);
    return read_bytes(bytes_of(entries), records_per_block);
  }
  std::string error(const Entries& entries) {
    return input_error([&] { read(entries); });
  }
  void error_names(const Entries& entries, const std::string& place, const std::string& what) {
    const std::string text = error(entries);
    EXPECT_NE(text.find(place), std::string::npos) << text;
    EXPECT_NE(text.find(what), std::string::npos) << text;
  }
  TempFolder folder_;
};

TEST_F(DrmemtraceTraceTest, InstructionsReadsAndWrites) {
  Entries entries{{10, 3, 0x401000}, {0, 8, 0x7000}, {1, 4, 0x7008}};
  for (const int type : {11, 12, 13, 14, 15, 16, 31, 48, 49}) {
    entries.push_back({static_cast<std::uint16_t>(type), 2, 0x402000});
  }
  const TraceBlock all = read(entries);
  ASSERT_EQ(all.records.size(), 12u);
  const std::vector<TraceRecord> expected = {
      {0x401000, TraceRecord::kNoHandle, 0, 3, 1, AccessKind::kFetch, 0},
      {0x7000, TraceRecord::kNoHandle, 0, 8, 0, AccessKind::kLoad, 0},
      {0x7008, TraceRecord::kNoHandle, 0, 4, 0, AccessKind::kStore, 0}};
  EXPECT_TRUE(
      same(std::vector<TraceRecord>(all.records.begin(), all.records.begin() + 3), expected));
  for (std::size_t i = 3; i < 12; ++i) {
    EXPECT_EQ(all.records[i].kind, AccessKind::kFetch) << i;
    EXPECT_EQ(all.records[i].instructions, 1u) << i;
  }
  EXPECT_TRUE(all.events.empty());
}

TEST_F(DrmemtraceTraceTest, WhatIsNoAccessIsPassedOver) {
  Entries entries{{10, 3, 0x401000}};
  for (std::uint16_t type = 2; type <= 46; ++type) {
    const bool passed_over = type <= 9 || (type >= 18 && type <= 21) || type == 23 || type == 27 ||
                             type == 29 || type >= 32;
    if (passed_over) entries.push_back({type, 64, 0x9000});
  }
  entries.push_back({47, 8, 0xffff'ffff'ffff'ffff});
  for (const int kind : {0, 1, 2, 3, 5, 10, 11, 14, 18, 20, 21, 22, 24, 26, 29, 77}) {
    entries.push_back(marker(static_cast<std::uint16_t>(kind), 1));
  }
  EXPECT_EQ(read(entries).records.size(), 1u);
}

TEST_F(DrmemtraceTraceTest, BundleGoesOnBehindTheFetchBefore) {
  const TraceBlock all = read({{10, 3, 0x401000}, {17, 3, 0x0f0401}});
  ASSERT_EQ(all.records.size(), 4u);
  EXPECT_EQ(all.records[1].address, 0x401003u);
  EXPECT_EQ(all.records[2].address, 0x401004u);
  EXPECT_EQ(all.records[2].bytes, 4u);
  EXPECT_EQ(all.records[3].address, 0x401008u);
  EXPECT_EQ(all.records[3].bytes, 15u);
}

TEST_F(DrmemtraceTraceTest, ThreadsCountFromTheFirstOneSeen) {
  const TraceBlock all =
      read({{22, 0, 500}, {10, 1, 1}, {22, 0, 7}, {10, 1, 2}, {22, 0, 500}, {10, 1, 3}});
  ASSERT_EQ(all.records.size(), 3u);
  EXPECT_EQ(all.records[0].thread, 0u);
  EXPECT_EQ(all.records[1].thread, 1u);
  EXPECT_EQ(all.records[2].thread, 0u);
}

TEST_F(DrmemtraceTraceTest, SystemCallIsAnEventWithWhatIsRecordedOfIt) {
  const std::uint64_t id = 0x1'0000'0000 + 202;
  const TraceBlock all = read({{22, 0, 1},
                               {22, 0, 9},
                               {10, 2, 0x401000},
                               marker(25, 202),
                               marker(26, 0),
                               marker(4, id),
                               marker(6, 0x5000),
                               marker(6, 129),
                               marker(2, 77),
                               marker(4, id),
                               marker(7, 0),
                               marker(4, 3),
                               marker(6, 42),  // of a function of the user's
                               {10, 3, 0x401002},
                               marker(25, 39),
                               marker(25, 60)});
  ASSERT_EQ(all.records.size(), 2u);
  ASSERT_EQ(all.events.size(), 3u);
  const TraceBlock::Event& first = all.events[0];
  EXPECT_EQ(first.before, 1u);
  EXPECT_EQ(first.event.type, OsEventType::kOther);
  EXPECT_EQ(first.event.number, 202u);
  EXPECT_EQ(first.event.thread, 1u);
  EXPECT_EQ(first.event.args[0], 0x5000u);
  EXPECT_EQ(first.event.args[1], 129u);
  EXPECT_EQ(first.event.args[2], 0u);
  EXPECT_TRUE(first.event.failed());
  EXPECT_EQ(all.events[1].before, 2u);
  EXPECT_EQ(all.events[1].event.number, 39u);
  EXPECT_FALSE(all.events[1].event.failed());
  EXPECT_EQ(all.events[2].event.number, 60u) << "the last one, behind the last record";
}

TEST_F(DrmemtraceTraceTest, TheKernelsOwnTraceOfACallIsLeftOut) {
  const TraceBlock all = read({{10, 2, 0x401000},
                               marker(25, 0),
                               marker(27, 0),
                               {10, 4, 0xffffffff81000000},
                               {0, 8, 0xffff888000000000},
                               marker(28, 0),
                               {10, 2, 0x401002}});
  ASSERT_EQ(all.records.size(), 2u);
  EXPECT_EQ(all.records[1].address, 0x401002u);
  ASSERT_EQ(all.events.size(), 1u);
  EXPECT_EQ(all.events[0].before, 1u);
}

TEST_F(DrmemtraceTraceTest, FiletypeNamesTheArchitecture) {
  const auto architecture = [this](std::uint64_t bits) {
    const std::string bytes = bytes_of({kHead, marker(9, bits), {10, 1, 1}, kFoot});
    return DrmemtraceTrace(stream(folder_.write("t", bytes))).header().architecture;
  };
  EXPECT_EQ(architecture(0x640), "x86-64");
  EXPECT_EQ(architecture(0x608), "aarch64");
  EXPECT_EQ(architecture(0), "");
}

TEST_F(DrmemtraceTraceTest, FilteredTracesAreRefused) {
  for (const std::uint64_t bits : {0x01u, 0x80u, 0x100u}) {
    error_names({marker(12, 5), marker(9, bits | 0x40), {10, 1, 1}},
                "record 3 at byte 24: ", "filtered by a cache");
  }
}

TEST_F(DrmemtraceTraceTest, MalformedEntriesNameTheirPlace) {
  const DrmemtraceEntry good{10, 3, 0x401000};
  error_names({good, {10, 0, 0x401003}}, "/t: record 3 at byte 24: ", "an instruction of 0 bytes");
  error_names({good, {10, 18, 0x401003}}, "record 3 at byte 24: ", "18 bytes; 1 to 17");
  error_names({good, {30, 3, 0x401003}}, "record 3 at byte 24: ", "type 30 does not occur");
  error_names({good, {50, 3, 0x401003}}, "record 3 at byte 24: ", "type 50 does not occur");
  error_names({good, {0, 2, ~std::uint64_t{0}}}, "record 3", "passes the end");
  error_names({good, {10, 2, ~std::uint64_t{0}}}, "record 3", "passes the end");
  error_names({good, {17, 0, 1}}, "record 3", "a bundle of 0");
  error_names({good, {17, 9, 1}}, "record 3", "a bundle of 9");
  error_names({{24, 0, 5}, good, {24, 0, 6}}, "record 4", "process 6 in a trace of process 5");
  error_names({good, kFoot, good}, "record 4 at byte 36", "behind the footer");
  Entries threads;
  for (std::uint64_t id = 0; id < 257; ++id) threads.push_back({22, 0, id});
  error_names(threads, "record 258", "more than 256 threads");
  EXPECT_EQ(read({good, {0, 2, ~std::uint64_t{1}}, {1, 0, 0x7000}}).records.back().bytes, 1u);
}

TEST_F(DrmemtraceTraceTest, EveryCutIsAnErrorBehindTheWholeEntries) {
  const std::string bytes = bytes_of({kHead, {10, 3, 0x401000}, {0, 8, 0x7000}, kFoot});
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    const std::string wrong = input_error([&] { read_bytes(bytes.substr(0, cut)); });
    EXPECT_NE(wrong.find("record " + std::to_string(cut / 12 + 1) + " at byte " +
                         std::to_string(cut / 12 * 12) + ": the trace ends "),
              std::string::npos)
        << cut << " " << wrong;
  }
  DrmemtraceTrace trace(stream(folder_.write("t", bytes.substr(0, 36))));
  TraceBlock block;
  ASSERT_TRUE(trace.next(block));
  EXPECT_EQ(block.records.size(), 2u);
  EXPECT_THROW(trace.next(block), InputError);
  EXPECT_THROW(trace.next(block), InputError) << "and again";
}

TEST_F(DrmemtraceTraceTest, FileWithoutHeaderIsRefused) {
  const std::string wrong = input_error([&] {
    read_bytes(bytes_of({{10, 3, 0x401000}, {26, 0, 0}}));
  });
  EXPECT_NE(wrong.find("record 1 at byte 0: no header"), std::string::npos) << wrong;
}

TEST_F(DrmemtraceTraceTest, BlocksOfAnySizeGiveTheSame) {
  Entries entries;
  for (std::uint64_t i = 0; i < 30'000; ++i) {  // more than the reader's buffer holds
    entries.push_back({10, 3, 0x401000 + 3 * i});
    if (i % 3 == 0) entries.push_back({0, 8, 0x7000 + 8 * i});
    if (i % 7 == 0) entries.push_back(marker(25, i));
  }
  const TraceBlock whole = read(entries);
  ASSERT_EQ(whole.records.size(), 40'000u);
  for (const std::uint32_t size : {1u, 7u, 5000u}) {
    EXPECT_TRUE(same(read(entries, size), whole)) << size;
  }
}

}  // namespace
}  // namespace mmu::traces
