// From any trace to the project's own format.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "hw/arch/trace.hpp"
#include "traces/own_trace_writer.hpp"

namespace mmu::traces {

struct ConvertOptions {
  OwnTraceWriter::Options writer;
  /// Stop behind so many; 0: no limit. Events in front of the next record are left out.
  std::uint64_t max_records = 0;
  std::uint64_t max_instructions = 0;
  /// If the source turns out to be damaged, keep what came before as a whole trace.
  bool keep_partial = false;
  /// Called now and then with what has been read; false: give up, and leave no file.
  std::function<bool(std::uint64_t records, std::uint64_t instructions)> progress;
};

struct ConvertResult {
  TraceHeader header;                 ///< as written
  std::uint64_t highest_address = 0;  ///< see HighestAddress
  bool written = false;               ///< false: progress() said so
  std::string source_error;           ///< with keep_partial: what ended the source; else empty
};

/// Writes `source` to `path`, which appears when it is complete. Where the source has mappings but
/// no image in its header, the image is found on the way (see ImageBuilder). Throws InputError.
ConvertResult convert(TraceSource& source, const std::string& path,
                      const ConvertOptions& options = {});

}  // namespace mmu::traces
