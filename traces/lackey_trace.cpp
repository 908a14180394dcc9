#include "traces/lackey_trace.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "hw/arch/errors.hpp"
#include "traces/text_scan.hpp"

namespace mmu::traces {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxLineBytes = std::size_t{1} << 24;  // a path has at most 4096 bytes
constexpr std::size_t kPlainLineBytes = 32;  // "I  " + 16 digits + "," + 5 digits + newline < 32
constexpr std::uint32_t kMaxThreads = 256;   // TraceRecord::thread

struct HexTable {
  constexpr HexTable() {
    for (unsigned c = 0; c < 256; ++c) {
      value[c] = static_cast<std::uint8_t>(hex_digit(static_cast<char>(c)));
    }
  }
  std::uint8_t value[256] = {};
};
constexpr HexTable kHex;

unsigned digit_at(const char* p) { return kHex.value[static_cast<unsigned char>(*p)]; }

/// Reads "I  04000000,3\n". Requires kPlainLineBytes readable bytes. Returns the next line, or
/// null if this one is anything else.
inline const char* read_plain_line(const char* p, TraceRecord& record) {
  if (p[0] == 'I' && p[1] == ' ' && p[2] == ' ') {
    record.kind = AccessKind::kFetch;
    record.instructions = 1;
  } else if (p[0] == ' ' && p[2] == ' ') {
    if (p[1] == 'L') {
      record.kind = AccessKind::kLoad;
    } else if (p[1] == 'S') {
      record.kind = AccessKind::kStore;
    } else if (p[1] == 'M') {
      record.kind = AccessKind::kModify;
    } else {
      return nullptr;
    }
    record.instructions = 0;
  } else {
    return nullptr;
  }
  const char* const digits = p + 3;
  std::uint64_t address = 0;
  for (p = digits; digit_at(p) < 16 && p < digits + 16; ++p) address = address << 4 | digit_at(p);
  if (p == digits || *p != ',') return nullptr;
  const char* const size = ++p;
  unsigned bytes = 0;
  for (; digit_at(p) < 10 && p < size + 5; ++p) bytes = bytes * 10 + digit_at(p);
  if (*p != '\n' || bytes - 1 >= 0xffff || address + (bytes - 1) < address) return nullptr;
  record.address = address;
  record.bytes = static_cast<std::uint16_t>(bytes);
  return p + 1;
}

std::string quoted(std::string_view line) {
  constexpr std::size_t kShown = 60;
  std::string text = "'";
  for (const char c : line.substr(0, kShown)) text += c >= ' ' && c <= '~' ? c : '?';
  return text + (line.size() > kShown ? "...'" : "'");
}

}  // namespace

LackeyTrace::LackeyTrace(std::unique_ptr<ByteStream> bytes, std::uint32_t records_per_block)
    : bytes_(std::move(bytes)),
      records_per_block_(std::max(records_per_block, 1u)),
      buffer_(kBufferBytes) {
  header_.architecture = "x86-64";
  read_first_block();
}

void LackeyTrace::produce(TraceBlock& block) {
  block.records.reserve(records_per_block_);
  while (!ended_ && block.records.size() < records_per_block_) {
    const char* const stopped_at = parse_plain_lines(block);
    begin_ = static_cast<std::size_t>(stopped_at - buffer_.data());
    if (block.records.size() < records_per_block_ && !take_line(block)) take_end();
  }
}

const char* LackeyTrace::parse_plain_lines(TraceBlock& block) {
  const char* p = buffer_.data() + begin_;
  if (calls_.open() || end_ - begin_ < kPlainLineBytes) return p;
  const char* const last = buffer_.data() + end_ - kPlainLineBytes;
  const std::size_t before = block.records.size();
  TraceRecord record;
  record.thread = thread_;
  while (p <= last && block.records.size() < records_per_block_) {
    const char* const after = read_plain_line(p, record);
    if (after == nullptr) break;
    block.records.push_back(record);
    p = after;
  }
  if (heap_.has_blocks()) {
    for (std::size_t i = before; i < block.records.size(); ++i) heap_.translate(block.records[i]);
  }
  line_ += block.records.size() - before;
  any_ = any_ || !block.records.empty();
  return p;
}

bool LackeyTrace::take_line(TraceBlock& block) {
  std::size_t searched = 0;
  while (true) {
    const char* const start = buffer_.data() + begin_;
    const std::size_t left = end_ - begin_;
    if (const void* newline = std::memchr(start + searched, '\n', left - searched)) {
      const auto length = static_cast<std::size_t>(static_cast<const char*>(newline) - start);
      begin_ += length + 1;
      ++line_;
      take({start, length}, block);
      return true;
    }
    searched = left;
    if (!fill()) return false;
  }
}

bool LackeyTrace::fill() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  if (end_ == buffer_.size()) {
    if (end_ >= kMaxLineBytes) {
      ++line_;
      fail_unclear({buffer_.data(), end_});
    }
    buffer_.resize(buffer_.size() * 2);
  }
  const std::size_t got = bytes_->read(buffer_.data() + end_, buffer_.size() - end_);
  end_ += got;
  return got > 0;
}

void LackeyTrace::take(std::string_view line, TraceBlock& block) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  if (take_record(line, block) || take_message(line)) return;
  if (LackeySyscalls::begins(line) || calls_.open()) return take_call(line, block);
  if (HeapLines::begins(line)) return take_heap_call(line, block);
  // After clone, the line break of its SYSCALL line comes later, alone.
  if (!line.empty()) fail_unclear(line);
}

bool LackeyTrace::take_record(std::string_view line, TraceBlock& block) {
  if (line.size() < 6 || line.size() >= kPlainLineBytes) return false;
  char padded[kPlainLineBytes] = {};
  std::memcpy(padded, line.data(), line.size());
  padded[line.size()] = '\n';
  TraceRecord record;
  record.thread = thread_;
  const char* const after = read_plain_line(padded, record);
  if (after != padded + line.size() + 1) return false;
  if (calls_.open()) {
    fail("access " + quoted(line) +
         " inside of a system call; a log may hold one process and one program");
  }
  heap_.translate(record);
  block.records.push_back(record);
  any_ = true;
  return true;
}

bool LackeyTrace::take_message(std::string_view line) {
  Scanner scan(line);
  std::uint64_t process = 0;
  if (scan.accept("==")) {
    if (!scan.digits(10, process) || !scan.accept("==")) return false;
    scan.skip_spaces();
    if (scan.accept("Command: ") && header_.command.empty()) header_.command = scan.rest();
    return true;
  }
  // With --trace-sched=yes, around signals, and without a prefix (coregrind/m_scheduler).
  if (scan.accept("SCHEDSETJMP(line ")) return true;
  if (!scan.accept("--") || !scan.digits(10, process) || !scan.accept("--")) return false;
  scan.skip_spaces();
  std::uint64_t thread = 0;
  if (scan.accept("SCHED[") && scan.digits(10, thread) && scan.accept("]:")) {
    scan.skip_spaces();
    if (scan.accept("acquired lock")) set_thread(thread);
  }
  return true;
}

void LackeyTrace::take_call(std::string_view line, TraceBlock& block) {
  const bool begins = LackeySyscalls::begins(line);
  const LackeySyscalls::Reply reply = calls_.take(line);
  if (reply == LackeySyscalls::Reply::kUnclear) fail_unclear(line);
  if (reply == LackeySyscalls::Reply::kOtherProcess) {
    fail("holds a second process, " + quoted(line) +
         "; a log may hold one (take it with --child-silent-after-fork=yes)");
  }
  if (begins) set_thread(calls_.thread());
  if (reply != LackeySyscalls::Reply::kEvent) return;

  TraceBlock::Event event{static_cast<std::uint32_t>(block.records.size()), calls_.event()};
  event.event.thread = thread_;
  block.events.push_back(event);
  any_ = true;
  if (const std::string_view rest = calls_.rest(); !rest.empty()) take(rest, block);
}

void LackeyTrace::take_heap_call(std::string_view line, TraceBlock& block) {
  if (!heap_.take(line)) {
    fail("unclear call " + quoted(line) +
         "; allowed are 'malloc(bytes) = address', 'calloc(count, bytes) = address', "
         "'memalign(alignment, bytes) = address' (aligned_alloc likewise), "
         "'realloc(address, bytes) = address' and 'free(address)'");
  }
  if (!heap_.problem().empty()) fail(quoted(line) + ": " + heap_.problem());
  TraceBlock::Event event{static_cast<std::uint32_t>(block.records.size()), heap_.event()};
  event.event.thread = thread_;
  block.events.push_back(event);
  any_ = true;
}

void LackeyTrace::set_thread(std::uint64_t number) {
  if (number == 0 || number > kMaxThreads) {
    fail("thread " + std::to_string(number) + "; threads 1 to 256 can be told apart");
  }
  thread_ = static_cast<std::uint8_t>(number - 1);
}

void LackeyTrace::take_end() {
  ended_ = true;
  const std::string_view line(buffer_.data() + begin_, end_ - begin_);
  begin_ = end_;
  if (!line.empty()) {
    ++line_;
    // execve does not return: its line is the last, and Valgrind never ends it.
    if (!LackeySyscalls::never_returned(line)) {
      fail("the log ends in the middle of a line, " + quoted(line));
    }
  } else if (calls_.open()) {
    fail("the log ends in the middle of a system call");
  }
  if (!any_) fail("the log holds no access; was it taken with --trace-mem=yes?");
}

void LackeyTrace::fail(const std::string& what) const {
  throw InputError(bytes_->path() + ":" + std::to_string(line_) + ": " + what);
}

void LackeyTrace::fail_unclear(std::string_view line) const {
  if (line.substr(0, 5) == " --> ") {
    fail("a system call's result without its call, " + quoted(line) +
         "; does the log hold two processes? (take it with --child-silent-after-fork=yes)");
  }
  const std::string what = any_ ? "unexpected line " : "not a lackey log: found ";
  fail(what + quoted(line) +
       "; lines allowed are accesses ('I  addr,bytes', ' L', ' S', ' M' likewise), system calls "
       "('SYSCALL[..'), calls of malloc and its like ('malloc(24) = 0x5000') and Valgrind's "
       "messages ('==pid==', '--pid--')");
}

}  // namespace mmu::traces
