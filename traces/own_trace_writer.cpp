#include "traces/own_trace_writer.hpp"

#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

#include "hw/arch/errors.hpp"

namespace mmu::traces {

struct OwnTraceWriter::Compressor {
  Compressor() : context(ZSTD_createCCtx()) {
    if (context == nullptr) throw std::bad_alloc();
  }
  ~Compressor() { ZSTD_freeCCtx(context); }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;
  ZSTD_CCtx* context;
};

OwnTraceWriter::OwnTraceWriter(std::string path, const Options& options)
    : path_(std::move(path)),
      temporary_(path_ + ".part" + std::to_string(::getpid())),
      options_(options),
      zstd_(std::make_unique<Compressor>()) {
  if (options_.records_per_block == 0 || options_.records_per_block > kMaxBlockRecords) {
    throw ConfigError("records per block: " + std::to_string(options_.records_per_block) +
                      "; allowed are 1 to " + std::to_string(kMaxBlockRecords));
  }
  file_ = std::fopen(temporary_.c_str(), "wbe");
  if (file_ == nullptr) fail("cannot be written");
  ByteWriter prologue;
  write_prologue(prologue);
  write(prologue);
}

OwnTraceWriter::~OwnTraceWriter() {
  if (file_ == nullptr) return;
  std::fclose(file_);
  std::remove(temporary_.c_str());
}

void OwnTraceWriter::add(const TraceBlock& block) {
  hash_.add(block);
  auto event = block.events.begin();
  for (std::uint32_t i = 0; i < block.records.size(); ++i) {
    for (; event != block.events.end() && event->before == i; ++event) add(*event);
    const TraceRecord& record = block.records[i];
    if (record.bytes == 0 || (record.handle == TraceRecord::kNoHandle &&
                              record.address + (record.bytes - 1u) < record.address)) {
      throw ModelError("trace writer: a record without bytes, or beyond the address space");
    }
    // Full blocks wait for the next record or event, so that events stand in front of theirs.
    if (waiting_.records.size() == options_.records_per_block) flush();
    waiting_.records.push_back(record);
    instructions_ += record.instructions;
  }
  for (; event != block.events.end(); ++event) add(*event);
}

void OwnTraceWriter::add(const TraceBlock::Event& event) {
  if (waiting_.records.size() == options_.records_per_block ||
      waiting_.events.size() == kMaxBlockEvents) {
    flush();
  }
  waiting_.events.push_back({static_cast<std::uint32_t>(waiting_.records.size()), event.event});
}

void OwnTraceWriter::flush() {
  raw_.clear();
  encoder_.encode(waiting_, raw_);
  packed_.resize(ZSTD_compressBound(raw_.size()));
  const std::size_t packed_bytes =
      ZSTD_compressCCtx(zstd_->context, packed_.data(), packed_.size(), raw_.data(), raw_.size(),
                        options_.compression_level);
  if (ZSTD_isError(packed_bytes) != 0) {
    throw ModelError(std::string("trace writer: zstd: ") + ZSTD_getErrorName(packed_bytes));
  }
  BlockHeader header;
  header.raw_bytes = static_cast<std::uint32_t>(raw_.size());
  header.packed_bytes = static_cast<std::uint32_t>(packed_bytes);
  header.records = static_cast<std::uint32_t>(waiting_.records.size());
  header.events = static_cast<std::uint32_t>(waiting_.events.size());
  for (const TraceRecord& record : waiting_.records) header.instructions += record.instructions;

  IndexEntry entry;
  entry.offset = offset_;
  entry.first_record = records_;
  entry.first_instruction = first_instruction_;
  entry.first_event = events_;
  entry.bytes = static_cast<std::uint32_t>(kBlockHeaderBytes + packed_bytes);
  entry.records = header.records;
  index_.push_back(entry);

  ByteWriter out;
  write_block_header(header, packed_.data(), out);
  out.append(packed_.data(), packed_bytes);
  write(out);
  records_ += header.records;
  events_ += header.events;
  first_instruction_ += header.instructions;
  waiting_.clear();
}

TraceHeader OwnTraceWriter::finish(TraceHeader header) {
  if (!waiting_.records.empty() || !waiting_.events.empty()) flush();
  if (index_.empty()) throw InputError(path_ + ": nothing to write; a trace holds a record");
  header.records = records_;
  header.instructions = instructions_;
  header.events = events_;
  header.hash = hash_.value();

  Footer footer;
  ByteWriter header_bytes;
  write_header(header, header_bytes);
  footer.header_offset = offset_;
  footer.header_bytes = header_bytes.size();
  footer.header_checksum = checksum(header_bytes.data(), header_bytes.size());
  write(header_bytes);
  ByteWriter index_bytes;
  write_index(index_, index_bytes);
  footer.index_offset = offset_;
  footer.index_bytes = index_bytes.size();
  footer.index_checksum = checksum(index_bytes.data(), index_bytes.size());
  write(index_bytes);
  ByteWriter footer_bytes;
  write_footer(footer, footer_bytes);
  write(footer_bytes);

  if (std::fclose(std::exchange(file_, nullptr)) != 0 ||
      std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    std::remove(temporary_.c_str());
    fail("cannot be written");
  }
  return header;
}

void OwnTraceWriter::write(const ByteWriter& bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) fail("cannot be written");
  offset_ += bytes.size();
}

void OwnTraceWriter::fail(const char* what) const {
  throw InputError(path_ + ": " + what + ": " + std::strerror(errno));
}

}  // namespace mmu::traces
