#include "hw/cpu/access_stream.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "hw/arch/errors.hpp"

namespace mmu {

AccessStream::AccessStream(TraceSource& source, const CpuParams& params, std::uint32_t line_bytes,
                           Options options, CpuStats& stats)
    : source_(source),
      stats_(stats),
      options_(std::move(options)),
      serial_(params.dependence == CpuParams::Dependence::kSerial),
      independent_(params.dependence == CpuParams::Dependence::kNone),
      line_mask_(line_bytes - 1),
      block_mask_(params.fetch_block_bytes - 1) {
  std::size_t size = 1;
  while (size <= params.window) size *= 2;
  last_access_.resize(size);
  if (options_.instructions == 0) options_.instructions = ~std::uint64_t{0};
  next_stop_ = std::min(options_.instructions,
                        options_.interval == 0 ? ~std::uint64_t{0} : options_.interval);
  const std::uint32_t block = params.fetch_block_bytes;
  if ((block & (block - 1)) != 0 || block > line_bytes) {
    throw ConfigError("cpu.fetch_block_bytes: " + std::to_string(block) +
                      " is not a power of two of at most the line, " + std::to_string(line_bytes));
  }
}

bool AccessStream::refill() {
  block_.clear();
  position_ = stop_ = next_event_ = 0;
  ended_ = ended_ || (options_.before_block && !options_.before_block());
  if (ended_ || !source_.next(block_)) {
    ended_ = true;
    block_.clear();
    return false;
  }
  stop_ = block_.events.empty() ? block_.records.size() : block_.events[0].before;
  return true;
}

// An interval is over, or the run: true for the latter.
bool AccessStream::at_limit() {
  if (stats_.instructions >= options_.instructions) {
    ended_ = true;
    block_.clear();
    position_ = stop_ = next_event_ = 0;
    return true;
  }
  options_.at_interval();
  const std::uint64_t next = (stats_.instructions / options_.interval + 1) * options_.interval;
  next_stop_ = std::min(options_.instructions, next);
  return false;
}

// True if the record makes an access; the first one is in access_ then.
[[gnu::always_inline]] inline bool AccessStream::take(const TraceRecord& record) {
  if (stats_.instructions >= next_stop_ && at_limit()) return false;
  ++stats_.records;
  stats_.instructions += record.instructions;
  instructions_ += record.instructions;
  const std::uint64_t address =
      record.handle == TraceRecord::kNoHandle ? record.address : address_of(record);
  const std::uint64_t last = address + record.bytes - (record.bytes == 0 ? 0 : 1);
  access_.kind = record.kind;
  if (record.kind == AccessKind::kFetch) {
    access_.producer = StreamAccess::kNobody;
    if (((address ^ fetch_block_) | (last ^ fetch_block_)) <= block_mask_) return false;
    take_fetch(address, last);
    return true;
  }
  access_.producer = producer_of(record);
  if ((address ^ last) <= line_mask_) {
    last_access_[data_records_++ & (last_access_.size() - 1)] = number_;
    first_part(address, address);
  } else {
    take_split(address, last);
  }
  return true;
}

AccessStream::Item AccessStream::next() {
  if (part_ < part_end_) return emit_part();
  for (;;) {
    while (position_ < stop_) {
      if (take(block_.records[position_++])) return Item::kAccess;
    }
    if (next_event_ < block_.events.size() &&
        block_.events[next_event_].before == static_cast<std::uint32_t>(position_)) {
      event_ = &block_.events[next_event_++].event;
      fetch_block_ = kNoBlock;
      stop_ = next_event_ < block_.events.size() ? block_.events[next_event_].before
                                                 : block_.records.size();
      return Item::kEvent;
    }
    if (!refill()) return Item::kEnd;
  }
}

// fetch_block_ is the first address of the block last entered.
void AccessStream::take_fetch(std::uint64_t address, std::uint64_t last) {
  const std::uint64_t first = address & ~block_mask_;
  part_mask_ = block_mask_;
  first_part(first == fetch_block_ ? first + block_mask_ + 1 : address, last);
  fetch_block_ = last & ~block_mask_;
}

void AccessStream::take_split(std::uint64_t address, std::uint64_t last) {
  const std::uint64_t parts = (last / (line_mask_ + 1)) - (address / (line_mask_ + 1)) + 1;
  last_access_[data_records_++ & (last_access_.size() - 1)] = number_ + parts - 1;
  stats_.line_splits += parts - 1;
  stats_.page_splits += (last >> kBasePageShift) - (address >> kBasePageShift);
  part_mask_ = line_mask_;
  first_part(address, last);
}

std::uint64_t AccessStream::producer_of(const TraceRecord& record) const {
  const std::uint64_t back = serial_ ? 1 : record.depends_on;
  if (back == 0 || independent_ || back >= last_access_.size() || back > data_records_) {
    return StreamAccess::kNobody;
  }
  return last_access_[(data_records_ - back) & (last_access_.size() - 1)];
}

void AccessStream::first_part(std::uint64_t address, std::uint64_t last) {
  access_.va = VirtAddr(address);
  access_.instructions = instructions_;
  instructions_ = 0;
  part_ = (address | part_mask_) + 1;
  part_end_ = last + 1;
  ++number_;
}

AccessStream::Item AccessStream::emit_part() {
  access_.va = VirtAddr(part_);
  access_.instructions = 0;
  part_ = (part_ | part_mask_) + 1;
  ++number_;
  return Item::kAccess;
}

std::uint64_t AccessStream::address_of(const TraceRecord& record) const {
  if (record.handle >= handles_.size()) bad_handle(record);
  return handles_[record.handle] + record.address;
}

void AccessStream::bad_handle(const TraceRecord& record) const {
  throw InputError("trace record " + std::to_string(stats_.records) + ": handle " +
                   std::to_string(record.handle) + " is used before an event has made it");
}

void AccessStream::resolve(std::uint32_t handle, std::uint64_t value) {
  if (handle == TraceRecord::kNoHandle) return;
  if (handle >= handles_.size()) handles_.resize(handle + 1);
  handles_[handle] = value;
}

}  // namespace mmu
