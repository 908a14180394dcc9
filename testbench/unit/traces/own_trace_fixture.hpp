// The fixture of tests around one file in the project's own format.
#pragma once

#include <gtest/gtest.h>

#include "testbench/unit/traces/random_trace.hpp"
#include "testbench/unit/traces/trace_test_support.hpp"
#include "traces/own_trace.hpp"
#include "traces/own_trace_writer.hpp"

namespace mmu::traces {

inline TraceHeader full_header() {
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

}  // namespace mmu::traces
