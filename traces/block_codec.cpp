#include "traces/block_codec.hpp"

#include <algorithm>
#include <limits>
#include <string>

namespace mmu::traces {
namespace {

// A control byte: kind, length of the address difference, whether the record has extras.
constexpr unsigned kKindMask = 3;
constexpr unsigned kLengthShift = 2;
constexpr unsigned kLengthMask = 7;
constexpr unsigned kHasExtras = 1u << 5;
constexpr unsigned kControlBits = 6;

constexpr std::uint8_t kLengths[] = {0, 1, 2, 3, 4, 5, 6, 8};  // bytes, by code
constexpr std::uint64_t kLengthMasks[] = {
    0, 0xff, 0xffff, 0xff'ffff, 0xffff'ffff, 0xff'ffff'ffff, 0xffff'ffff'ffff, ~std::uint64_t{0}};

// What an extra holds, in this order.
constexpr std::uint8_t kWideSize = 1;
constexpr std::uint8_t kInstructions = 2;
constexpr std::uint8_t kThread = 4;
constexpr std::uint8_t kHandle = 8;
constexpr std::uint8_t kDependence = 16;
constexpr std::uint8_t kAllExtras = 31;

constexpr std::uint64_t kMaxRecordBytes = 1 + 1 + 8 + 1 + 2 + 2 + 1 + 5 + 2;
constexpr std::uint64_t kMaxEventBytes = 5 + 1 + 1 + 5 + 10 + 6 * 10 + 10;
constexpr std::uint64_t kColumnHeaderBytes = 3 * sizeof(std::uint32_t);

unsigned length_code(std::uint64_t code) {
  unsigned length = 0;
  while ((code & ~kLengthMasks[length]) != 0) ++length;
  return length;
}

std::uint16_t usual_instructions(AccessKind kind) { return kind == AccessKind::kFetch ? 1 : 0; }

void encode_event(const TraceBlock::Event& at, std::uint32_t from, ByteWriter& out) {
  const OsEvent& event = at.event;
  out.varint(at.before - from);
  out.number(static_cast<std::uint8_t>(event.type));
  out.number(event.thread);
  out.varint(std::uint32_t{event.handle + 1});  // none: 0
  out.varint(event.number);
  for (const std::uint64_t argument : event.args) out.varint(argument);
  out.varint(zigzag(static_cast<std::uint64_t>(event.result)));
}

std::uint32_t read_handle(ByteReader& in) {
  const std::uint64_t code = in.varint();
  if (code > std::numeric_limits<std::uint32_t>::max()) throw BadBytes("a handle above 2^32");
  return static_cast<std::uint32_t>(code - 1);
}

TraceBlock::Event decode_event(ByteReader& in, std::uint32_t from, std::uint32_t records) {
  const std::uint64_t step = in.varint();
  if (step > records - from) throw BadBytes("an event behind the last record");
  TraceBlock::Event at;
  at.before = from + static_cast<std::uint32_t>(step);
  const auto type = in.number<std::uint8_t>();
  if (type >= kOsEventTypes) {
    throw BadBytes("event type " + std::to_string(type) + "; 0 to " +
                   std::to_string(kOsEventTypes - 1) + " are known");
  }
  at.event.type = static_cast<OsEventType>(type);
  at.event.thread = in.number<std::uint8_t>();
  at.event.handle = read_handle(in);
  at.event.number = in.varint();
  for (std::uint64_t& argument : at.event.args) argument = in.varint();
  at.event.result = static_cast<std::int64_t>(unzigzag(in.varint()));
  return at;
}

/// Reads the extras of one record into it. `thread` is the current one.
void decode_extras(ByteReader& in, unsigned size, TraceRecord& record, std::uint8_t& thread) {
  const auto flags = in.number<std::uint8_t>();
  if (flags == 0 || flags > kAllExtras) throw BadBytes("unknown extras");
  if (((flags & kWideSize) != 0) != (size == 0)) throw BadBytes("a size given twice or never");
  if ((flags & kWideSize) != 0) record.bytes = in.number<std::uint16_t>();
  if ((flags & kInstructions) != 0) record.instructions = in.number<std::uint16_t>();
  if ((flags & kThread) != 0) thread = in.number<std::uint8_t>();
  if ((flags & kHandle) != 0) record.handle = read_handle(in);
  if ((flags & kDependence) != 0) record.depends_on = in.number<std::uint16_t>();
  record.thread = thread;
}

}  // namespace

std::uint64_t max_block_bytes(std::uint32_t records, std::uint32_t events) {
  return kColumnHeaderBytes + records * kMaxRecordBytes + events * kMaxEventBytes;
}

void BlockEncoder::encode(const TraceBlock& block, ByteWriter& out) {
  for (ByteWriter* column : {&controls_, &sizes_, &addresses_, &extras_, &events_}) column->clear();
  predictor_.reset();
  thread_ = 0;
  for (const TraceRecord& record : block.records) encode(record);
  std::uint32_t from = 0;
  for (const TraceBlock::Event& event : block.events) {
    encode_event(event, from, events_);
    from = event.before;
  }
  out.number(static_cast<std::uint32_t>(addresses_.size()));
  out.number(static_cast<std::uint32_t>(extras_.size()));
  out.number(static_cast<std::uint32_t>(events_.size()));
  for (const ByteWriter* column : {&controls_, &sizes_, &addresses_, &extras_, &events_}) {
    out.append(*column);
  }
}

void BlockEncoder::encode(const TraceRecord& record) {
  std::uint64_t difference = 0;
  if (record.kind == AccessKind::kFetch) {
    difference = record.address - predictor_.next_fetch();
    predictor_.fetched(record.address, record.bytes);
  } else {
    AddressPredictor::Slot& slot = predictor_.slot(record.kind);
    difference = record.address - slot.next();
    slot.accessed(record.address);
  }
  const std::uint64_t code = zigzag(difference);
  const unsigned length = length_code(code);
  addresses_.low_bytes(code, kLengths[length]);

  const bool wide = record.bytes > 0xff;
  sizes_.number(wide ? std::uint8_t{0} : static_cast<std::uint8_t>(record.bytes));
  unsigned flags = wide ? kWideSize : 0;
  if (record.instructions != usual_instructions(record.kind)) flags |= kInstructions;
  if (record.thread != thread_) flags |= kThread;
  if (record.handle != TraceRecord::kNoHandle) flags |= kHandle;
  if (record.depends_on != 0) flags |= kDependence;
  controls_.number(static_cast<std::uint8_t>(
      static_cast<unsigned>(record.kind) | length << kLengthShift | (flags != 0 ? kHasExtras : 0)));
  if (flags == 0) return;
  extras_.number(static_cast<std::uint8_t>(flags));
  if ((flags & kWideSize) != 0) extras_.number(record.bytes);
  if ((flags & kInstructions) != 0) extras_.number(record.instructions);
  if ((flags & kThread) != 0) extras_.number(record.thread);
  if ((flags & kHandle) != 0) extras_.varint(std::uint32_t{record.handle + 1});
  if ((flags & kDependence) != 0) extras_.number(record.depends_on);
  thread_ = record.thread;
}

void BlockDecoder::decode(const char* data, std::size_t size, std::uint32_t records,
                          std::uint32_t events, TraceBlock& block) {
  block.clear();
  ByteReader in(data, size);
  const auto address_bytes = in.number<std::uint32_t>();
  const auto extra_bytes = in.number<std::uint32_t>();
  const auto event_bytes = in.number<std::uint32_t>();
  const char* const controls = in.take(records);
  const char* const sizes = in.take(records);
  const char* addresses = in.take(address_bytes);
  const char* const addresses_end = in.position();
  ByteReader extras(in.take(extra_bytes), extra_bytes);
  ByteReader event_column(in.take(event_bytes), event_bytes);
  in.expect_end();

  block.records.resize(records);
  predictor_.reset();
  std::uint8_t thread = 0;
  unsigned wrong = 0;  // gathered without branches; looked at once
  for (std::uint32_t i = 0; i < records; ++i) {
    const auto control = static_cast<std::uint8_t>(controls[i]);
    const auto bytes = static_cast<std::uint8_t>(sizes[i]);
    const unsigned length = control >> kLengthShift & kLengthMask;
    if (addresses > addresses_end) throw BadBytes("the addresses end too early");
    std::uint64_t code = 0;
    std::memcpy(&code, addresses, sizeof code);
    addresses += kLengths[length];
    const std::uint64_t difference = unzigzag(code & kLengthMasks[length]);

    TraceRecord& record = block.records[i];
    record.kind = static_cast<AccessKind>(control & kKindMask);
    record.instructions = usual_instructions(record.kind);
    record.bytes = bytes;
    record.thread = thread;
    record.handle = TraceRecord::kNoHandle;
    record.depends_on = 0;
    if ((control & kHasExtras) != 0) decode_extras(extras, bytes, record, thread);
    if (record.kind == AccessKind::kFetch) {
      record.address = predictor_.next_fetch() + difference;
      predictor_.fetched(record.address, record.bytes);
    } else {
      AddressPredictor::Slot& slot = predictor_.slot(record.kind);
      record.address = slot.next() + difference;
      slot.accessed(record.address);
    }
    const bool absolute = record.handle == TraceRecord::kNoHandle;
    wrong |= static_cast<unsigned>(control >> kControlBits) | (record.bytes == 0 ? 1u : 0u) |
             (absolute && record.address + (record.bytes - 1u) < record.address ? 1u : 0u);
  }
  if (wrong != 0) throw BadBytes("a record that cannot be: size 0, or beyond the address space");
  if (addresses != addresses_end) throw BadBytes("addresses of the wrong length");
  extras.expect_end();

  std::uint32_t from = 0;
  for (std::uint32_t i = 0; i < events; ++i) {
    block.events.push_back(decode_event(event_column, from, records));
    from = block.events.back().before;
  }
  event_column.expect_end();
}

}  // namespace mmu::traces
