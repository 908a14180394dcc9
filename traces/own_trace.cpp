#include "traces/own_trace.hpp"

#include <zstd.h>

#include <algorithm>
#include <new>

#include "hw/arch/errors.hpp"
#include "traces/unpacked_file.hpp"

namespace mmu::traces {
namespace {

/// Calls fn() and turns BadBytes into an InputError with file and place.
template <class Fn>
auto at_place(const std::string& path, const std::string& part, std::uint64_t offset, Fn&& fn) {
  try {
    return fn();
  } catch (const BadBytes& bad) {
    throw InputError(path + ": " + part + " at byte " + std::to_string(offset) + ": " + bad.what());
  }
}

std::vector<char> read_part(const InputFile& file, std::uint64_t offset, std::uint64_t bytes,
                            std::uint64_t sum, const std::string& part) {
  std::vector<char> data(bytes);
  file.read_at(offset, data.data(), data.size());
  at_place(file.path(), part, offset, [&] {
    if (checksum(data.data(), data.size()) != sum) throw BadBytes("the checksum differs");
  });
  return data;
}

/// Keeps records [from, to) of `block` and what stands in front of each of them; with `tail`,
/// what stands behind the last one too.
void trim(TraceBlock& block, std::uint32_t from, std::uint32_t to, bool tail) {
  const auto outside = [=](const TraceBlock::Event& event) {
    return event.before < from || event.before > to || (event.before == to && !tail);
  };
  block.events.erase(std::remove_if(block.events.begin(), block.events.end(), outside),
                     block.events.end());
  for (TraceBlock::Event& event : block.events) event.before -= from;
  block.records.resize(to);
  block.records.erase(block.records.begin(),
                      block.records.begin() + static_cast<std::ptrdiff_t>(from));
}

}  // namespace

OwnTraceFile::OwnTraceFile(const std::string& path) : file_(open_unpacked(path)) {
  if (!file_.is_regular()) throw InputError(path + ": a trace of this format must be a file");
  if (file_.size() == 0) throw InputError(path + ": is empty; a trace holds at least one record");
  const std::size_t start_bytes =
      static_cast<std::size_t>(std::min<std::uint64_t>(file_.size(), kPrologueBytes));
  char start[kPrologueBytes];
  file_.read_at(0, start, start_bytes);
  at_place(path, "prologue", 0, [&] { check_prologue({start, start_bytes}); });

  if (file_.size() < kPrologueBytes + kFooterBytes) {
    throw InputError(path + ": is truncated: " + std::to_string(file_.size()) +
                     " bytes are less than any trace has");
  }
  const std::uint64_t footer_offset = file_.size() - kFooterBytes;
  char end[kFooterBytes];
  file_.read_at(footer_offset, end, kFooterBytes);
  const Footer footer = at_place(path, "footer", footer_offset, [&] {
    return read_footer({end, kFooterBytes}, file_.size());
  });
  const std::vector<char> header =
      read_part(file_, footer.header_offset, footer.header_bytes, footer.header_checksum, "header");
  header_ = at_place(path, "header", footer.header_offset, [&] {
    return read_header({header.data(), header.size()});
  });
  const std::vector<char> index =
      read_part(file_, footer.index_offset, footer.index_bytes, footer.index_checksum, "index");
  index_ = at_place(path, "index", footer.index_offset, [&] {
    return read_index({index.data(), index.size()}, footer.header_offset, header_);
  });
}

std::uint64_t OwnTraceFile::instructions_in(std::size_t block) const {
  const std::uint64_t end =
      block + 1 < index_.size() ? index_[block + 1].first_instruction : header_.instructions;
  return end - index_[block].first_instruction;
}

std::uint64_t OwnTraceFile::events_in(std::size_t block) const {
  const std::uint64_t end =
      block + 1 < index_.size() ? index_[block + 1].first_event : header_.events;
  return end - index_[block].first_event;
}

std::size_t OwnTraceFile::block_of(std::uint64_t record) const {
  const auto after = std::upper_bound(
      index_.begin(), index_.end(), record,
      [](std::uint64_t number, const IndexEntry& entry) { return number < entry.first_record; });
  return static_cast<std::size_t>(after - index_.begin()) - 1;
}

struct BlockReader::Decompressor {
  Decompressor() : context(ZSTD_createDCtx()) {
    if (context == nullptr) throw std::bad_alloc();
  }
  ~Decompressor() { ZSTD_freeDCtx(context); }
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;
  ZSTD_DCtx* context;
};

BlockReader::BlockReader(const OwnTraceFile& file)
    : file_(file), zstd_(std::make_unique<Decompressor>()) {}
BlockReader::~BlockReader() = default;

void BlockReader::read(std::size_t number, TraceBlock& block) {
  at_place(file_.path(), "block " + std::to_string(number), file_.index()[number].offset,
           [&] { decode(number, block); });
}

void BlockReader::decode(std::size_t number, TraceBlock& block) {
  const IndexEntry& entry = file_.index()[number];
  packed_.resize(entry.bytes);
  file_.file().read_at(entry.offset, packed_.data(), packed_.size());
  const BlockHeader header = read_block_header({packed_.data(), packed_.size()});
  if (header.records != entry.records || header.events != file_.events_in(number) ||
      header.instructions != file_.instructions_in(number)) {
    throw BadBytes("its counts are not what the index says");
  }
  raw_.resize(std::max(raw_.size(), header.raw_bytes + kDecoderSlack));
  const std::size_t got =
      ZSTD_decompressDCtx(zstd_->context, raw_.data(), header.raw_bytes,
                          packed_.data() + kBlockHeaderBytes, header.packed_bytes);
  if (ZSTD_isError(got) != 0) throw BadBytes(std::string("zstd: ") + ZSTD_getErrorName(got));
  if (got != header.raw_bytes) throw BadBytes("its decompressed length differs");
  decoder_.decode(raw_.data(), got, header.records, header.events, block);
}

OwnTrace::OwnTrace(const std::string& path, std::uint64_t first, std::uint64_t count)
    : file_(path), reader_(file_) {
  const std::uint64_t records = header().records;
  first_ = std::min(first, records);
  end_ = first_ + std::min(count, records - first_);
  if (first_ > 0) block_ = first_ < records ? file_.block_of(first_) : file_.index().size();
}

bool OwnTrace::next(TraceBlock& block) {
  const std::vector<IndexEntry>& index = file_.index();
  while (block_ < index.size()) {
    const IndexEntry& entry = index[block_];
    const std::uint64_t block_end = entry.first_record + entry.records;
    const bool to_the_end = end_ == header().records;
    if (entry.first_record >= end_ && !to_the_end) return false;
    reader_.read(block_++, block);
    const auto from =
        static_cast<std::uint32_t>(std::max(first_, entry.first_record) - entry.first_record);
    const auto to = static_cast<std::uint32_t>(std::min(end_, block_end) - entry.first_record);
    // Events behind the last record of a block stand in front of the next one, if that is in.
    const bool tail = block_end < end_ || to_the_end;
    if (from > 0 || to < entry.records || !tail) trim(block, from, to, tail);
    if (!block.records.empty() || !block.events.empty()) return true;
  }
  block.clear();
  return false;
}

}  // namespace mmu::traces
