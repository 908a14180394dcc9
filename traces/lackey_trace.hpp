// Logs of Valgrind's lackey tool (--trace-mem=yes, best with --trace-syscalls=yes).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hw/arch/trace.hpp"
#include "traces/byte_stream.hpp"
#include "traces/forward_source.hpp"
#include "traces/heap_lines.hpp"
#include "traces/lackey_syscalls.hpp"

namespace mmu::traces {

///     I  0401ab70,3        fetch, one instruction (hexadecimal address, decimal bytes)
///      S 1fff000698,8      store; L load, M modify
///     ==7196== Command: .. Valgrind's messages, and --7196-- likewise
///     SYSCALL[7196,1](..   see LackeySyscalls
///     malloc(24) = 0x4a04  see HeapLines; not lackey's own
///
/// The log says which thread runs only where it makes a system call, and at each switch if it was
/// taken with --trace-sched=yes. Records in between count as the thread's that was seen last.
/// The header has the command; the image is in no line of the log (see open_trace()).
///
/// Errors name the line. A last line without a newline is one: nobody can know whether a number was
/// cut.
class LackeyTrace final : public ForwardSource {
 public:
  /// Reads up to the first block. Throws InputError if that is not the start of a lackey log.
  explicit LackeyTrace(std::unique_ptr<ByteStream> bytes, std::uint32_t records_per_block = 65536);

 private:
  void produce(TraceBlock& block) override;
  const char* parse_plain_lines(TraceBlock& block);

  bool take_line(TraceBlock& block);
  void take(std::string_view line, TraceBlock& block);
  bool take_record(std::string_view line, TraceBlock& block);
  bool take_message(std::string_view line);
  void take_heap_call(std::string_view line, TraceBlock& block);
  void take_call(std::string_view line, TraceBlock& block);
  void take_end();
  void set_thread(std::uint64_t number);

  bool fill();
  [[noreturn]] void fail(const std::string& what) const;
  [[noreturn]] void fail_unclear(std::string_view line) const;

  std::unique_ptr<ByteStream> bytes_;
  std::uint32_t records_per_block_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;  // of what is left in buffer_
  std::uint64_t line_ = 0;           // number of the line last taken, from 1 on
  bool ended_ = false;
  bool any_ = false;  // record or event
  std::uint8_t thread_ = 0;
  LackeySyscalls calls_;
  HeapLines heap_;
};

}  // namespace mmu::traces
