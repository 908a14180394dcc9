// The capture plugin's stream, byte by byte as docs/traces.md has it: what its words become, and
// what is wrong with them.
#include "traces/capture_trace.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "testbench/unit/traces/trace_test_support.hpp"
#include "traces/convert.hpp"
#include "traces/open_trace.hpp"

namespace mmu::traces {
namespace {

using Words = std::vector<std::uint64_t>;

constexpr std::uint64_t kX86 = 62, kAArch64 = 183, kRiscv = 243;
constexpr std::uint64_t kArea = 0x0c, kCommand = 0x14, kCall = 0x1c, kExec = 0x24, kEnd = 0x2c;

/// The top byte of a word holds code << 3 | kind.
std::uint64_t mark(std::uint64_t top, std::uint64_t value, std::uint64_t thread = 0) {
  return top << 56 | thread << 48 | value;
}
std::uint64_t access(std::uint64_t kind, std::uint64_t address, std::uint64_t bytes,
                     std::uint64_t thread = 0) {
  return mark(bytes << 3 | kind, address & 0xffff'ffff'ffff, thread);
}
std::uint64_t text(const char (&eight)[9]) {
  std::uint64_t word = 0;
  std::memcpy(&word, eight, 8);
  return word;
}
const Words kFetch{access(0, 0x401000, 3)};

Words operator+(Words a, const Words& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

class CaptureTraceTest : public ::testing::Test {
 protected:
  std::string file(const Words& words, std::uint64_t about = 1 | kX86 << 32) {
    std::string bytes = "\x89MMC\r\n\x1a\n";
    for (const std::uint64_t word : Words{about} + words) {
      for (unsigned i = 0; i < 8; ++i) bytes += static_cast<char>(word >> 8 * i);
    }
    return folder_.write("t", bytes);
  }
  /// Of a stream that has its end mark besides.
  TraceBlock read(const Words& words, std::uint64_t fetches, std::uint32_t block = 65536) {
    CaptureTrace trace(stream(file(words + Words{mark(kEnd, fetches)})), block);
    header_ = trace.header();
    return read_all(trace);
  }
  void file_error_names(const std::string& path, std::uint64_t record, const std::string& what) {
    const std::string text = input_error([&] {
      CaptureTrace trace(stream(path));
      read_all(trace);
    });
    const std::string place =
        "record " + std::to_string(record) + " at byte " + std::to_string((record - 1) * 8) + ": ";
    EXPECT_NE(text.find(place + what), std::string::npos) << text;
  }
  void error_names(const Words& words, std::uint64_t record, const std::string& what) {
    file_error_names(file(words + Words{mark(kEnd, 1)}), record, what);
  }

  TempFolder folder_;
  TraceHeader header_;
};

TEST_F(CaptureTraceTest, AccessesHaveKindAddressSizeAndThread) {
  const TraceBlock all =
      read({access(0, 0x401000, 15, 255), access(1, 0x7fff'ffff'fff8, 8), access(2, 0x10, 0, 7),
            access(3, 0x20, 31), access(1, 0xffff'ffff'ff60'0000, 1)},
           1);
  const std::uint32_t none = TraceRecord::kNoHandle;
  const std::vector<TraceRecord> expected = {
      {0x401000, none, 0, 15, 1, AccessKind::kFetch, 255},
      {0x7fff'ffff'fff8, none, 0, 8, 0, AccessKind::kLoad, 0},
      {0x10, none, 0, 32, 0, AccessKind::kStore, 7},
      {0x20, none, 0, 31, 0, AccessKind::kModify, 0},
      {0xffff'ffff'ff60'0000, none, 0, 1, 0, AccessKind::kLoad, 0}};
  EXPECT_TRUE(same(all.records, expected));
}

TEST_F(CaptureTraceTest, CallsAreEventsWhereTheyReturned) {
  const TraceBlock all = read(
      kFetch + Words{mark(kCall, 9, 3), 0, 8192, 0xf'0000'0003, 0x22, 0xffff'ffff, 0, 0x7000'0000} +
          kFetch + Words{mark(kCall, 202), 1, 2, 3, 4, 5, 6, 0xffff'ffff'ffff'fff5},
      2);
  ASSERT_EQ(all.events.size(), 2u);
  EXPECT_EQ(all.events[0].before, 1u);
  const OsEvent& mmap = all.events[0].event;
  EXPECT_EQ(mmap.type, OsEventType::kMmap);
  EXPECT_EQ(mmap.thread, 3u);
  EXPECT_EQ(mmap.args[1], 8192u);
  EXPECT_EQ(mmap.args[2], 3u) << "an int";
  EXPECT_EQ(mmap.args[4], ~std::uint64_t{0}) << "a signed int";
  EXPECT_EQ(mmap.result, 0x7000'0000);
  EXPECT_EQ(all.events[1].before, 2u);
  const OsEvent& futex = all.events[1].event;
  EXPECT_EQ(futex.type, OsEventType::kOther);
  EXPECT_EQ(futex.number, 202u);
  EXPECT_EQ(futex.args[5], 6u);
  EXPECT_EQ(futex.result, -11);
}

TEST_F(CaptureTraceTest, EachMachineHasItsNumbersOfMappingCalls) {
  const auto types = [this](std::uint64_t machine, const Words& numbers) {
    Words words;
    for (const std::uint64_t n : numbers)
      words = words + Words{mark(kCall, n), 0x11, 0, 0, 0, 0, 0, 77};
    CaptureTrace trace(stream(file(words + Words{mark(kEnd, 0)}, 1 | machine << 32)));
    header_ = trace.header();
    std::string text = header_.architecture;
    for (const auto& at : read_all(trace).events) text += " " + std::string(name_of(at.event.type));
    return text;
  };
  EXPECT_EQ(types(kX86, {12, 9, 11, 10, 25, 222, 57, 61, 28}),
            "x86-64 brk mmap munmap mprotect mremap other fork exit madvise");
  const Words generic{214, 222, 215, 226, 216, 9, 220, 260, 233};
  EXPECT_EQ(types(kRiscv, generic),
            "riscv64 brk mmap munmap mprotect mremap other fork exit madvise");
  EXPECT_EQ(types(kAArch64, generic),
            "aarch64 brk mmap munmap mprotect mremap other fork exit madvise");
}

TEST_F(CaptureTraceTest, ImageAndCommandStandInTheHeader) {
  const Words image{mark(kCommand, 11),
                    text("./sort -"),
                    text("n 1\0\0\0\0\0"),
                    mark(kArea, 0x400000),
                    0x2000,
                    5 | 4 << 8,
                    text("sort\0\0\0\0"),
                    mark(kArea, 0x402000),
                    0x1000,
                    2};
  read(image + kFetch, 1, 1);
  EXPECT_EQ(header_.command, "./sort -n 1");
  const std::vector<ImageArea> expected = {{0x400000, 0x2000, true, false, true, "sort"},
                                           {0x402000, 0x1000, false, true, false, ""}};
  EXPECT_TRUE(same(header_.image, expected));
}

TEST_F(CaptureTraceTest, ImageAndFirstBreakReachTheConvertedTrace) {
  const Words brk{mark(kCall, 12), 0, 0, 0, 0, 0, 0, 0x404000};
  const std::string path = file(Words{mark(kArea, 0x400000), 0x2000, 5} + kFetch + brk +
                                Words{access(1, 0x9000, 8), mark(kEnd, 1)});
  const auto own = folder_.file("own.mmt");
  const ConvertResult result = convert(*open_trace(path, {false, TraceFormat::kAuto}), own);
  for (const TraceHeader& header :
       {result.header, open_trace(path)->header(), open_trace(own)->header()}) {
    EXPECT_EQ(header.brk_start, 0x404000u);
    ASSERT_EQ(header.image.size(), 1u) << "and no page for the load at 0x9000";
    EXPECT_EQ(header.image[0].bytes, 0x2000u);
    EXPECT_EQ(header.hash, result.header.hash);
  }
  EXPECT_EQ(result.highest_address, 0x403fffu) << "the break";
}

TEST_F(CaptureTraceTest, BlocksOfAnySizeGiveTheSame) {
  Words words;
  for (std::uint64_t i = 0; i < 50'000; ++i) {
    words.push_back(access(i % 2, 0x1000 + i, 4));
    if (i % 7 == 0) words = std::move(words) + Words{mark(kCall, i), 1, 2, 3, 4, 5, 6, i};
  }
  const TraceBlock all = read(words, 25'000);
  EXPECT_EQ(all.records.size(), 50'000u);
  EXPECT_EQ(all.events.size(), 7143u);
  EXPECT_EQ(all.events[7142].event.result, 49'994);
  for (const std::uint32_t block : {1u, 7u, 1000u}) {
    EXPECT_TRUE(same(read(words, 25'000, block), all)) << block;
  }
}

TEST_F(CaptureTraceTest, MayEndBehindExecve) {
  const auto count = [this](const Words& words) {
    CaptureTrace trace(stream(file(words)));
    return read_all(trace).records.size();
  };
  EXPECT_EQ(count(kFetch + Words{mark(kExec, 0)}), 1u);
  const Words failed{mark(kExec, 0), mark(kCall, 59), 0, 0, 0, 0, 0, 0, 0xffff'ffff'ffff'fffe};
  EXPECT_EQ(count(kFetch + failed + kFetch + Words{mark(kEnd, 2)}), 2u);
  file_error_names(file(kFetch + failed), 13, "the stream ends without its end mark");
}

TEST_F(CaptureTraceTest, WhatCannotBeSoNamesItsPlace) {
  const Words area{mark(kArea, 0x400000), 0x1000, 1};
  error_names(kFetch + Words{access(5, 0, 1)}, 4, "kind 5; 0 to 4");
  error_names(kFetch + Words{mark(0x34, 0)}, 4, "mark 6; 1 to 5");
  error_names(kFetch + Words{mark(0x04, 0)}, 4, "mark 0; 1 to 5");
  error_names({access(0, 0x1000, 16)}, 3, "an instruction of 16 bytes; 1 to 15");
  error_names({access(0, 0x1000, 0)}, 3, "an instruction of 32 bytes");
  file_error_names(file({access(0, 0x1000, 5)}, 1 | kRiscv << 32), 3,
                   "an instruction of 5 bytes; 1 to 4");
  error_names(kFetch + Words{access(1, 0xffff'ffff'ffff, 2)}, 4, "the access passes the end");
  error_names(area + kFetch + area, 7, "an area of the initial image behind");
  error_names(kFetch + Words{mark(kCommand, 0)}, 4, "the command line behind");
  error_names({mark(kArea, 0x400800), 0x1000, 1}, 3, "an area that is not made of whole pages");
  error_names({mark(kArea, 0x400000), 0x1001, 1}, 3, "an area that is not made of whole pages");
  error_names({mark(kArea, 0x400000), 0, 1}, 3, "an area that is not made of whole pages");
  error_names({mark(kArea, 0x400000), 0x1000, 0}, 3, "an area with rights 0; 1 to 7");
  error_names({mark(kArea, 0x400000), 0x1000, 8}, 3, "an area with rights 8; 1 to 7");
  error_names(area + area, 6, "an area that begins before the end of the one before it");
  error_names({mark(kArea, 0x400000), 0x1000, 1 | 4097 << 8}, 3, "a text of 4097 bytes");
  error_names({mark(kCommand, 65537)}, 3, "a text of 65537 bytes; at most 65536");
  error_names(kFetch + Words{mark(kEnd, 1)}, 5, "it stands behind the end mark");
  error_names(kFetch + kFetch, 5, "the end mark counts 1 instructions, the stream holds 2");
}

TEST_F(CaptureTraceTest, WhatIsCutShortNamesItsPlace) {
  file_error_names(file(kFetch), 4,
                   "the stream ends without its end mark; was the program killed?");
  file_error_names(file({mark(kCall, 1), 1, 2, 3}), 3, "the trace ends after 32 of its 64 bytes");
  file_error_names(file({mark(kArea, 0), 1}), 3, "the trace ends after 16 of its 24 bytes");
  file_error_names(file({mark(kCommand, 17), 1, 2}), 3, "the trace ends after 24 of its 32 bytes");
  const std::string whole = content_of(file(kFetch));
  file_error_names(folder_.write("t", whole.substr(0, 21)), 3,
                   "the trace ends after 5 of its 8 bytes");
  file_error_names(folder_.write("t", whole.substr(0, 12)), 1, "the trace ends after 12 of its 16");
  file_error_names(folder_.write("t", whole.substr(0, 8)), 1,
                   "the trace ends after 8 of its 16 bytes");
}

TEST_F(CaptureTraceTest, OfAnotherKindIsRefusedAtOnce) {
  file_error_names(file({}, 2 | kX86 << 32), 2, "version 2 of the stream; only 1 can be read");
  file_error_names(file({}, 1 | 40ull << 32), 2, "a program for machine 40 (ELF's e_machine)");
  file_error_names(folder_.write("t", std::string(64, 'x')), 1, "no stream of the capture plugin");
}

}  // namespace
}  // namespace mmu::traces
