#include "traces/capture_trace.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "traces/capture/stream_layout.h"

namespace mmu::traces {

/// Numbers of the system calls that change mappings, by OsEventType; and of others.
struct CaptureMachine {
  std::uint64_t elf;  ///< e_machine
  std::string_view name;
  std::uint64_t max_instruction_bytes;
  std::uint64_t calls[5];
  ProcessCalls::Numbers of_processes;
  std::uint64_t madvise;
};

namespace {

constexpr std::size_t kWordBytes = 8;
constexpr std::size_t kStartWords = 2;
constexpr std::uint64_t kPageBytes = 4096;
constexpr CaptureMachine kMachines[] = {
    {62, "x86-64", 15, {12, 9, 11, 10, 25}, {57, 56, 61}, 28},
    {243, "riscv64", 4, {214, 222, 215, 226, 216}, {ProcessCalls::kNone, 220, 260}, 233},
    {183, "aarch64", 4, {214, 222, 215, 226, 216}, {ProcessCalls::kNone, 220, 260}, 233},
};
static_assert(static_cast<int>(OsEventType::kMremap) == 4, "the order of CaptureMachine::calls");

std::uint64_t word_at(std::string_view bytes, std::size_t number) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes.data() + number * kWordBytes, kWordBytes);
  return word;
}

constexpr std::uint64_t value_of(std::uint64_t word) {
  return word & ((std::uint64_t{1} << CAPTURE_VALUE_BITS) - 1);
}
constexpr std::uint64_t address_of(std::uint64_t word) {
  constexpr unsigned kSpare = 64 - CAPTURE_VALUE_BITS;
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(word << kSpare) >> kSpare);
}
constexpr unsigned kind_of(std::uint64_t word) { return word >> CAPTURE_KIND_SHIFT & 7; }
constexpr std::uint64_t code_of(std::uint64_t word) { return word >> CAPTURE_CODE_SHIFT; }
constexpr std::uint8_t thread_of(std::uint64_t word) {
  return static_cast<std::uint8_t>(word >> CAPTURE_THREAD_SHIFT);
}

/// An argument that the system call takes as an int: the rest of its register means nothing.
void narrow(std::uint64_t& argument) { argument &= 0xffff'ffff; }
void sign_extend(std::uint64_t& argument) {
  argument = static_cast<std::uint64_t>(
      std::int64_t{static_cast<std::int32_t>(static_cast<std::uint32_t>(argument))});
}

void mind_int_arguments(OsEvent& event) {
  if (event.type == OsEventType::kMmap) {
    narrow(event.args[2]);
    narrow(event.args[3]);
    sign_extend(event.args[4]);
  } else if (event.type == OsEventType::kMprotect || event.type == OsEventType::kMadvise) {
    narrow(event.args[2]);
  } else if (event.type == OsEventType::kMremap) {
    narrow(event.args[3]);
  }
}

}  // namespace

CaptureTrace::CaptureTrace(std::unique_ptr<ByteStream> bytes, std::uint32_t records_per_block)
    : words_(std::move(bytes), kWordBytes), records_per_block_(std::max(records_per_block, 1u)) {
  read_first_block();
}

bool CaptureTrace::begins(std::string_view start) {
  constexpr std::string_view kMagic(CAPTURE_MAGIC, CAPTURE_MAGIC_BYTES);
  return start.substr(0, kMagic.size()) == kMagic;
}

void CaptureTrace::produce(TraceBlock& block) {
  if (machine_ == nullptr) take_start();
  block.records.reserve(records_per_block_);
  while (block.records.size() < records_per_block_) {
    const std::string_view words = words_.at_hand();
    if (words.empty()) {
      if (!ended_ && !may_end_) {
        fail("the stream ends without its end mark; was the program killed?");
      }
      return;
    }
    const std::size_t count = words.size() / kWordBytes;
    for (done_ = 0; done_ < count && block.records.size() < records_per_block_; ++done_) {
      if (take_word(word_at(words, done_), block)) break;  // and the words have moved
    }
    words_.take(done_);
    done_ = 0;
  }
}

void CaptureTrace::take_start() {
  const std::string_view words = words_.at_hand();
  if (!begins(words)) fail("no stream of the capture plugin, which begins with \\x89MMC");
  const std::uint64_t about = word_at(need(kStartWords), 1);
  done_ = 1;
  if ((about & 0xffff'ffff) != CAPTURE_VERSION) {
    fail("version " + std::to_string(about & 0xffff'ffff) + " of the stream; only " +
         std::to_string(CAPTURE_VERSION) + " can be read");
  }
  for (const CaptureMachine& machine : kMachines) {
    if (machine.elf == about >> 32) machine_ = &machine;
  }
  if (machine_ == nullptr) {
    fail("a program for machine " + std::to_string(about >> 32) +
         " (ELF's e_machine); 62 x86-64, 183 aarch64 and 243 riscv64 can be read");
  }
  header_.architecture = machine_->name;
  done_ = 0;
  words_.take(kStartWords);
}

/// True if it took more than its word, which then lies in front of what is at hand.
inline bool CaptureTrace::take_word(std::uint64_t word, TraceBlock& block) {
  if (ended_) fail("it stands behind the end mark; are these two streams in one?");
  may_end_ = false;
  if (kind_of(word) < kCaptureMark) {
    take_access(word, block);
    return false;
  }
  if (kind_of(word) != kCaptureMark) {
    fail("kind " + std::to_string(kind_of(word)) + "; 0 to 4 are possible");
  }
  take_mark(word, block);
  return true;
}

inline void CaptureTrace::take_access(std::uint64_t word, TraceBlock& block) {
  constexpr AccessKind kKinds[] = {AccessKind::kFetch, AccessKind::kLoad, AccessKind::kStore,
                                   AccessKind::kModify};
  TraceRecord record;
  record.address = address_of(word);
  record.kind = kKinds[kind_of(word)];
  record.thread = thread_of(word);
  record.bytes = static_cast<std::uint16_t>(code_of(word) == 0 ? CAPTURE_MAX_BYTES : code_of(word));
  if (record.kind == AccessKind::kFetch) {
    if (record.bytes > machine_->max_instruction_bytes) {
      fail("an instruction of " + std::to_string(record.bytes) + " bytes; 1 to " +
           std::to_string(machine_->max_instruction_bytes) + " are possible");
    }
    record.instructions = 1;
    ++fetches_;
  }
  if (record.address + (record.bytes - 1u) < record.address) {
    fail("the access passes the end of the address space");
  }
  any_ = true;
  block.records.push_back(record);
}

void CaptureTrace::take_mark(std::uint64_t word, TraceBlock& block) {
  switch (code_of(word)) {
    case kCaptureArea:
      return take_area(address_of(word));
    case kCaptureCommand:
      return take_command(value_of(word));
    case kCaptureCall:
      return take_call(word, block);
    case kCaptureExec:
      may_end_ = true;
      need(1);
      ++done_;
      return;
    case kCaptureEnd:
      return take_end(value_of(word));
    default:
      fail("mark " + std::to_string(code_of(word)) + "; 1 to 5 are possible");
  }
}

std::string_view CaptureTrace::need(std::size_t count) {
  words_.take(done_);
  done_ = 0;
  return words_.at_hand(count);
}

std::string CaptureTrace::text_behind(std::size_t words, std::uint64_t bytes, std::uint64_t most) {
  if (bytes > most) {
    fail("a text of " + std::to_string(bytes) + " bytes; at most " + std::to_string(most) +
         " are possible");
  }
  const std::size_t all = words + (bytes + kWordBytes - 1) / kWordBytes;
  std::string text(need(all).substr(words * kWordBytes, bytes));
  done_ = all;
  return text;
}

void CaptureTrace::take_area(std::uint64_t start) {
  const std::string_view words = need(3);
  const std::uint64_t bytes = word_at(words, 1);
  const std::uint64_t about = word_at(words, 2);
  const std::uint64_t rights = about & 0xff;
  if (any_) fail("an area of the initial image behind the first access or system call");
  if (start % kPageBytes != 0 || bytes % kPageBytes != 0 || bytes == 0 || start + bytes < start) {
    fail("an area that is not made of whole pages of " + std::to_string(kPageBytes) + " bytes");
  }
  if (rights == 0 || rights > 7) {
    fail("an area with rights " + std::to_string(rights) + "; 1 to 7 are possible");
  }
  if (!header_.image.empty() && header_.image.back().start + header_.image.back().bytes > start) {
    fail("an area that begins before the end of the one before it");
  }
  ImageArea area;
  area.start = start;
  area.bytes = bytes;
  area.read = (rights & kCaptureRead) != 0;
  area.write = (rights & kCaptureWrite) != 0;
  area.execute = (rights & kCaptureExecute) != 0;
  area.name = text_behind(3, about >> 8, CAPTURE_MAX_NAME_BYTES);
  header_.image.push_back(std::move(area));
}

void CaptureTrace::take_command(std::uint64_t bytes) {
  need(1);
  if (any_) fail("the command line behind the first access or system call");
  header_.command = text_behind(1, bytes, CAPTURE_MAX_COMMAND_BYTES);
}

void CaptureTrace::take_call(std::uint64_t word, TraceBlock& block) {
  const std::string_view words = need(1 + CAPTURE_CALL_WORDS);
  OsEvent event;
  event.number = value_of(word);
  event.thread = thread_of(word);
  for (std::size_t i = 0; i < std::size(event.args); ++i) event.args[i] = word_at(words, 1 + i);
  event.result = static_cast<std::int64_t>(word_at(words, CAPTURE_CALL_WORDS));
  for (std::size_t type = 0; type < std::size(machine_->calls); ++type) {
    if (machine_->calls[type] == event.number) event.type = static_cast<OsEventType>(type);
  }
  if (event.number == machine_->madvise) event.type = OsEventType::kMadvise;
  mind_int_arguments(event);
  processes_.recognise(machine_->of_processes, event);
  any_ = true;
  block.events.push_back({static_cast<std::uint32_t>(block.records.size()), event});
  done_ = 1 + CAPTURE_CALL_WORDS;
}

void CaptureTrace::take_end(std::uint64_t fetches) {
  need(1);
  if (fetches != fetches_) {
    fail("the end mark counts " + std::to_string(fetches) + " instructions, the stream holds " +
         std::to_string(fetches_));
  }
  ended_ = true;
  ++done_;
}

}  // namespace mmu::traces
