#include "hw/cpu/access_stream.hpp"

#include <algorithm>
#include <string>

#include "hw/arch/errors.hpp"

namespace mmu {

AccessStream::AccessStream(TraceSource& source, const CpuParams& params, std::uint32_t line_bytes,
                           const Options& options, CpuStats& stats)
    : source_(source),
      stats_(stats),
      options_(options),
      dependence_(params.dependence),
      line_mask_(line_bytes - 1),
      block_mask_(params.fetch_block_bytes - 1) {
  if (options_.instructions == 0) options_.instructions = ~std::uint64_t{0};
  next_stop_ = std::min(options_.instructions,
                        options_.interval == 0 ? ~std::uint64_t{0} : options_.interval);
  const std::uint32_t block = params.fetch_block_bytes;
  if ((block & (block - 1)) != 0 || block > line_bytes) {
    throw ConfigError("cpu.fetch_block_bytes: " + std::to_string(block) +
                      " is not a power of two of at most the line, " + std::to_string(line_bytes));
  }
}

AccessStream::Item AccessStream::next() {
  if (part_ < part_end_) return emit_part();
  for (;;) {
    while (position_ < stop_) {
      if (take(block_.records[position_++])) return emit_part();
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

// True if the record makes an access.
bool AccessStream::take(const TraceRecord& record) {
  if (stats_.instructions >= next_stop_ && at_limit()) return false;
  ++stats_.records;
  stats_.instructions += record.instructions;
  instructions_ += record.instructions;
  const std::uint64_t address =
      record.handle == TraceRecord::kNoHandle ? record.address : address_of(record);
  if (record.kind == AccessKind::kFetch) return take_fetch(record, address);
  take_data(record, address);
  return true;
}

bool AccessStream::take_fetch(const TraceRecord& record, std::uint64_t address) {
  const std::uint64_t first = address & ~block_mask_;
  const std::uint64_t last = (address + record.bytes - 1) & ~block_mask_;
  if (first == fetch_block_ && last == first) return false;
  part_ = first == fetch_block_ ? first + block_mask_ + 1 : address;
  part_end_ = address + record.bytes;
  part_mask_ = block_mask_;
  fetch_block_ = last;
  access_.kind = AccessKind::kFetch;
  access_.producer = StreamAccess::kNobody;
  return true;
}

void AccessStream::take_data(const TraceRecord& record, std::uint64_t address) {
  part_ = address;
  part_end_ = address + std::max<std::uint64_t>(record.bytes, 1);
  part_mask_ = line_mask_;
  access_.kind = record.kind;
  access_.producer = StreamAccess::kNobody;
  const std::uint64_t back = dependence_ == CpuParams::Dependence::kSerial  ? 1
                             : dependence_ == CpuParams::Dependence::kTrace ? record.depends_on
                                                                            : 0;
  if (back != 0 && back < kRing && back <= data_records_) {
    access_.producer = last_access_[(data_records_ - back) % kRing];
  }
  const std::uint64_t parts = ((part_end_ - 1) / (line_mask_ + 1)) - (part_ / (line_mask_ + 1)) + 1;
  last_access_[data_records_++ % kRing] = number_ + parts - 1;
  if (parts == 1) return;
  stats_.line_splits += parts - 1;
  stats_.page_splits += ((part_end_ - 1) >> kBasePageShift) - (part_ >> kBasePageShift);
}

AccessStream::Item AccessStream::emit_part() {
  access_.va = VirtAddr(part_);
  access_.instructions = instructions_;
  instructions_ = 0;
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
