// Writing the project's own trace format (.mmt).
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "hw/arch/trace.hpp"
#include "traces/block_codec.hpp"
#include "traces/content_hash.hpp"
#include "traces/own_layout.hpp"

namespace mmu::traces {

class OwnTraceWriter {
 public:
  struct Options {
    std::uint32_t records_per_block = 65536;  ///< 1 to kMaxBlockRecords
    int compression_level = 9;                ///< zstd's, 1 to 19
  };

  /// Writes to a temporary name beside `path`, which finish() turns into `path`; without it, the
  /// destructor removes the file. Throws InputError if it cannot be written.
  OwnTraceWriter(std::string path, const Options& options);
  ~OwnTraceWriter();
  OwnTraceWriter(const OwnTraceWriter&) = delete;
  OwnTraceWriter& operator=(const OwnTraceWriter&) = delete;

  /// Appends records and events. Throws InputError if the disk is full, ModelError if a record has
  /// no byte or passes the end of the address space.
  void add(const TraceBlock& block);

  /// Writes what is left, header and index. Counts and hash of `header` are filled in; the rest is
  /// taken as it is. Returns the header as written. Throws InputError if nothing was added.
  TraceHeader finish(TraceHeader header);

  std::uint64_t records() const { return records_ + waiting_.records.size(); }
  std::uint64_t instructions() const { return instructions_; }

 private:
  void add(const TraceBlock::Event& event);
  void flush();
  void write(const ByteWriter& bytes);
  [[noreturn]] void fail(const char* what) const;

  struct Compressor;
  std::string path_;
  std::string temporary_;
  Options options_;
  std::FILE* file_ = nullptr;
  std::unique_ptr<Compressor> zstd_;
  BlockEncoder encoder_;
  ContentHash hash_;
  TraceBlock waiting_;
  ByteWriter raw_;
  std::vector<char> packed_;
  std::vector<IndexEntry> index_;
  std::uint64_t offset_ = 0;                                        // written so far, bytes
  std::uint64_t records_ = 0, events_ = 0, first_instruction_ = 0;  // in finished blocks
  std::uint64_t instructions_ = 0;                                  // of all that was added
};

}  // namespace mmu::traces
