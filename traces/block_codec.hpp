// The content of one block of the own format, before compression.
#pragma once

#include <cstddef>
#include <cstdint>

#include "hw/arch/trace.hpp"
#include "traces/address_predictor.hpp"
#include "traces/byte_codec.hpp"

namespace mmu::traces {

inline constexpr std::uint32_t kMaxBlockRecords = 1u << 20;
inline constexpr std::uint32_t kMaxBlockEvents = 1u << 20;
/// Bytes beyond the end of its input that BlockDecoder may read (and ignores).
inline constexpr std::size_t kDecoderSlack = 8;

/// No well-formed block of so many records and events is larger.
std::uint64_t max_block_bytes(std::uint32_t records, std::uint32_t events);

class BlockEncoder {
 public:
  /// Appends the columns of `block` to `out`. Requires at most kMaxBlockRecords and
  /// kMaxBlockEvents, records of at least one byte, events in order.
  void encode(const TraceBlock& block, ByteWriter& out);

 private:
  void encode(const TraceRecord& record);

  AddressPredictor predictor_;
  std::uint8_t thread_ = 0;
  ByteWriter controls_, sizes_, addresses_, extras_, events_;
};

class BlockDecoder {
 public:
  /// Fills `block` with the records and events that `data` holds. kDecoderSlack bytes behind
  /// `size` must be readable. Throws BadBytes if the bytes are not what BlockEncoder writes.
  void decode(const char* data, std::size_t size, std::uint32_t records, std::uint32_t events,
              TraceBlock& block);

 private:
  AddressPredictor predictor_;
};

}  // namespace mmu::traces
