// Reading the project's own trace format (.mmt): blocks in any order, or a range front to back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "hw/arch/trace.hpp"
#include "traces/block_codec.hpp"
#include "traces/input_file.hpp"
#include "traces/own_layout.hpp"

namespace mmu::traces {

/// An open file: header and index, both checked. Each block can be read alone; for parallel
/// reading, give every thread a BlockReader of its own.
class OwnTraceFile {
 public:
  /// Throws InputError with the byte offset if the file is not a whole trace of this version.
  explicit OwnTraceFile(const std::string& path);

  const std::string& path() const { return file_.path(); }
  const InputFile& file() const { return file_; }
  const TraceHeader& header() const { return header_; }
  const std::vector<IndexEntry>& index() const { return index_; }
  std::uint64_t instructions_in(std::size_t block) const;
  std::uint64_t events_in(std::size_t block) const;
  /// The block that holds record number `record`. Requires record < header().records.
  std::size_t block_of(std::uint64_t record) const;

 private:
  InputFile file_;
  TraceHeader header_;
  std::vector<IndexEntry> index_;
};

class BlockReader {
 public:
  /// Requires that `file` lives longer.
  explicit BlockReader(const OwnTraceFile& file);
  ~BlockReader();

  /// Fills `block` with block number `number`. Throws InputError with block and byte offset if it
  /// is damaged or differs from the index.
  void read(std::size_t number, TraceBlock& block);

 private:
  void decode(std::size_t number, TraceBlock& block);

  struct Decompressor;
  const OwnTraceFile& file_;
  std::vector<char> packed_, raw_;
  BlockDecoder decoder_;
  std::unique_ptr<Decompressor> zstd_;
};

class OwnTrace final : public TraceSource {
 public:
  static constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();

  /// The records `first` to `first + count`, and the events that stand among them: those in front
  /// of record `first` are in, those behind the last one only at the end of the trace. The header
  /// remains that of the whole trace. Throws InputError as OwnTraceFile does.
  explicit OwnTrace(const std::string& path, std::uint64_t first = 0, std::uint64_t count = kAll);

  const TraceHeader& header() const override { return file_.header(); }
  bool next(TraceBlock& block) override;

 private:
  OwnTraceFile file_;
  BlockReader reader_;
  std::size_t block_ = 0;    // the next one to be read
  std::uint64_t first_ = 0;  // record numbers
  std::uint64_t end_ = 0;
};

}  // namespace mmu::traces
