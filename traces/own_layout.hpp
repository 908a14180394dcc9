// Where things stand in a file of the project's own trace format (.mmt). Every byte is specified
// in docs/trace-format.md.
//
//     prologue | block | block | ... | header | index | footer
//
// The header stands at the end: counts, hash and image are known when all has been written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "hw/arch/trace.hpp"
#include "traces/byte_codec.hpp"

namespace mmu::traces {

inline constexpr std::string_view kOwnMagic{"\x89MMT\r\n\x1a\n", 8};  // as PNG's: shows text mode
inline constexpr std::string_view kOwnEndMagic{"MMT-END\n", 8};
inline constexpr std::uint32_t kOwnVersion = 1;
inline constexpr std::size_t kPrologueBytes = 16;
inline constexpr std::size_t kBlockHeaderBytes = 32;
inline constexpr std::size_t kIndexEntryBytes = 40;
inline constexpr std::size_t kFooterBytes = 64;
inline constexpr std::uint32_t kBlockMagic = 0x4b4c424d;  // "MBLK"

struct BlockHeader {
  std::uint32_t raw_bytes = 0;     ///< of the columns, decompressed
  std::uint32_t packed_bytes = 0;  ///< of the zstd frame that follows
  std::uint32_t records = 0;
  std::uint32_t events = 0;
  std::uint32_t instructions = 0;
};

struct IndexEntry {
  std::uint64_t offset = 0;        ///< of the block header, in the file
  std::uint64_t first_record = 0;  ///< number in the trace, from 0 on
  std::uint64_t first_instruction = 0;
  std::uint64_t first_event = 0;
  std::uint32_t bytes = 0;  ///< block header and frame
  std::uint32_t records = 0;
};

struct Footer {
  std::uint64_t header_offset = 0;
  std::uint64_t header_bytes = 0;
  std::uint64_t index_offset = 0;
  std::uint64_t index_bytes = 0;
  std::uint64_t header_checksum = 0;  ///< xxHash64 of its bytes, like those below
  std::uint64_t index_checksum = 0;
};

/// xxHash64 with seed 0.
std::uint64_t checksum(const char* data, std::size_t size);

void write_prologue(ByteWriter& out);
/// Appends the block header; `packed` is the frame, which the checksum covers too.
void write_block_header(const BlockHeader& header, const char* packed, ByteWriter& out);
void write_header(const TraceHeader& header, ByteWriter& out);
void write_index(const std::vector<IndexEntry>& index, ByteWriter& out);
void write_footer(const Footer& footer, ByteWriter& out);

// All of these throw BadBytes if the bytes are not what the function above writes.
void check_prologue(ByteReader in);
/// `in` holds the whole block; checks the checksum.
BlockHeader read_block_header(ByteReader in);
TraceHeader read_header(ByteReader in);
/// Checks that blocks lie one behind the other, from the prologue to `end`, none of them empty,
/// and sum up to what `header` says.
std::vector<IndexEntry> read_index(ByteReader in, std::uint64_t end, const TraceHeader& header);
/// Checks the parts against `file_bytes`.
Footer read_footer(ByteReader in, std::uint64_t file_bytes);

}  // namespace mmu::traces
