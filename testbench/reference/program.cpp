#include "testbench/reference/program.hpp"

#include "hw/arch/errors.hpp"

namespace mmu::reference {

Program::Program(TraceSource& trace, const CpuParams& params, std::uint32_t data_line_bytes)
    : trace_(trace), params_(params), line_bytes_(data_line_bytes) {}

Program::Next Program::next() {
  while (ready_.empty()) {
    if (next_event_ < block_.events.size() && block_.events[next_event_].before <= next_record_) {
      return Next::kEvent;
    }
    if (next_record_ < block_.records.size()) {
      expand(block_.records[next_record_++]);
      continue;
    }
    if (ended_) return Next::kEnd;
    block_.clear();
    next_record_ = next_event_ = 0;
    ended_ = !trace_.next(block_);
    if (ended_) block_.clear();
  }
  return Next::kAccess;
}

ProgramAccess Program::take_access() {
  const ProgramAccess access = ready_.front();
  ready_.pop_front();
  return access;
}

OsEvent Program::take_event() {
  fetch_block_.reset();
  ++stats.system_calls;
  const OsEvent event = block_.events[next_event_++].event;
  if (const auto to = switched_to(event)) {
    process_ = *to;
    pc_.reset();
  }
  return event;
}

void Program::drop_process() {
  for (const ProgramAccess& access : ready_) uncount(access.kind);
  ready_.clear();
  data_records_.clear();
  fetch_block_.reset();
  pc_.reset();
  const bool of_another = next_record_ == 0 && next_event_ < block_.events.size() &&
                          switched_to(block_.events[next_event_].event);
  if (!of_another) {
    block_.clear();
    next_record_ = next_event_ = 0;
  }
  trace_.end_process(process_);
}

void Program::drop_process(std::size_t accesses, std::uint64_t instructions) {
  drop_process();
  accesses_ = accesses;
  stats.instructions = instructions;
  pending_ = 0;
}

void Program::uncount(AccessKind kind) {
  --stats.accesses;
  --(kind == AccessKind::kFetch   ? stats.fetches
     : kind == AccessKind::kLoad  ? stats.loads
     : kind == AccessKind::kStore ? stats.stores
                                  : stats.modifies);
}

void Program::expand(const TraceRecord& record) {
  ++stats.records;
  stats.instructions += record.instructions;
  pending_ += record.instructions;
  std::uint64_t first = record.address;
  if (record.handle != TraceRecord::kNoHandle) {
    const auto base = handles_.find(record.handle);
    if (base == handles_.end()) throw InputError("a record uses a handle before it is made");
    first += base->second;
  }
  const std::uint64_t last = first + record.bytes - 1;
  if (record.kind == AccessKind::kFetch) {
    pc_ = first;
    expand_fetch(first, last);
  } else {
    expand_data(record, first, last);
  }
}

void Program::expand_fetch(std::uint64_t first, std::uint64_t last) {
  const std::uint64_t bytes = params_.fetch_block_bytes;
  for (std::uint64_t block = first / bytes; block <= last / bytes; ++block) {
    if (fetch_block_ == block) continue;
    fetch_block_ = block;
    ++stats.fetches;
    add(block == first / bytes ? first : block * bytes, AccessKind::kFetch, std::nullopt);
  }
}

void Program::expand_data(const TraceRecord& record, std::uint64_t first, std::uint64_t last) {
  std::uint64_t back = record.depends_on;
  if (params_.dependence == CpuParams::Dependence::kNone) back = 0;
  if (params_.dependence == CpuParams::Dependence::kSerial) back = 1;
  std::optional<std::size_t> depends_on;
  if (back != 0 && back <= data_records_.size()) {
    depends_on = data_records_[data_records_.size() - back];
  }
  for (std::uint64_t line = first / line_bytes_; line <= last / line_bytes_; ++line) {
    const bool split = line != first / line_bytes_;
    const std::uint64_t va = split ? line * line_bytes_ : first;
    if (split) ++stats.line_splits;
    if (split && va % (std::uint64_t{1} << kBasePageShift) == 0) ++stats.page_splits;
    ++(record.kind == AccessKind::kLoad    ? stats.loads
       : record.kind == AccessKind::kStore ? stats.stores
                                           : stats.modifies);
    add(va, record.kind, depends_on);
  }
  data_records_.push_back(accesses_ - 1);
}

void Program::add(std::uint64_t va, AccessKind kind, std::optional<std::size_t> depends_on) {
  ready_.push_back({VirtAddr(va), kind, pending_, depends_on, pc_});
  pending_ = 0;
  ++accesses_;
  ++stats.accesses;
}

}  // namespace mmu::reference
