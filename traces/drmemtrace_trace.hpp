// DynamoRIO's drmemtrace: one file of an offline trace, or a folder with a file for each thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "traces/byte_stream.hpp"
#include "traces/drmemtrace_reader.hpp"
#include "traces/forward_source.hpp"

namespace mmu::traces {

class DrmemtraceTrace final : public ForwardSource {
 public:
  explicit DrmemtraceTrace(std::unique_ptr<ByteStream> bytes,
                           std::uint32_t records_per_block = 65536);

  /// True if `start` begins with the header of such a trace.
  static bool begins(std::string_view start) { return DrmemtraceReader::begins(start); }

 private:
  void produce(TraceBlock& block) override;

  DrmemtraceIds ids_;
  DrmemtraceReader reader_;
  std::size_t records_per_block_;
};

/// The threads of a folder as one stream: the one with the smallest timestamp goes on until its
/// next timestamp; of equal ones, that whose file's name comes first.
class DrmemtraceFolder final : public ForwardSource {
 public:
  /// `path`: the folder of the thread files, or one with a `trace` below it. Throws InputError if
  /// there is no thread file (drmemtrace_files()), or a thread has no timestamp.
  explicit DrmemtraceFolder(const std::string& path, std::uint32_t records_per_block = 65536);

 private:
  void produce(TraceBlock& block) override;
  DrmemtraceReader* first_in_time() const;

  DrmemtraceIds ids_;
  std::vector<std::unique_ptr<DrmemtraceReader>> threads_;
  DrmemtraceReader* current_ = nullptr;  // null: between two turns
  std::size_t records_per_block_;
};

/// The thread files of a folder, by name: those named .trace, .memtrace or .drmemtrace, packed or
/// not (DynamoRIO puts schedules and other files beside them). Throws InputError if there is none.
std::vector<std::string> drmemtrace_files(const std::string& folder);

}  // namespace mmu::traces
