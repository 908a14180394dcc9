#include "traces/lackey_syscalls.hpp"

#include <utility>

#include "traces/text_scan.hpp"

namespace mmu::traces {
namespace {

constexpr std::uint32_t kMaxThreads = 65536;  // Valgrind's own limit is lower (--max-threads)

struct Signature {
  std::string_view name;
  OsEventType type;
  unsigned min_arguments;
  unsigned max_arguments;
};
// mremap is printed with its new address only if MREMAP_FIXED is set.
constexpr Signature kMappingCalls[] = {
    {"sys_brk", OsEventType::kBrk, 1, 1},       {"sys_mmap", OsEventType::kMmap, 6, 6},
    {"sys_munmap", OsEventType::kMunmap, 2, 2}, {"sys_mprotect", OsEventType::kMprotect, 3, 3},
    {"sys_mremap", OsEventType::kMremap, 4, 5}, {"sys_madvise", OsEventType::kMadvise, 3, 3},
};

const Signature* mapping_call(std::string_view text) {
  const std::string_view name = text.substr(0, text.find_first_of(" ("));
  for (const Signature& call : kMappingCalls) {
    if (call.name == name) return &call;
  }
  return nullptr;
}

/// "sys_brk ( 0x4056000 )": the numbers between the parentheses.
bool read_arguments(std::string_view text, const Signature& call, OsEvent& event) {
  Scanner scan(text);
  if (!scan.skip_past('(')) return false;
  unsigned count = 0;
  do {
    scan.skip_spaces();
    if (count == 6 || !scan.number(event.args[count])) return false;
    ++count;
    scan.skip_spaces();
  } while (scan.accept(','));
  return scan.accept(')') && count >= call.min_arguments && count <= call.max_arguments;
}

/// mmap's file descriptor is an int that Valgrind prints as unsigned: 4294967295 is -1.
void widen_descriptor(OsEvent& event) {
  const auto descriptor = static_cast<std::int32_t>(static_cast<std::uint32_t>(event.args[4]));
  event.args[4] = static_cast<std::uint64_t>(std::int64_t{descriptor});
}

/// A fork, by itself or by clone, of which Valgrind says so (m_syswrap/syswrap-linux.c).
bool is_fork(std::string_view text) {
  const bool makes_process = text.substr(0, 10) == "sys_clone " || text.substr(0, 9) == "sys_fork ";
  return makes_process && text.find("created child ") != text.npos;
}

/// "sys_wait4 ( -1, 0x1ffeffe1ac, 0, 0x0 )": the third of them.
std::optional<std::uint64_t> wait_options(std::string_view text) {
  if (text.substr(0, 9) != "sys_wait4") return std::nullopt;
  Scanner scan(text);
  std::uint64_t options = 0;
  if (!scan.skip_past(',') || !scan.skip_past(',')) return std::nullopt;
  scan.skip_spaces();
  return scan.number(options) ? std::optional(options) : std::nullopt;
}

enum class Found { kNone, kLater, kResult };

/// Reads what stands behind an arrow: "[sync] ", then "Success(0x0)", "Failure(0x2)",
/// "NoWriteResult" or "...".
Found read_result(Scanner& scan, std::int64_t& result) {
  if (scan.accept('[') && !(scan.skip_past(']') && scan.accept(' '))) return Found::kNone;
  if (scan.accept("...")) return Found::kLater;
  if (scan.accept("NoWriteResult")) {
    result = 0;
    return Found::kResult;
  }
  const bool success = scan.accept("Success(");
  if (!success && !scan.accept("Failure(")) return Found::kNone;
  std::uint64_t value = 0;
  if (!scan.number(value) || !scan.accept(')')) return Found::kNone;
  result = static_cast<std::int64_t>(success ? value : 0 - value);
  return Found::kResult;
}

}  // namespace

bool LackeySyscalls::never_returned(std::string_view line) {
  return begins(line) && line.find(") sys_exec") != std::string_view::npos &&
         line.find(" --> ") == std::string_view::npos && line.back() == ')';
}

LackeySyscalls::Reply LackeySyscalls::take(std::string_view line) {
  if (begins(line)) return begin(line);
  if (!open_) return Reply::kUnclear;
  return find_result(line);
}

LackeySyscalls::Reply LackeySyscalls::begin(std::string_view line) {
  if (open_) return Reply::kUnclear;  // the one before has no result
  Scanner scan(line.substr(8));
  std::uint64_t process = 0;
  std::uint64_t thread = 0;
  std::uint64_t number = 0;
  if (!scan.number(process) || !scan.accept(',') || !scan.number(thread) || !scan.accept("](")) {
    return Reply::kUnclear;
  }
  scan.skip_spaces();
  if (!scan.number(number) || !scan.accept(") ")) return Reply::kUnclear;
  if (process == 0 || thread == 0 || thread > kMaxThreads) return Reply::kUnclear;
  if (process_ == 0) process_ = process;
  if (process != process_) return Reply::kOtherProcess;
  thread_ = static_cast<std::uint32_t>(thread);

  if (scan.rest().substr(0, 4) == "... ") {
    const auto waiting = waiting_.find(thread_);
    if (waiting != waiting_.end() && waiting->second.number == number) {
      open_ = std::move(waiting->second);
      waiting_.erase(waiting);
    } else {
      open_ = Call{number, thread_, {}};  // begun before the log begins
    }
    scan.accept("... ");
    return find_result(scan.rest());
  }
  open_ = Call{number, thread_, {}};
  return find_result(scan.rest());
}

LackeySyscalls::Reply LackeySyscalls::find_result(std::string_view line) {
  // The first arrow with a result behind it: a file name in the arguments may hold an arrow.
  for (std::size_t at = line.find("--> "); at != std::string_view::npos;
       at = line.find("--> ", at + 1)) {
    Scanner scan(line.substr(at + 4));
    std::int64_t result = 0;
    const Found found = read_result(scan, result);
    if (found == Found::kNone) continue;
    Call call = std::move(*open_);
    open_.reset();
    call.text.append(line.substr(0, at));
    if (found == Found::kResult) return finish(call, result, scan.rest());
    waiting_[call.thread] = std::move(call);
    return Reply::kNothing;
  }
  open_->text.append(line);
  return Reply::kNothing;
}

LackeySyscalls::Reply LackeySyscalls::finish(const Call& call, std::int64_t result,
                                             std::string_view rest) {
  event_ = OsEvent{};
  event_.number = call.number;
  event_.result = result;
  if (const Signature* signature = mapping_call(call.text)) {
    event_.type = signature->type;
    if (!read_arguments(call.text, *signature, event_)) return Reply::kUnclear;
    if (event_.type == OsEventType::kMmap) widen_descriptor(event_);
  } else if (is_fork(call.text)) {
    processes_.forked(event_);
  } else if (const auto options = wait_options(call.text)) {
    processes_.waited(*options, event_);
  }
  rest_ = rest;
  if (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  return Reply::kEvent;
}

}  // namespace mmu::traces
