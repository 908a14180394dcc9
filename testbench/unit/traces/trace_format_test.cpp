// Which format a file is taken for.
#include "traces/trace_format.hpp"

#include <gtest/gtest.h>

#include "testbench/support/project_file.hpp"
#include "testbench/support/trace_writers.hpp"
#include "testbench/unit/traces/trace_test_support.hpp"
#include "traces/open_trace.hpp"

namespace mmu::traces {
namespace {

/// `count` fetches, every other one with a load.
TraceBlock program(std::size_t count) {
  TraceBlock block;
  for (std::size_t i = 0; i < count; ++i) {
    TraceRecord fetch;
    fetch.address = 0x401000 + 4 * i;
    fetch.bytes = 4;
    fetch.instructions = 1;
    fetch.kind = AccessKind::kFetch;
    TraceRecord load;
    load.address = 0x7fff'0000'0000 + 8 * i;
    load.bytes = 8;
    block.records.push_back(fetch);
    if (i % 2 == 0) block.records.push_back(load);
  }
  return block;
}

TraceFormat of(const std::string& bytes, const std::string& path = "file") {
  return recognize(bytes.substr(0, kRecognizedBytes), path);
}
std::string refusal(const std::string& bytes, const std::string& path = "file") {
  return input_error([&] { of(bytes, path); });
}

TEST(TraceFormat, ContentDecidesWhateverTheName) {
  for (const std::size_t count : {1u, 2u, 3u, 5u, 1000u}) {
    for (const char* name : {"file", "t.champsim", "t.trace.xz", "t.mmt", "t.cloudsuite"}) {
      EXPECT_EQ(of(champsim_of(program(count)), name), TraceFormat::kChampsim) << count << name;
      EXPECT_EQ(of(cloudsuite_of(program(count)), name), TraceFormat::kCloudsuite) << count << name;
      EXPECT_EQ(of(drmemtrace_of(program(count)), name), TraceFormat::kDrmemtrace) << count << name;
      EXPECT_EQ(of(capture_of(program(count)), name), TraceFormat::kCapture) << count << name;
      EXPECT_EQ(of(lackey_of(program(count)), name), TraceFormat::kLackey) << count << name;
    }
  }
  EXPECT_EQ(of(content_of(project_file("traces/samples/sort.mmt")), "t.champsim"),
            TraceFormat::kOwn);
}

TEST(TraceFormat, RecordsOfChampsimMustBePlausible) {
  const std::string good = champsim_of(program(200));
  const auto damaged = [&good](std::size_t at, char value) {
    std::string bytes = good;
    bytes[at] = value;
    return bytes;
  };
  EXPECT_NE(refusal(damaged(64 + 8, 2)), "") << "is_branch";
  EXPECT_NE(refusal(damaged(64 + 9, 2)), "") << "branch_taken";
  EXPECT_NE(refusal(damaged(64 + 7, 0x12)), "") << "an instruction at no canonical address";
  EXPECT_NE(refusal(damaged(64 + 32 + 7, 0x12)), "") << "a load";
  EXPECT_NE(refusal(damaged(64 + 16 + 7, 0x12)), "") << "a store";
  EXPECT_NE(refusal(good.substr(0, 100)), "") << "no whole number of records";
  EXPECT_NE(refusal(std::string(640, '\0')), "") << "instructions at address 0";
  EXPECT_EQ(of(damaged(7, static_cast<char>(0xff))), TraceFormat::kChampsim) << "upper half";
}

TEST(TraceFormat, NameDecidesWhereTheContentSaysNothing) {
  const std::string bad = champsim_of(program(3)) + "x";
  for (const char* name : {"a/t.champsim", "t.champsimtrace", "t.champsimtrace.xz", "t.trace.gz",
                           "t.trace.bz2", "t.champsim.zst"}) {
    EXPECT_EQ(of(bad, name), TraceFormat::kChampsim) << name;
  }
  EXPECT_EQ(of(bad, "drmemtrace.ls.1234.5678.trace.gz"), TraceFormat::kDrmemtrace);
  EXPECT_EQ(of(bad, "t.capture.zst"), TraceFormat::kCapture);
  EXPECT_EQ(of(bad, "t.cloudsuite"), TraceFormat::kCloudsuite);
  EXPECT_EQ(of(bad, "t.mmt"), TraceFormat::kOwn);
  EXPECT_EQ(of(bad, "t.lackey"), TraceFormat::kLackey);
  EXPECT_NE(refusal(bad, "t.xz").find("t.xz: is no trace that can be recognized"),
            std::string::npos);
}

TEST(TraceFormat, PhysicalAddressesAreRefusedAndTheirFormatNamed) {
  const struct {
    const char* text;
    const char* whose;
  } cases[] = {{"0x1A2B3C40 READ 100\n0x1A2B3C80 WRITE 120\n", "DRAMsim3"},
               {"0x1a2b3c40  WRITE   7\n", "DRAMsim3"},
               {"0x12345680 R\n", "Ramulator)"},
               {"LD 0x1A2B3C40\nST 0x10\n", "Ramulator 2"},
               {"ST 439041101\n", "Ramulator 2"},
               {"R 0,0,3,1200,8\n", "Ramulator 2"},
               {"# a comment\n\n31:     read    0x400140\n", "DRAMSys"},
               {"31: (64) write 0x400140 00ff\r\n", "DRAMSys"}};
  for (const auto& one : cases) {
    const std::string text = refusal(one.text);
    EXPECT_NE(text.find("physical addresses"), std::string::npos) << one.text << text;
    EXPECT_NE(text.find(one.whose), std::string::npos) << one.text << text;
  }
  for (const char* text : {"LDX 1\n", "0x12 READY 3\n", "R x\n", "31 read 0x4\n", "hello\n"}) {
    EXPECT_EQ(of(text), TraceFormat::kLackey) << text << "whose reader refuses it";
  }
}

TEST(TraceFormat, FormatThatIsGivenDecides) {
  const TempFolder folder;
  const std::string path = folder.write("t.mmt", champsim_of(program(3)));
  EXPECT_EQ(read_all(*open_trace(path)).records.size(), 5u);
  const auto error_as = [&path](TraceFormat format) {
    return input_error([&] { read_all(*open_trace(path, {true, format})); });
  };
  EXPECT_NE(error_as(TraceFormat::kOwn).find("prologue"), std::string::npos);
  EXPECT_NE(error_as(TraceFormat::kLackey).find("the log ends"), std::string::npos);
  EXPECT_NE(error_as(TraceFormat::kCapture).find("no stream of the capture"), std::string::npos);
  EXPECT_NE(error_as(TraceFormat::kDrmemtrace).find("no header"), std::string::npos);
  EXPECT_NE(error_as(TraceFormat::kCloudsuite).find("record 2 at byte 96"), std::string::npos);
  EXPECT_EQ(error_as(TraceFormat::kChampsim), "");
}

TEST(TraceFormat, OwnFormatMayBeCompressedToo) {
  const TempFolder folder;
  const std::string own = project_file("traces/samples/sort.mmt");
  const std::string packed = folder.write("sort.mmt.gz", gzip_of(content_of(own)));
  EXPECT_EQ(format_of(packed), TraceFormat::kOwn);
  const auto plain = open_trace(own), unpacked = open_trace(packed);
  EXPECT_EQ(unpacked->header().hash, plain->header().hash);
  TraceBlock a, b;
  ASSERT_TRUE(plain->next(a));
  ASSERT_TRUE(unpacked->next(b));
  EXPECT_TRUE(same(a, b));
}

}  // namespace
}  // namespace mmu::traces
