// System calls as Valgrind 3.x prints them with --trace-syscalls=yes
// (coregrind/m_syswrap/syswrap-main.c), put together from the lines they are spread over.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "hw/arch/trace.hpp"
#include "traces/process_calls.hpp"

namespace mmu::traces {

///     SYSCALL[pid,tid](12) sys_brk ( 0x0 ) --> [pre-success] Success(0x4035000)
///     SYSCALL[pid,tid](0) sys_read ( 3, 0x1ffe, 832 ) --> [async] ...        result comes later:
///     SYSCALL[pid,tid](0) ... [async] --> Success(0x340)
///     SYSCALL[pid,tid](334) unimplemented (by the kernel) syscall: 334! (ni_syscall)
///      --> [pre-fail] Failure(0x26)                                     result on its own line
///     SYSCALL[pid,tid](56) sys_clone ( .. ) --> [pre-success] Success(0x174a) I  04951b42,3
///     SYSCALL[pid,tid](56) sys_clone ( .. )   clone(fork): process 5961 created child 5962
///      --> [pre-success] Success(0x174a)                               a fork
class LackeySyscalls {
 public:
  enum class Reply {
    kNothing,       ///< understood; the result is still to come
    kEvent,         ///< the call is complete: event(), and rest() stands behind it
    kUnclear,       ///< not understood
    kOtherProcess,  ///< another process than before: two logs in one
  };

  /// True if `line` begins a system call or its late result.
  static bool begins(std::string_view line) { return line.substr(0, 8) == "SYSCALL["; }
  /// A call's text was begun and its result has not been seen: the next line goes on with it,
  /// unless it is a record or a message of Valgrind's.
  bool open() const { return open_.has_value(); }
  /// `line` begins an execve that has no result: it succeeded, and nothing follows.
  static bool never_returned(std::string_view line);

  /// Takes a line that begins(), or one that goes on with what is open().
  Reply take(std::string_view line);

  /// Of the last kEvent. `rest` is a line of its own (after clone), or empty.
  const OsEvent& event() const { return event_; }
  std::string_view rest() const { return rest_; }
  /// Valgrind's number of the thread of the last line that begins(), from 1 on.
  std::uint32_t thread() const { return thread_; }

 private:
  struct Call {
    std::uint64_t number = 0;
    std::uint32_t thread = 0;
    std::string text;  // name and arguments
  };

  Reply begin(std::string_view line);
  Reply find_result(std::string_view line);
  Reply finish(const Call& call, std::int64_t result, std::string_view rest);

  std::uint64_t process_ = 0;  // 0: none seen
  std::uint32_t thread_ = 1;
  std::optional<Call> open_;
  std::map<std::uint32_t, Call> waiting_;  // by thread: asynchronous calls under way
  ProcessCalls processes_;
  OsEvent event_;
  std::string_view rest_;
};

}  // namespace mmu::traces
