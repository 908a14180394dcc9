// Thread files put together by their timestamps.
#include <gtest/gtest.h>

#include <filesystem>

#include "testbench/support/trace_writers.hpp"
#include "testbench/unit/traces/trace_test_support.hpp"
#include "testbench/unit/traces/zip_writer.hpp"
#include "traces/drmemtrace_trace.hpp"
#include "traces/open_trace.hpp"

namespace mmu::traces {
namespace {

using Entries = std::vector<DrmemtraceEntry>;

DrmemtraceEntry time(std::uint64_t value) { return {28, 2, value}; }
DrmemtraceEntry load(std::uint64_t address) { return {0, 8, address}; }

std::string thread_file(std::uint64_t id, Entries entries, std::uint64_t version = 5,
                        std::uint64_t process = 1) {
  entries.insert(entries.begin(), {{25, 0, version}, {22, 0, id}, {24, 0, process}});
  entries.push_back({23, 0, id});
  entries.push_back({26, 0, 0});
  return bytes_of(entries);
}

class DrmemtraceFolderTest : public ::testing::Test {
 protected:
  DrmemtraceFolderTest() { std::filesystem::create_directory(path()); }
  std::string path() const { return folder_.file("d"); }
  void write(const std::string& name, const std::string& bytes) {
    folder_.write("d/" + name, bytes);
  }
  /// Addresses and numbers of threads.
  std::vector<std::pair<std::uint64_t, unsigned>> read(std::uint32_t records_per_block = 65536) {
    DrmemtraceFolder trace(path(), records_per_block);
    std::vector<std::pair<std::uint64_t, unsigned>> all;
    for (const TraceRecord& r : read_all(trace).records) all.emplace_back(r.address, r.thread);
    return all;
  }
  void error_has(const std::string& place, const std::string& what) {
    const std::string text = input_error([&] { read(); });
    EXPECT_NE(text.find(place), std::string::npos) << text;
    EXPECT_NE(text.find(what), std::string::npos) << text;
  }
  TempFolder folder_;
};

TEST_F(DrmemtraceFolderTest, TheThreadWithTheSmallestTimestampGoesOnUntilItsNext) {
  write("drmemtrace.a.1.trace", thread_file(70, {time(20), load(1), load(2), time(50), load(3)}));
  write("drmemtrace.b.1.trace", thread_file(60, {time(10), load(4), time(30), load(5), time(60)}));
  const std::vector<std::pair<std::uint64_t, unsigned>> expected{
      {4, 0}, {1, 1}, {2, 1}, {5, 0}, {3, 1}};  // threads count as they appear
  for (const std::uint32_t records : {1u, 2u, 65536u}) EXPECT_EQ(read(records), expected);
}

TEST_F(DrmemtraceFolderTest, OfEqualTimesTheFirstNameComesFirst) {
  write("b.trace", thread_file(1, {time(10), load(1)}));
  write("a.trace", thread_file(2, {time(10), load(2)}));
  const std::vector<std::pair<std::uint64_t, unsigned>> expected{{2, 0}, {1, 1}};
  EXPECT_EQ(read(), expected);
}

TEST_F(DrmemtraceFolderTest, FilesBesidesTheThreadsArePassedOver) {
  write("a.memtrace.zip", zip_in_chunks(thread_file(1, {time(10), load(1)}), 2));
  write("b.trace.gz", gzip_of(thread_file(2, {time(9), load(2)})));
  write("cpu_schedule.bin.zip", "no zip");
  write("serial_schedule.bin.gz", "no gzip");
  const std::vector<std::pair<std::uint64_t, unsigned>> expected{{2, 0}, {1, 1}};
  EXPECT_EQ(read(), expected);
}

TEST_F(DrmemtraceFolderTest, ErrorsNameTheFile) {
  error_has("d: ", "is an empty folder");
  write("modules.log", "x");
  error_has("d: ", "without a thread file");
  write("a.trace", thread_file(1, {time(10), load(1)}));
  write("b.trace", thread_file(2, {}));
  error_has("b.trace: ", "has no timestamp");
  write("b.trace", thread_file(2, {load(1), time(10)}));
  error_has("b.trace: ", "first timestamp stands behind an access");
  write("b.trace", thread_file(2, {time(10)}, 4));
  error_has("b.trace: record 1 ", "version 4 in a trace of version 5");
  write("b.trace", thread_file(2, {time(10)}, 5, 2));
  error_has("b.trace: record 3 ", "process 2 in a trace of process 1");
  write("b.trace", "");
  error_has("b.trace: ", "is empty");
  EXPECT_NE(input_error([&] {
              open_trace(path(), {true, TraceFormat::kChampsim});
            }).find("is a folder"),
            std::string::npos);
}

}  // namespace
}  // namespace mmu::traces
