// The stream of the project's plugin for qemu-user (traces/capture).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "hw/arch/trace.hpp"
#include "traces/byte_stream.hpp"
#include "traces/entry_stream.hpp"
#include "traces/forward_source.hpp"
#include "traces/process_calls.hpp"

namespace mmu::traces {

struct CaptureMachine;

/// Words of 64 bits (capture/stream_layout.h): first what was mapped, then every instruction, its
/// data accesses, and the system calls with arguments and results, in the order of execution. The
/// header has command, architecture and image. The stream ends with its count of instructions, or
/// behind a call of execve, which does not come back.
class CaptureTrace final : public ForwardSource {
 public:
  explicit CaptureTrace(std::unique_ptr<ByteStream> bytes, std::uint32_t records_per_block = 65536);

  /// True if `start` begins with the magic number of such a stream, whatever its version.
  static bool begins(std::string_view start);

 private:
  void produce(TraceBlock& block) override;
  void take_start();
  bool take_word(std::uint64_t word, TraceBlock& block);
  void take_access(std::uint64_t word, TraceBlock& block);
  void take_mark(std::uint64_t word, TraceBlock& block);
  void take_area(std::uint64_t start);
  void take_command(std::uint64_t bytes);
  void take_call(std::uint64_t word, TraceBlock& block);
  void take_end(std::uint64_t fetches);
  /// `bytes` of text behind `words` words at hand, whose reader they are.
  std::string text_behind(std::size_t words, std::uint64_t bytes, std::uint64_t most);
  /// Words at hand, at least `count` of them; the first is the one being read.
  std::string_view need(std::size_t count);
  [[noreturn]] void fail(const std::string& what) const { words_.fail(done_, what); }

  EntryStream words_;
  std::uint32_t records_per_block_;
  std::size_t done_ = 0;  // words of what is at hand
  const CaptureMachine* machine_ = nullptr;
  ProcessCalls processes_;
  bool any_ = false;      // access or call
  bool may_end_ = false;  // the last word said so
  bool ended_ = false;
  std::uint64_t fetches_ = 0;
};

}  // namespace mmu::traces
