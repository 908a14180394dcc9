#include "traces/interleaver.hpp"

#include <algorithm>
#include <utility>

#include "hw/arch/errors.hpp"
#include "hw/arch/fnv.hpp"

namespace mmu::traces {
namespace {

constexpr const char* kSynthetic = "synthetic";  // of workloads: they run everywhere

void add_count(std::uint64_t& sum, std::uint64_t count) {
  sum = sum == 0 || count == 0 ? 0 : sum + count;
}

bool is_known(const std::string& architecture) {
  return !architecture.empty() && architecture != kSynthetic;
}

// Over all hashes; 0 if one is not known.
std::uint64_t hash_of(const std::vector<Interleaver::Trace>& traces) {
  if (traces.size() == 1) return traces[0].source->header().hash;
  std::uint64_t sum = kFnvBasis;
  for (const Interleaver::Trace& trace : traces) {
    const std::uint64_t hash = trace.source->header().hash;
    if (hash == 0) return 0;
    sum = fnv1a(sum, hash);
  }
  return sum;
}

void add_header(TraceHeader& sum, const TraceHeader& other, const std::string& name,
                const std::string& first) {
  if (is_known(other.architecture)) {
    if (is_known(sum.architecture) && other.architecture != sum.architecture) {
      throw InputError(name + ": is of the architecture " + other.architecture + ", and " + first +
                       " of " + sum.architecture + "; processes that share a core must agree");
    }
    sum.architecture = other.architecture;
  }
  if (other.page_bytes != sum.page_bytes) {
    throw InputError(name + ": has pages of " + std::to_string(other.page_bytes) + " bytes, and " +
                     first + " of " + std::to_string(sum.page_bytes) +
                     "; processes that share a core must agree");
  }
  if (!other.command.empty()) {
    sum.command += (sum.command.empty() ? "" : " + ") + other.command;
  }
  add_count(sum.records, other.records);
  add_count(sum.instructions, other.instructions);
  sum.events += other.events;
  sum.carries_mappings = sum.carries_mappings && other.carries_mappings;
}

}  // namespace

Interleaver::Interleaver(std::vector<Trace> traces, std::uint64_t quantum)
    : header_(traces.at(0).source->header()), quantum_(quantum), left_(quantum) {
  if (quantum == 0) throw ConfigError("the quantum of a process is 0 instructions: none could run");
  header_.hash = hash_of(traces);
  header_.image.clear();
  header_.brk_start = 0;
  for (Trace& trace : traces) {
    if (!queue_.empty()) {
      add_header(header_, trace.source->header(), trace.name, processes_[0].name);
    }
    queue_.push_back(processes_.size());
    processes_.push_back({std::move(trace.source), std::move(trace.name)});
  }
}

std::vector<const TraceHeader*> Interleaver::processes() const {
  std::vector<const TraceHeader*> headers;
  for (const Process& process : processes_) headers.push_back(&process.source->header());
  return headers;
}

bool Interleaver::refill(Process& process) {
  process.block.clear();
  process.record = process.event = 0;
  return process.source->next(process.block);
}

// Handle h of process k of n is h * n + k: no two processes share one.
std::uint32_t Interleaver::handle_here(std::uint32_t handle) const {
  if (handle == TraceRecord::kNoHandle) return handle;
  const std::uint64_t here = std::uint64_t{handle} * processes_.size() + process_;
  if (here < TraceRecord::kNoHandle) return static_cast<std::uint32_t>(here);
  throw InputError(processes_[process_].name + ": handle " + std::to_string(handle) +
                   " is too large for " + std::to_string(processes_.size()) + " processes");
}

OsEvent Interleaver::event_here(OsEvent event) const {
  event.handle = handle_here(event.handle);
  if (takes_block(event.type) && event.number != 0) {
    if (event.number > TraceRecord::kNoHandle) {
      throw InputError(processes_[process_].name + ": block " + std::to_string(event.number - 1) +
                       " is no handle");
    }
    event.number = 1 + std::uint64_t{handle_here(static_cast<std::uint32_t>(event.number - 1))};
  }
  if (event.type == OsEventType::kSwitch) event.args[0] = 0;  // a trace knows of no others
  return event;
}

void Interleaver::take_events(Process& from, TraceBlock& to) {
  for (const auto& events = from.block.events;
       from.event < events.size() && events[from.event].before <= from.record; ++from.event) {
    to.events.push_back(
        {static_cast<std::uint32_t>(to.records.size()), event_here(events[from.event].event)});
  }
}

// Up to the end of the source's block; false: the turn ends before. What stands between the turn's
// last instruction and the next one is of this turn.
bool Interleaver::take_records(Process& from, TraceBlock& to) {
  for (;; ++from.record) {
    take_events(from, to);
    if (from.record == from.block.records.size()) return true;
    if (left_ == 0 && from.block.records[from.record].instructions != 0) return false;
    TraceRecord record = from.block.records[from.record];
    record.handle = handle_here(record.handle);
    if (record.kind != AccessKind::kFetch) {
      if (record.depends_on > data_records_) record.depends_on = 0;
      ++data_records_;
    }
    left_ -= std::min<std::uint64_t>(left_, record.instructions);
    to.records.push_back(record);
  }
}

void Interleaver::give_core(TraceBlock& block) {
  process_ = queue_.front();
  data_records_ = 0;
  TraceBlock::Event event;
  event.event.type = OsEventType::kSwitch;
  event.event.args[0] = 1 + process_;
  block.events.push_back(event);
}

void Interleaver::end_turn() {
  queue_.push_back(queue_.front());
  queue_.pop_front();
  left_ = quantum_;
}

// Its turn may be over already: then the next one's has begun.
void Interleaver::end_process(std::size_t number) {
  const auto place = std::find(queue_.begin(), queue_.end(), number);
  if (place == queue_.end()) return;
  if (place == queue_.begin()) left_ = quantum_;
  queue_.erase(place);
}

bool Interleaver::next(TraceBlock& block) {
  while (!queue_.empty()) {
    const std::size_t number = queue_.front();
    Process& process = processes_[number];
    if (process.record == process.block.records.size() && !refill(process)) {
      end_process(number);
      continue;
    }
    block.clear();
    if (number != process_) give_core(block);
    // The turn may have ended with the block before: the events that stand first are of it still.
    const bool goes_on = take_records(process, block);
    if (!goes_on) end_turn();
    if (!block.records.empty() || !block.events.empty()) return true;
  }
  return false;
}

}  // namespace mmu::traces
