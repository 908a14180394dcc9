#include "traces/drmemtrace_reader.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string>
#include <utility>

#include "hw/arch/errors.hpp"
#include "traces/drmemtrace_format.hpp"

namespace mmu::traces {
namespace {

using namespace drmemtrace;

constexpr std::uint64_t kMaxVersion = 1000;  // far from what a 32-bit trace shows there
constexpr std::uint16_t kMaxInstructionBytes = 17;
constexpr std::int64_t kUnknownError = -1;  // which one, the trace does not say
constexpr std::size_t kMaxThreads = 256;    // TraceRecord::thread

bool is_fetch(std::uint16_t type) {
  return (type >= kInstr && type <= kReturn) || type == kInstrSysenter || type == kTakenJump ||
         type == kUntakenJump;
}

/// What no program waits for, or what its fetch or its access tells already.
bool is_passed_over(std::uint16_t type) {
  return (type >= kFirstPrefetch && type <= kLastPrefetch) ||
         (type >= kFirstLaterPrefetch && type <= kLastLaterPrefetch) ||
         (type >= kFirstFlush && type <= kLastFlush) || type == kHardwarePrefetch ||
         type == kEncoding || type == kInstrNoFetch || type == kThreadExit;
}

}  // namespace

DrmemtraceReader::DrmemtraceReader(std::unique_ptr<ByteStream> bytes, DrmemtraceIds& ids)
    : path_(bytes->path()), entries_(std::move(bytes), kEntryBytes), ids_(ids) {}

bool DrmemtraceReader::begins(std::string_view start) {
  if (start.size() < kEntryBytes) return false;
  std::uint16_t type = 0, size = 0;
  std::uint64_t version = 0;
  std::memcpy(&type, start.data(), 2);
  std::memcpy(&size, start.data() + 2, 2);
  std::memcpy(&version, start.data() + 4, 8);
  return type == kHeader && size == 0 && version <= kMaxVersion;
}

void DrmemtraceReader::read(TraceBlock& block, std::size_t most) {
  turn_ends_ = false;
  while (block.records.size() < most) {
    const std::string_view entries = entries_.at_hand();
    if (entries.empty()) {
      end_call(block);
      if (!ended_) fail("the trace ends without its footer; was it cut?");
      at_end_ = true;
      return;
    }
    if (!begun_ && !begins(entries)) {
      fail("no header of a drmemtrace file of 64-bit addresses (an offline trace after raw2trace)");
    }
    begun_ = true;
    const std::size_t count = entries.size() / kEntryBytes;
    for (done_ = 0; done_ < count && block.records.size() < most && !turn_ends_; ++done_) {
      const char* const at = entries.data() + done_ * kEntryBytes;
      Entry entry;
      std::memcpy(&entry.type, at, 2);
      std::memcpy(&entry.size, at + 2, 2);
      std::memcpy(&entry.address, at + 4, 8);
      take(entry, block);
    }
    entries_.take(done_);
    done_ = 0;
    if (turn_ends_) return;
  }
}

void DrmemtraceReader::read_to_first_time() {
  by_turns_ = true;
  numbered_ = false;
  TraceBlock block;
  read(block, 1);
  if (turn_ends_ && block.events.empty()) return;
  throw InputError(path_ +
                   (at_end_ ? ": the thread has no timestamp"
                            : ": the thread's first timestamp stands behind an access") +
                   "; the threads of a folder are put in order by them");
}

void DrmemtraceReader::begin_turn() {
  if (numbered_) return;
  numbered_ = true;
  if (thread_id_) set_thread(*thread_id_);
}

inline void DrmemtraceReader::take(const Entry& entry, TraceBlock& block) {
  if (ended_) fail("it stands behind the footer; are these two files in one?");
  if (entry.type == kMarker) return take_marker(entry, block);
  if (in_kernel_ && entry.type != kFooter) return;
  if (call_) end_call(block);
  if (is_fetch(entry.type)) return take_fetch(entry.address, entry.size, block);
  if (entry.type == kRead) return take_data(AccessKind::kLoad, entry, block);
  if (entry.type == kWrite) return take_data(AccessKind::kStore, entry, block);
  if (entry.type == kBundle) return take_bundle(entry, block);
  if (entry.type == kThread) return set_thread(entry.address);
  if (entry.type == kProcess) {
    set_process(entry.address);
  } else if (entry.type == kFooter) {
    ended_ = true;
  } else if (entry.type == kHeader) {
    set_version(entry.address);
  } else if (!is_passed_over(entry.type)) {
    fail("type " + std::to_string(entry.type) + " does not occur in offline traces");
  }
}

inline void DrmemtraceReader::take_data(AccessKind kind, const Entry& entry, TraceBlock& block) {
  TraceRecord record;
  record.address = entry.address;
  // 0 where the size depends on the processor (xsave): the first byte at least is accessed.
  record.bytes = std::max(entry.size, std::uint16_t{1});
  record.kind = kind;
  record.thread = thread_;
  if (record.address + (record.bytes - 1u) < record.address) {
    fail("the access passes the end of the address space");
  }
  block.records.push_back(record);
}

inline void DrmemtraceReader::take_fetch(std::uint64_t address, std::uint16_t bytes,
                                         TraceBlock& block) {
  if (bytes == 0 || bytes > kMaxInstructionBytes) {
    fail("an instruction of " + std::to_string(bytes) + " bytes; 1 to " +
         std::to_string(kMaxInstructionBytes) + " are possible");
  }
  if (address + (bytes - 1u) < address) fail("the fetch passes the end of the address space");
  TraceRecord record;
  record.address = address;
  record.bytes = bytes;
  record.instructions = 1;
  record.kind = AccessKind::kFetch;
  record.thread = thread_;
  block.records.push_back(record);
  next_fetch_ = address + bytes;
}

void DrmemtraceReader::take_bundle(const Entry& entry, TraceBlock& block) {
  if (entry.size == 0 || entry.size > kMaxBundle) {
    fail("a bundle of " + std::to_string(entry.size) + " instructions; 1 to " +
         std::to_string(kMaxBundle) + " are possible");
  }
  for (unsigned i = 0; i < entry.size; ++i) {
    take_fetch(next_fetch_, static_cast<std::uint16_t>(entry.address >> (8 * i) & 0xff), block);
  }
}

void DrmemtraceReader::take_marker(const Entry& entry, TraceBlock& block) {
  const std::uint64_t value = entry.address;
  switch (entry.size) {
    case kTimestamp:
      time_ = value;
      turn_ends_ = by_turns_;
      if (turn_ends_ && call_ && call_->has_returned) end_call(block);
      break;
    case kFiletype:
      set_filetype(value);
      break;
    case kSyscallTraceStart:
      in_kernel_ = true;
      break;
    case kSyscallTraceEnd:
      in_kernel_ = false;
      break;
    case kSyscall:
      end_call(block);
      call_.emplace();
      call_->event.number = value;
      call_->event.thread = thread_;
      break;
    case kFunctionId:
      if (call_) call_->is_meant = value == kSyscallIdBase + call_->event.number;
      break;
    case kFunctionArgument:
      if (call_ && call_->is_meant && call_->arguments < std::size(call_->event.args)) {
        call_->event.args[call_->arguments++] = value;
      }
      break;
    case kFunctionReturn:
      if (!call_ || !call_->is_meant) break;
      if (value == 0) call_->event.result = kUnknownError;
      call_->has_returned = true;
      break;
    default:  // processors, chunks, signals ...: nothing that an access depends on
      break;
  }
}

/// Nothing but markers has come since the call's own: it stands in front of the next record.
void DrmemtraceReader::end_call(TraceBlock& block) {
  if (!call_) return;
  block.events.push_back({static_cast<std::uint32_t>(block.records.size()), call_->event});
  call_.reset();
}

void DrmemtraceReader::set_filetype(std::uint64_t bits) {
  if ((bits & kFiltered) != 0) {
    fail("the trace was filtered by a cache while it was taken: accesses are missing");
  }
  if ((bits & kX8664) != 0) ids_.architecture = "x86-64";
  if ((bits & kAArch64) != 0) ids_.architecture = "aarch64";
}

void DrmemtraceReader::set_version(std::uint64_t version) {
  if (ids_.version.value_or(version) != version) {
    fail("version " + std::to_string(version) + " in a trace of version " +
         std::to_string(*ids_.version));
  }
  ids_.version = version;
}

void DrmemtraceReader::set_process(std::uint64_t id) {
  if (ids_.process.value_or(id) != id) {
    fail("process " + std::to_string(id) + " in a trace of process " +
         std::to_string(*ids_.process) + "; a trace may hold one process");
  }
  ids_.process = id;
}

void DrmemtraceReader::set_thread(std::uint64_t id) {
  thread_id_ = id;
  if (!numbered_) return;
  const auto known = ids_.threads.find(id);
  if (known == ids_.threads.end() && ids_.threads.size() == kMaxThreads) {
    fail("more than " + std::to_string(kMaxThreads) + " threads");
  }
  thread_ =
      known != ids_.threads.end()
          ? known->second
          : ids_.threads.emplace(id, static_cast<std::uint8_t>(ids_.threads.size())).first->second;
}

}  // namespace mmu::traces
