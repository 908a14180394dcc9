#include "traces/own_layout.hpp"

#include <xxhash.h>

#include <string>

#include "traces/block_codec.hpp"

namespace mmu::traces {
namespace {

constexpr std::size_t kFooterChecked = 48;       // bytes that the footer's own checksum covers
constexpr std::size_t kBlockHeaderChecked = 24;  // likewise, of a block header
constexpr std::uint8_t kRead = 1, kWrite = 2, kExecute = 4;

std::uint64_t block_checksum(const char* header, const char* packed, std::size_t packed_bytes) {
  // The frame's hash is seeded by the header's, so that both are covered by one number.
  return XXH64(packed, packed_bytes, checksum(header, kBlockHeaderChecked));
}

void require(bool holds, const char* otherwise) {
  if (!holds) throw BadBytes(otherwise);
}

void write_area(const ImageArea& area, ByteWriter& out) {
  out.number(area.start);
  out.number(area.bytes);
  out.number(static_cast<std::uint8_t>((area.read ? kRead : 0) | (area.write ? kWrite : 0) |
                                       (area.execute ? kExecute : 0)));
  out.string(area.name);
}

ImageArea read_area(ByteReader& in, std::uint32_t page_bytes) {
  ImageArea area;
  area.start = in.number<std::uint64_t>();
  area.bytes = in.number<std::uint64_t>();
  const auto rights = in.number<std::uint8_t>();
  require(rights <= (kRead | kWrite | kExecute), "unknown rights of an image area");
  area.read = (rights & kRead) != 0;
  area.write = (rights & kWrite) != 0;
  area.execute = (rights & kExecute) != 0;
  area.name = in.string();
  require(area.bytes != 0 && (area.start | area.bytes) % page_bytes == 0 &&
              area.start + (area.bytes - 1) >= area.start,
          "an image area that is not made of whole pages");
  return area;
}

}  // namespace

std::uint64_t checksum(const char* data, std::size_t size) { return XXH64(data, size, 0); }

void write_prologue(ByteWriter& out) {
  out.append(kOwnMagic.data(), kOwnMagic.size());
  out.number(kOwnVersion);
  out.number(std::uint32_t{0});
}

void check_prologue(ByteReader in) {
  const char* const magic = in.take(kOwnMagic.size());
  require(std::string_view(magic, kOwnMagic.size()) == kOwnMagic, "not a trace of mmusim's format");
  const auto version = in.number<std::uint32_t>();
  if (version != kOwnVersion) {
    throw BadBytes("format version " + std::to_string(version) + "; this program reads version " +
                   std::to_string(kOwnVersion));
  }
  require(in.number<std::uint32_t>() == 0, "reserved bytes are not zero");
}

void write_block_header(const BlockHeader& header, const char* packed, ByteWriter& out) {
  ByteWriter fields;
  fields.number(kBlockMagic);
  fields.number(header.raw_bytes);
  fields.number(header.packed_bytes);
  fields.number(header.records);
  fields.number(header.events);
  fields.number(header.instructions);
  fields.number(block_checksum(fields.data(), packed, header.packed_bytes));
  out.append(fields);
}

BlockHeader read_block_header(ByteReader in) {
  const char* const start = in.position();
  require(in.number<std::uint32_t>() == kBlockMagic, "no block begins here");
  BlockHeader header;
  header.raw_bytes = in.number<std::uint32_t>();
  header.packed_bytes = in.number<std::uint32_t>();
  header.records = in.number<std::uint32_t>();
  header.events = in.number<std::uint32_t>();
  header.instructions = in.number<std::uint32_t>();
  const auto sum = in.number<std::uint64_t>();
  require(in.left() == header.packed_bytes, "the block's length is not what the index says");
  require(block_checksum(start, in.position(), in.left()) == sum, "the checksum differs");
  require(header.records <= kMaxBlockRecords && header.events <= kMaxBlockEvents &&
              header.raw_bytes <= max_block_bytes(header.records, header.events),
          "the block is larger than any that is written");
  return header;
}

void write_header(const TraceHeader& header, ByteWriter& out) {
  out.string(header.command);
  out.string(header.architecture);
  out.number(header.page_bytes);
  out.number(std::uint8_t{header.carries_mappings});
  out.number(header.brk_start);
  out.number(header.records);
  out.number(header.instructions);
  out.number(header.events);
  out.number(header.hash);
  out.number(static_cast<std::uint32_t>(header.image.size()));
  for (const ImageArea& area : header.image) write_area(area, out);
}

TraceHeader read_header(ByteReader in) {
  TraceHeader header;
  header.command = in.string();
  header.architecture = in.string();
  header.page_bytes = in.number<std::uint32_t>();
  require(header.page_bytes != 0 && (header.page_bytes & (header.page_bytes - 1)) == 0,
          "the page size is not a power of two");
  const auto carries_mappings = in.number<std::uint8_t>();
  require(carries_mappings <= 1, "carries_mappings is neither 0 nor 1");
  header.carries_mappings = carries_mappings == 1;
  header.brk_start = in.number<std::uint64_t>();
  header.records = in.number<std::uint64_t>();
  header.instructions = in.number<std::uint64_t>();
  header.events = in.number<std::uint64_t>();
  header.hash = in.number<std::uint64_t>();
  const auto areas = in.number<std::uint32_t>();
  std::uint64_t from = 0;
  for (std::uint32_t i = 0; i < areas; ++i) {
    header.image.push_back(read_area(in, header.page_bytes));
    const ImageArea& area = header.image.back();
    require(i == 0 || (from != 0 && area.start >= from), "image areas overlap or are out of order");
    from = area.start + area.bytes;
  }
  in.expect_end();
  return header;
}

void write_index(const std::vector<IndexEntry>& index, ByteWriter& out) {
  for (const IndexEntry& entry : index) {
    out.number(entry.offset);
    out.number(entry.first_record);
    out.number(entry.first_instruction);
    out.number(entry.first_event);
    out.number(entry.bytes);
    out.number(entry.records);
  }
}

std::vector<IndexEntry> read_index(ByteReader in, std::uint64_t end, const TraceHeader& header) {
  require(in.left() % kIndexEntryBytes == 0, "the index has a part of an entry");
  require(in.left() != 0, "the trace holds no block");
  std::vector<IndexEntry> index(in.left() / kIndexEntryBytes);
  std::uint64_t offset = kPrologueBytes;
  std::uint64_t record = 0;
  const IndexEntry* before = nullptr;
  for (IndexEntry& entry : index) {
    entry.offset = in.number<std::uint64_t>();
    entry.first_record = in.number<std::uint64_t>();
    entry.first_instruction = in.number<std::uint64_t>();
    entry.first_event = in.number<std::uint64_t>();
    entry.bytes = in.number<std::uint32_t>();
    entry.records = in.number<std::uint32_t>();
    require(entry.offset == offset && entry.bytes >= kBlockHeaderBytes, "blocks with gaps");
    require(entry.first_record == record, "the index skips records");
    require(before != nullptr ? entry.first_instruction >= before->first_instruction &&
                                    entry.first_event >= before->first_event
                              : entry.first_instruction == 0 && entry.first_event == 0,
            "the index is out of order");
    offset += entry.bytes;
    record += entry.records;
    before = &entry;
  }
  require(offset == end, "the index does not cover the file");
  require(record == header.records && before->first_instruction <= header.instructions &&
              before->first_event <= header.events,
          "index and header count differently");
  return index;
}

void write_footer(const Footer& footer, ByteWriter& out) {
  ByteWriter fields;
  fields.number(footer.header_offset);
  fields.number(footer.header_bytes);
  fields.number(footer.index_offset);
  fields.number(footer.index_bytes);
  fields.number(footer.header_checksum);
  fields.number(footer.index_checksum);
  fields.number(checksum(fields.data(), fields.size()));
  fields.append(kOwnEndMagic.data(), kOwnEndMagic.size());
  out.append(fields);
}

Footer read_footer(ByteReader in, std::uint64_t file_bytes) {
  const char* const start = in.position();
  Footer footer;
  footer.header_offset = in.number<std::uint64_t>();
  footer.header_bytes = in.number<std::uint64_t>();
  footer.index_offset = in.number<std::uint64_t>();
  footer.index_bytes = in.number<std::uint64_t>();
  footer.header_checksum = in.number<std::uint64_t>();
  footer.index_checksum = in.number<std::uint64_t>();
  const auto sum = in.number<std::uint64_t>();
  const char* const magic = in.take(kOwnEndMagic.size());
  require(std::string_view(magic, kOwnEndMagic.size()) == kOwnEndMagic,
          "the file is truncated: its last bytes are not the end of a trace");
  require(checksum(start, kFooterChecked) == sum, "the checksum differs");
  const std::uint64_t end = file_bytes - kFooterBytes;
  require(footer.header_offset >= kPrologueBytes && footer.header_offset <= end &&
              footer.header_bytes <= end - footer.header_offset &&
              footer.index_offset == footer.header_offset + footer.header_bytes &&
              footer.index_bytes == end - footer.index_offset,
          "the parts of the file do not fit its length");
  return footer;
}

}  // namespace mmu::traces
