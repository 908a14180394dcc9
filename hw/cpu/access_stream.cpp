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
  last_mask_ = size - 1;
  batch_.resize(kBatch + std::size_t{1 << 16} / std::min(line_bytes, params.fetch_block_bytes) + 2);
  next_ = batch_end_ = settled_ = batch_.data();
  std::size_t held = 1;
  while (held < params.window + batch_.size()) held *= 2;
  pcs_.resize(held, kNoPc);
  pc_mask_ = held - 1;
  set_limits(options_.instructions, options_.interval);
  const std::uint32_t block = params.fetch_block_bytes;
  if ((block & (block - 1)) != 0 || block > line_bytes) {
    throw ConfigError("cpu.fetch_block_bytes: " + std::to_string(block) +
                      " is not a power of two of at most the line, " + std::to_string(line_bytes));
  }
}

void AccessStream::set_limits(std::uint64_t instructions, std::uint64_t interval) {
  constexpr std::uint64_t kNever = ~std::uint64_t{0};
  options_.instructions = instructions == 0 ? kNever : instructions;
  options_.interval = interval;
  next_stop_ = std::min(options_.instructions, interval == 0 ? kNever : interval);
}

void AccessStream::start_part(std::uint64_t instructions, std::uint64_t interval) {
  expansion_.begun = expansion_.issued = expansion_.counted_begun = 0;
  expansion_.number = expansion_.data_records = 0;
  begins_.assign(1, 0);
  set_limits(instructions, interval);
}

void AccessStream::drop_block() {
  block_.clear();
  expansion_.position = expansion_.counted = stop_ = next_event_ = 0;
}

bool AccessStream::refill() {
  drop_block();
  ended_ = ended_ || (options_.before_block && !options_.before_block());
  if (ended_ || !source_.next(block_)) {
    ended_ = true;
    block_.clear();
    return false;
  }
  stop_ = block_.events.empty() ? block_.records.size() : block_.events[0].before;
  ++blocks_;
  begins_.push_back(expansion_.number);
  return true;
}

// An interval is over, or the part; true: the part.
bool AccessStream::at_limit() {
  const std::uint64_t begun = expansion_.begun;
  if (begun >= options_.instructions) return true;
  options_.at_interval();
  const std::uint64_t next = (begun / options_.interval + 1) * options_.interval;
  next_stop_ = std::min(options_.instructions, next);
  return false;
}

void AccessStream::settle() {
  std::uint64_t kinds[4] = {};
  for (; settled_ != next_; ++settled_) {
    stats_.records += settled_->records;
    stats_.instructions += settled_->begun;
    stats_.line_splits += settled_->line_splits;
    stats_.page_splits += settled_->page_splits;
    ++kinds[static_cast<unsigned>(settled_->kind)];
  }
  stats_.accesses += kinds[0] + kinds[1] + kinds[2] + kinds[3];
  stats_.fetches += kinds[static_cast<unsigned>(AccessKind::kFetch)];
  stats_.loads += kinds[static_cast<unsigned>(AccessKind::kLoad)];
  stats_.stores += kinds[static_cast<unsigned>(AccessKind::kStore)];
  stats_.modifies += kinds[static_cast<unsigned>(AccessKind::kModify)];
}

// Of records that have made no access.
void AccessStream::count_rest() {
  stats_.records += expansion_.position - expansion_.counted;
  stats_.instructions += expansion_.begun - expansion_.counted_begun;
  expansion_.counted = expansion_.position;
  expansion_.counted_begun = expansion_.begun;
}

void AccessStream::take_event() {
  if (const auto to = switched_to(*event_)) {
    process_ = *to;
    if (options_.at_switch) options_.at_switch(process_);
    begins_.assign(1, expansion_.number);
    expansion_.pc = kNoPc;  // until it fetches
  }
  event_ = nullptr;
}

void AccessStream::drop_process(const Lost& lost) {
  settle();
  Expansion& to = expansion_;
  for (const StreamAccess* access = next_; access != batch_end_; ++access) {
    to.issued -= access->instructions;
    --to.number;
  }
  to.issued -= lost.instructions;
  to.number -= lost.accesses;
  to.begun = to.counted_begun = stats_.instructions = to.issued;
  constexpr std::uint64_t CpuStats::*kByKind[] = {&CpuStats::fetches, &CpuStats::loads,
                                                  &CpuStats::stores, &CpuStats::modifies};
  for (unsigned kind = 0; kind < 4; ++kind) {
    stats_.accesses -= lost.unasked[kind];
    stats_.*kByKind[kind] -= lost.unasked[kind];
  }
  for (; begins_.back() >= to.number; begins_.pop_back()) --blocks_;
  if (offers_switch()) ++blocks_;  // of that one's block nothing is lost
  leave_process();
}

void AccessStream::drop_process() {
  settle();
  leave_process();
}

// The block of another may be there already: it begins with a switch.
void AccessStream::leave_process() {
  next_ = settled_ = batch_end_;
  expansion_.data_records = 0;
  expansion_.block = kNoBlock;
  expansion_.pc = kNoPc;
  if (!offers_switch()) {
    event_ = nullptr;
    drop_block();
  }
  source_.end_process(process_);
}

AccessStream::Item AccessStream::next_batch() {
  settle();
  while (event_ == nullptr) {
    expand_records();
    if (next_ != batch_end_) return Item::kAccess;
    count_rest();
    if (expansion_.position < stop_) {
      if (expansion_.begun < next_stop_) bad_handle(block_.records[expansion_.position]);
      if (at_limit()) return Item::kEnd;
    } else if (next_event_ < block_.events.size()) {
      event_ = &block_.events[next_event_++].event;
      expansion_.block = kNoBlock;
      stop_ = next_event_ < block_.events.size() ? block_.events[next_event_].before
                                                 : block_.records.size();
    } else if (!refill()) {
      return Item::kEnd;
    }
  }
  return Item::kEvent;
}

// Makes the next batch. It ends early, perhaps empty, before an event, a limit, and a handle that
// nobody has made: what comes before them must take place first.
void AccessStream::expand_records() {
  Expansion to = expansion_;
  to.free = batch_.data();
  const StreamAccess* const full = to.free + kBatch;
  const std::uint64_t limit = next_stop_;
  const TraceRecord* const records = block_.records.data();
  for (const std::size_t stop = stop_; to.position < stop && to.begun < limit && to.free < full;) {
    const TraceRecord& record = records[to.position];
    if (!knows(record.handle)) break;
    ++to.position;
    to.begun += record.instructions;
    const std::uint64_t address = address_of(record);
    const std::uint64_t last = address + record.bytes - (record.bytes == 0 ? 0 : 1);
    if (record.kind != AccessKind::kFetch) {
      expand_data(to, record, address, last);
      continue;
    }
    to.pc = address;
    if (((address ^ to.block) | (last ^ to.block)) > block_mask_) {
      to = expand_fetch(to, address, last);
    }
  }
  next_ = settled_ = batch_.data();
  batch_end_ = to.free;
  expansion_ = to;
}

[[gnu::always_inline]] inline StreamAccess& AccessStream::emit(Expansion& to, std::uint64_t address,
                                                               AccessKind kind) {
  StreamAccess& access = *to.free++;
  access.va = VirtAddr(address);
  access.instructions = static_cast<std::uint32_t>(to.begun - to.issued);
  access.begun = static_cast<std::uint32_t>(to.begun - to.counted_begun);
  access.records = static_cast<std::uint32_t>(to.position - to.counted);
  access.producer = 0;
  access.line_splits = access.page_splits = 0;
  access.kind = kind;
  to.issued = to.counted_begun = to.begun;
  to.counted = to.position;
  pcs_[to.number & pc_mask_] = to.pc;
  ++to.number;
  return access;
}

// The pieces of what ends with the byte `last` after the first: one for each 2^n bytes, mask + 1.
void AccessStream::emit_rest(Expansion& to, const StreamAccess& first, std::uint64_t last,
                             std::uint64_t mask) {
  for (std::uint64_t at = (first.va.value() | mask) + 1; at - 1 < last; at += mask + 1) {
    StreamAccess& access = emit(to, at, first.kind);
    // All depend on the same access, of which each further one is farther away.
    if (first.producer != 0) {
      access.producer = first.producer + static_cast<std::uint32_t>(&access - &first);
    }
  }
}

AccessStream::Expansion AccessStream::expand_fetch(Expansion to, std::uint64_t address,
                                                   std::uint64_t last) {
  const std::uint64_t block = address & ~block_mask_;
  const std::uint64_t entered = block == to.block ? block + block_mask_ + 1 : address;
  emit_rest(to, emit(to, entered, AccessKind::kFetch), last, block_mask_);
  to.block = last & ~block_mask_;
  return to;
}

[[gnu::always_inline]] inline void AccessStream::expand_data(Expansion& to,
                                                             const TraceRecord& record,
                                                             std::uint64_t address,
                                                             std::uint64_t last) {
  const std::uint32_t producer = producer_of(to, record);
  StreamAccess& access = emit(to, address, record.kind);
  access.producer = producer;
  if ((address ^ last) > line_mask_) to = split_data(to, access, last);
  last_access_[to.data_records++ & last_mask_] = to.number - 1;
}

AccessStream::Expansion AccessStream::split_data(Expansion to, StreamAccess& first,
                                                 std::uint64_t last) {
  const std::uint64_t address = first.va.value();
  const std::uint64_t lines = last / (line_mask_ + 1) - address / (line_mask_ + 1);
  first.line_splits = static_cast<std::uint16_t>(lines);
  first.page_splits =
      static_cast<std::uint16_t>((last >> kBasePageShift) - (address >> kBasePageShift));
  emit_rest(to, first, last, line_mask_);
  return to;
}

// How many accesses before the next one its address comes from; 0: from none.
std::uint32_t AccessStream::producer_of(const Expansion& at, const TraceRecord& record) const {
  const std::uint64_t back = serial_ ? 1 : record.depends_on;
  if (back == 0 || independent_ || back > last_mask_ || back > at.data_records) return 0;
  const std::uint64_t producer = last_access_[(at.data_records - back) & last_mask_];
  return static_cast<std::uint32_t>(at.number - producer);
}

void AccessStream::bad_handle(const TraceRecord& record) const {
  throw InputError("trace record " + std::to_string(stats_.records + 1) + ": handle " +
                   std::to_string(record.handle) + " is used before an event has made it");
}

void AccessStream::resolve(std::uint32_t handle, std::uint64_t value) {
  if (handle == TraceRecord::kNoHandle) return;
  if (handle >= handles_.size()) handles_.resize(handle + 1, kUnmade);
  handles_[handle] = value;
}

}  // namespace mmu
